//! Plants what must never be read where it does not belong, on every way through the stack. `scripts/canaries` searches
//! for it after the suite. Keys and signatures are planted by every sender, credentials of destinations by `destinations`.

use base64_simd::STANDARD;
use e2e::{Canary, Delivery, Sender, Stack, wait_for};
use serde_json::json;

use crate::support::{BINARY, JSON, PATIENCE, fresh, processed, shared, stored};

/// A text that is nowhere else.
fn plant(stack: &Stack, canary: Canary, what: &str) -> String {
    let value = fresh(&format!("canary-of-{what}")).replace('_', "-");
    stack.plant(canary, &value).unwrap();
    value
}

/// A signed delivery whose body holds a canary, with other canaries in its headers; and its id.
async fn delivery(stack: &Stack, endpoint: &str, kind: &str, body: Canary) -> (String, Delivery) {
    let sender = Sender::of(stack, endpoint).await.unwrap();
    let id = fresh("canary");
    let body = plant(stack, body, "a-body");
    let bearer = format!(
        "Bearer {}",
        plant(stack, Canary::Authorization, "an-authorization")
    );
    let cookie = format!("session={}", plant(stack, Canary::Cookie, "a-cookie"));
    let headers = [
        ("webhook-id", id.as_str()),
        ("x-partner-id", id.as_str()),
        ("x-partner-event", kind),
        ("authorization", bearer.as_str()),
        ("cookie", cookie.as_str()),
        JSON,
    ];
    let body = json!({"type": kind, "note": body});
    let delivery = sender.sign(&headers, body.to_string()).unwrap();
    (id, delivery)
}

#[tokio::test]
async fn accepted_bodies_are_canaries_by_both_lanes_and_inline() {
    let stack = shared().await;
    for (endpoint, canary, objects) in [
        ("billing", Canary::Body, 1),
        ("inline", Canary::InlineBody, 0),
        ("direct", Canary::Body, 1),
    ] {
        let (id, delivery) = delivery(&stack, endpoint, "exact.canary", canary).await;
        let answer = delivery.send(&stack).await.unwrap();
        assert_eq!(answer.status, 200, "{endpoint}: {answer:?}");
        let reference = format!("{endpoint}/{id}");
        let processors = ["audit", "audit-lambda", "audit-workflow"];
        let receipts = processed(&stack, &reference, &processors).await;
        // It is the canary that went through.
        for (processor, receipt) in receipts {
            assert_eq!(receipt.sha256, e2e::digest(&delivery.body), "{processor}");
        }
        if endpoint != "direct" {
            assert_eq!(stored(&stack, endpoint, &delivery.body).await, objects);
        }
    }
}

#[tokio::test]
async fn refused_bodies_signatures_and_queries_are_canaries() {
    let stack = shared().await;
    let (_, good) = delivery(&stack, "billing", "exact.canary", Canary::Body).await;
    let mut refused = vec![(good.clone().without("webhook-signature"), 401)];
    // A signature that is a canary itself, and a body that is not what was signed.
    let made_up = plant(&stack, Canary::Signature, "a-signature");
    let made_up = format!("v1,{}", STANDARD.encode_to_string(made_up));
    refused.push((good.clone().set("webhook-signature", &made_up), 401));
    let other = json!({"type": "t", "note": plant(&stack, Canary::Body, "a-body")});
    refused.push((
        Delivery {
            body: other.to_string().into(),
            ..good.clone()
        },
        401,
    ));
    // Signed, and no event.
    let stripe = Sender::of(&stack, "stripe").await.unwrap();
    for body in [
        "{\"note\":\"CANARY\",",
        "{\"id\":\"evt_1\",\"note\":\"CANARY\"}",
    ] {
        let body = body.replace("CANARY", &plant(&stack, Canary::Body, "a-body"));
        refused.push((stripe.sign(&[JSON], body).unwrap(), 400));
    }
    for (delivery, status) in refused {
        let answer = delivery.send(&stack).await.unwrap();
        assert_eq!(answer.status, status, "{answer:?}");
        assert_eq!(stored(&stack, &delivery.endpoint, &delivery.body).await, 0);
    }
    let query = format!("?token={}", plant(&stack, Canary::Query, "a-query"));
    let answer = good.get(&stack, &query).await.unwrap();
    assert!((400..500).contains(&answer.status), "{answer:?}");

    // The direct lane stores it first, and `admit` deletes it.
    let sender = Sender::of(&stack, "direct-partner").await.unwrap();
    let id = fresh("canary");
    let headers = [
        ("x-partner-id", id.as_str()),
        ("x-partner-event", "exact.canary"),
        BINARY,
    ];
    let good = sender.sign(&headers, "signed").unwrap();
    let body = plant(&stack, Canary::Body, "a-body");
    let forged = Delivery {
        body: body.into(),
        ..good
    };
    let answer = forged.send(&stack).await.unwrap();
    assert_eq!(answer.status, 200, "{answer:?}");
    wait_for("the object to be deleted", PATIENCE, async || {
        let objects = stack.objects("direct-partner", &answer.body.request_id);
        Ok(objects.await?.is_empty().then_some(()))
    })
    .await
    .unwrap();
}

/// What processors and their DLQs say of an event that fails names no payload.
#[tokio::test]
async fn bodies_that_processors_fail_on_are_canaries() {
    let stack = shared().await;
    for kind in ["trial.reject", "trial.panic"] {
        for (endpoint, canary) in [("billing", Canary::Body), ("inline", Canary::InlineBody)] {
            let (id, delivery) = delivery(&stack, endpoint, kind, canary).await;
            let answer = delivery.send(&stack).await.unwrap();
            assert_eq!(answer.status, 200, "{answer:?}");
            let reference = format!("{endpoint}/{id}");
            let what = format!("{reference}, {kind}, to fail");
            wait_for(&what, 2 * PATIENCE, async || {
                let records = stack.records(&reference).await?;
                let failed = records
                    .get("trial")
                    .is_some_and(|one| one.failure.is_some());
                Ok(failed.then_some(()))
            })
            .await
            .unwrap();
        }
    }
}
