//! What becomes of a payload that does not match the schema of its endpoint.

use std::time::Duration;

use e2e::{Delivery, Sender, Stack, wait_for};
use serde_json::{Value, json};

use crate::support::{
    JSON, PATIENCE, acceptance, fresh, operate, processed, refusal, shared, stored,
};

/// The processors that get what matches or is flagged, by a pipe and by `fan`: `checked` and `checked-ordered` of
/// `terraform/environments/e2e.tfvars`.
const CHECKED: [&str; 2] = ["rust-audit", "trial-ordered"];

/// That of the subscription that asks for what is quarantined.
const QUARANTINED: &str = "audit-lambda";

/// That of a subscription for every type, which does not ask for it.
const EVERYTHING: &str = "audit";

/// In the payload only, where the schema demands a number.
const VALUE: &str = "CANARYVALUE";

/// A delivery with this amount, and the ref of its event.
async fn delivery(stack: &Stack, endpoint: &str, kind: &str, amount: &Value) -> (String, Delivery) {
    let id = fresh("checked");
    let sender = Sender::of(stack, endpoint).await.unwrap();
    let body = json!({"type": kind, "data": {"amount": amount}, "id": id});
    let headers = [("webhook-id", id.as_str()), JSON];
    let delivery = sender.sign(&headers, body.to_string().into_bytes());
    (format!("{endpoint}/{id}"), delivery.unwrap())
}

/// The ref of an event that was accepted.
async fn accepted(stack: &Stack, endpoint: &str, kind: &str, amount: &Value) -> String {
    let (reference, delivery) = delivery(stack, endpoint, kind, amount).await;
    let answer = delivery.send(stack).await.unwrap();
    assert_eq!(acceptance(&answer), (200, "accepted"), "{answer:?}");
    reference
}

/// What an event says of its check, once it has a pointer.
async fn check(stack: &Stack, reference: &str) -> Option<String> {
    let what = format!("the pointer of {reference}");
    let pointer = wait_for(&what, PATIENCE, async || {
        Ok(stack.pointers_of(reference).await?.pop())
    });
    let pointer = pointer.await.unwrap();
    let check = pointer.get("x_schemacheck")?;
    Some(check.as_s().unwrap().clone())
}

/// These processors have not begun with an event, and do not within some seconds.
async fn held_back(stack: &Stack, reference: &str, processors: &[&str]) {
    // A standard queue keeps no order, so what came before may still be on its way.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let records = stack.records(reference).await.unwrap();
    for name in processors {
        assert!(
            !records.contains_key(*name),
            "{reference} {name}: {records:?}"
        );
    }
}

#[tokio::test]
async fn what_is_rejected_is_a_400_with_place_and_rule_and_nothing_is_stored() {
    let stack = shared().await;
    let endpoint = "schema-reject";
    let (reference, bad) = delivery(&stack, endpoint, "checked.order", &json!(VALUE)).await;
    // The provider tries again, and hears the same.
    for _ in 0..2 {
        let answer = bad.send(&stack).await.unwrap();
        assert_eq!(refusal(&answer), (400, "schema_mismatch"), "{answer:?}");
        let message = &answer.body.message;
        for part in [
            "at /data/amount:",
            "/properties/data/properties/amount/type",
        ] {
            assert!(message.contains(part), "{part}: {message}");
        }
        assert!(!format!("{answer:?}").contains(VALUE), "{answer:?}");
    }
    assert_eq!(stored(&stack, endpoint, &bad.body).await, 0);
    assert!(stack.pointers_of(&reference).await.unwrap().is_empty());
    // Another one in its place is taken, and so is the same payload with a type that the schema is not for.
    let good = accepted(&stack, endpoint, "checked.order", &json!(7)).await;
    assert_eq!(check(&stack, &good).await.as_deref(), Some("passed"));
    let other = accepted(&stack, endpoint, "unchecked.order", &json!(VALUE)).await;
    assert_eq!(check(&stack, &other).await, None);
}

#[tokio::test]
async fn what_matches_or_is_flagged_is_routed_as_ever_and_says_which() {
    let stack = shared().await;
    for endpoint in ["schema-flag", "direct-flag"] {
        for (amount, says) in [
            (json!(7), "passed"),
            (json!(VALUE), "failed"),
            (json!(-1), "failed"),
        ] {
            let reference = accepted(&stack, endpoint, "checked.order", &amount).await;
            processed(&stack, &reference, &CHECKED).await;
            assert_eq!(
                check(&stack, &reference).await.as_deref(),
                Some(says),
                "{reference}"
            );
            held_back(&stack, &reference, &[QUARANTINED]).await;
        }
    }
}

#[tokio::test]
async fn what_is_quarantined_reaches_only_who_asks_for_it() {
    let stack = shared().await;
    for endpoint in ["schema-quarantine", "direct-quarantine"] {
        let good = accepted(&stack, endpoint, "checked.order", &json!(7)).await;
        let bad = accepted(&stack, endpoint, "checked.order", &json!(VALUE)).await;
        processed(&stack, &good, &CHECKED).await;
        processed(&stack, &bad, &[QUARANTINED]).await;
        assert_eq!(check(&stack, &good).await.as_deref(), Some("passed"));
        assert_eq!(check(&stack, &bad).await.as_deref(), Some("quarantined"));
        held_back(&stack, &good, &[QUARANTINED]).await;
        held_back(&stack, &bad, &[CHECKED[0], CHECKED[1], EVERYTHING]).await;
        // A person has looked at it.
        operate(&stack, &["replay", &bad, "--subscription", "checked"]).await;
        processed(&stack, &bad, &CHECKED[..1]).await;
        held_back(&stack, &bad, &[CHECKED[1], EVERYTHING]).await;
    }
}
