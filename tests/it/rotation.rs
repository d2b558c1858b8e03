//! Keys change while deliveries come in: no redeploy, no gap.

use std::time::Duration;

use domain::{SignedDuration, Timestamp};
use e2e::{Provider, Stack, wait_for};
use serde_json::json;

use crate::support::{JSON, fresh, shared};

/// How long the old key lives beside the new one, in seconds.
const OVERLAP_S: i64 = 30;

#[expect(
    clippy::disallowed_methods,
    reason = "an operator's clock is the world's"
)]
fn now() -> Timestamp {
    Timestamp::now()
}

async fn put_secret(stack: &Stack, value: &str) {
    aws_sdk_secretsmanager::Client::new(&stack.sdk)
        .put_secret_value()
        .secret_id(&stack.outputs.endpoint_secrets["rotated"])
        .secret_string(value)
        .send()
        .await
        .unwrap();
}

/// Sends one event and tells the status, the error and, if it was taken, under which key.
async fn send(stack: &Stack, provider: &Provider) -> (u16, String, Option<String>) {
    let id = fresh("msg");
    let body = testkit::json(&id, "order.paid", 500);
    let delivery = provider.sign(&[("webhook-id", &id), JSON], body).unwrap();
    let answer = delivery.send(stack).await.unwrap();
    let pointers = stack.pointers(&format!("rotated#{id}")).await.unwrap();
    let key_id = pointers
        .first()
        .map(|pointer| pointer["key_id"].as_s().unwrap().clone());
    (answer.status, answer.body.error, key_id)
}

fn taken_by(key: &str) -> (u16, String, Option<String>) {
    (200, String::new(), Some(key.to_owned()))
}

/// The steps of docs/operations.md, "Rotate a key". No other test uses this endpoint.
#[tokio::test]
async fn both_keys_are_taken_at_once_and_then_the_old_one_stops() {
    let stack = shared().await;
    let old = Provider::of(&stack, "rotated").await.unwrap();
    let new = old.clone().with_secret(&old.new_secret());
    // A function that has just read the keys is the hard case.
    assert_eq!(send(&stack, &old).await, taken_by("current"));

    let end = now() + SignedDuration::from_secs(OVERLAP_S);
    let both = json!({"keys": [
        {"id": "2026-12", "secret": new.secret},
        {"id": "2026-11", "secret": old.secret, "not_after": end.to_string()},
    ]});
    put_secret(&stack, &both.to_string()).await;
    for _ in 0..3 {
        assert_eq!(send(&stack, &new).await, taken_by("2026-12"));
        assert_eq!(send(&stack, &old).await, taken_by("2026-11"));
    }

    let patience = Duration::from_secs(OVERLAP_S.unsigned_abs() + 15);
    wait_for("the old key to stop", patience, async || {
        let (status, error, key) = send(&stack, &old).await;
        let is_refused = (status, error.as_str(), key) == (401, "signature_mismatch", None);
        Ok(is_refused.then_some(()))
    })
    .await
    .unwrap();
    assert!(now() >= end, "the old key stopped before its end");
    assert_eq!(send(&stack, &new).await, taken_by("2026-12"));
}
