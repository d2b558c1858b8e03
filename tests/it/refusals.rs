//! Each row of the response table, over HTTP.

use domain::Timestamp;
use e2e::{Delivery, Fixture, Reply, Sender, Stack};
use serde_json::json;

use crate::support::{BINARY, JSON, billing, fresh, shared, stored};

async fn refused(stack: &Stack, delivery: &Delivery) -> (u16, String) {
    let Reply { status, body, .. } = delivery.send(stack).await.unwrap();
    assert!(
        body.reference.is_empty() && !body.message.is_empty(),
        "{status} {body:?}"
    );
    (status, body.error)
}

fn code(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[tokio::test]
async fn accepted_then_duplicate_with_one_pointer_and_one_object() {
    let stack = shared().await;
    let (reference, delivery) = billing(&stack, "order.paid", 2_000).await;
    for status in ["accepted", "duplicate", "duplicate"] {
        let answer = delivery.send(&stack).await.unwrap();
        assert_eq!((answer.status, answer.body.status.as_str()), (200, status));
        assert_eq!(answer.body.reference, reference);
    }
    assert_eq!(stack.pointers_of(&reference).await.unwrap().len(), 1);
    assert_eq!(stored(&stack, "billing", &delivery.body).await, 1);
}

#[tokio::test]
async fn broken_json_and_missing_facts_are_400() {
    let stack = shared().await;
    let stripe = Sender::of(&stack, "stripe").await.unwrap();
    for (body, expected) in [
        (&br#"{"id":"evt_1","type":"#[..], "json_malformed"),
        (br#"{"type":"invoice.paid"}"#, "id_missing"),
        (br#"{"id":"evt_1"}"#, "type_missing"),
        (br#"{"id":"a","id":"b","type":"t"}"#, "json_duplicate_key"),
    ] {
        let delivery = stripe.sign(&[JSON], body).unwrap();
        assert_eq!(refused(&stack, &delivery).await, code(400, expected));
    }
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let delivery = stripe.sign(&[JSON], deep).unwrap();
    assert_eq!(refused(&stack, &delivery).await, code(400, "json_too_deep"));
    let long = json!({"id": "i".repeat(10_240), "type": "t"}).to_string();
    assert_eq!(
        refused(&stack, &stripe.sign(&[JSON], long).unwrap()).await,
        code(400, "json_value_too_long")
    );
}

#[tokio::test]
async fn a_missing_malformed_or_doubled_signature_is_401_before_the_body_is_looked_at() {
    let stack = shared().await;
    let github = Sender::of(&stack, "github").await.unwrap();
    let push = github
        .sign_fixture(&Fixture::fresh("github/push").unwrap())
        .unwrap();
    let mut doubled = push.clone();
    let signature = push
        .headers
        .iter()
        .find(|(name, _)| name == "x-hub-signature-256")
        .unwrap()
        .clone();
    doubled.headers.push(signature);
    for delivery in [
        push.clone().without("x-hub-signature-256"),
        push.clone().set("x-hub-signature-256", "sha256=00"),
        push.clone().set(
            "x-hub-signature-256",
            "sha1=757107ea0eb2509fc211221cce984b8a37570b6d",
        ),
        doubled,
    ] {
        assert_eq!(refused(&stack, &delivery).await, code(401, "unauthorized"));
    }
}

#[tokio::test]
async fn a_wrong_signature_or_changed_byte_is_401() {
    let stack = shared().await;
    let (_, mut delivery) = billing(&stack, "order.paid", 2_000).await;
    let mut bytes = delivery.body.to_vec();
    bytes[1_000] ^= 1;
    delivery.body = bytes.into();
    assert_eq!(
        refused(&stack, &delivery).await,
        code(401, "signature_mismatch")
    );
    assert_eq!(stored(&stack, "billing", &delivery.body).await, 0);
}

#[tokio::test]
async fn stale_future_and_odd_timestamps_are_401() {
    let stack = shared().await;
    let provider = Sender::of(&stack, "billing").await.unwrap();
    let (_, now) = billing(&stack, "order.paid", 500).await;
    let stamp: i64 = now
        .headers
        .iter()
        .find(|(name, _)| name == "webhook-timestamp")
        .unwrap()
        .1
        .parse()
        .unwrap();
    for at in [stamp - 3600, stamp + 3600, stamp + 31_536_000] {
        let at = Timestamp::from_second(at).unwrap();
        let delivery = provider
            .sign_at(at, &[("webhook-id", &fresh("msg")), JSON], "{}")
            .unwrap();
        assert_eq!(refused(&stack, &delivery).await, code(401, "unauthorized"));
    }
    for odd in ["-9223372036854775808", "+1795298397", "1e9"] {
        assert_eq!(
            refused(&stack, &now.clone().set("webhook-timestamp", odd)).await,
            code(401, "unauthorized")
        );
    }
}

#[tokio::test]
async fn unknown_disabled_elsewhere_and_wrong_lane_all_look_alike() {
    let stack = shared().await;
    let mut answers = Vec::new();
    for config in [
        None,
        Some(json!({"enabled": false})),
        Some(json!({"allowed_cidrs": ["192.0.2.0/24"]})),
        Some(json!({"lane": "direct"})),
    ] {
        let name = fresh("x").replace('_', "-");
        let assumed = json!({"name": name, "scheme": "github"});
        if let Some(mut config) = config {
            config["name"] = name.clone().into();
            config["scheme"] = "github".into();
            stack.put_endpoint(&name, &config).await.unwrap();
        }
        let provider = Sender::configured(&assumed, "a secret that is never checked").unwrap();
        let mut headers = vec![JSON, ("x-github-event", "ping"), ("x-github-delivery", "1")];
        if !stack.outputs.local {
            // An address in `allowed_cidrs`. The local cloud treats it as the sender's.
            headers.push(("x-forwarded-for", "192.0.2.1"));
        }
        let delivery = provider.sign(&headers, "{}").unwrap();
        let Reply { status, body, .. } = delivery.send(&stack).await.unwrap();
        answers.push((status, body.error, body.message));
    }
    assert!(
        answers.iter().all(|answer| answer == &answers[0]),
        "{answers:?}"
    );
    assert_eq!((answers[0].0, answers[0].1.as_str()), (403, "forbidden"));
}

#[tokio::test]
async fn over_the_limit_is_413_naming_it_whatever_the_content() {
    let stack = shared().await;
    let (_, json) = billing(&stack, "report.ready", 4_500_001).await;
    let partner = Sender::of(&stack, "partner").await.unwrap();
    let id = fresh("inv");
    let headers = [
        ("x-partner-id", id.as_str()),
        ("x-partner-event", "inventory.updated"),
        BINARY,
    ];
    let binary = partner
        .sign(&headers, testkit::binary(1, 4_500_001))
        .unwrap();
    for delivery in [json, binary] {
        let Reply { status, body, .. } = delivery.send(&stack).await.unwrap();
        assert_eq!((status, body.error.as_str()), (413, "body_too_large"));
        assert!(
            body.message.contains("4500000") && body.message.contains("direct lane"),
            "{}",
            body.message
        );
    }
    // The last byte that fits.
    let fits = partner
        .sign(&headers, testkit::binary(2, 4_500_000))
        .unwrap();
    assert_eq!(fits.send(&stack).await.unwrap().status, 200);
}
