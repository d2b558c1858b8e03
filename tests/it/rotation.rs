//! Keys change while deliveries come in: no redeploy, no gap.

use std::time::{Duration, Instant};

use domain::{KEYS_KEPT_FOR, SignedDuration, Timestamp};
use e2e::{Sender, Stack, now, wait_for};
use futures_util::future::join_all;
use serde_json::json;

use crate::support::{shared, signed};

/// How long the old key lives next to the new one, in seconds.
const OVERLAP_S: i64 = 30;
/// Deliveries at once. Each has its own environment of the function while it is judged, and
/// each environment remembers its own keys.
const AT_ONCE: usize = 4;
/// The margin for a slow machine, and for a clock that differs from the functions'.
const MARGIN: Duration = Duration::from_secs(15);

async fn put_keys(stack: &Stack, keys: serde_json::Value) {
    let keys = json!({ "keys": keys }).to_string();
    stack.put_secret("rotated", &keys).await.unwrap();
}

/// The result of a delivery: the status, the error and, if it was accepted, the key.
type Outcome = (u16, String, Option<String>);

/// Sends some events at once.
async fn send(stack: &Stack, provider: &Sender) -> Vec<Outcome> {
    join_all((0..AT_ONCE).map(async |_| {
        let (id, delivery) = signed(provider, "order.paid", 500_000);
        let answer = delivery.send(stack).await.unwrap();
        let pointers = stack.pointers_of(&format!("rotated/{id}")).await.unwrap();
        let key_id = pointers
            .first()
            .map(|pointer| pointer["key_id"].as_s().unwrap().clone());
        (answer.status, answer.body.error, key_id)
    }))
    .await
}

/// All were accepted, each under one of these names of the key.
fn taken_by(outcomes: &[Outcome], names: &[&str]) {
    for (status, error, key) in outcomes {
        assert_eq!(*status, 200, "{error}");
        assert!(names.contains(&key.as_deref().unwrap()), "{key:?}");
    }
}

fn is_refused(outcome: &Outcome) -> bool {
    *outcome == (401, "signature_mismatch".to_owned(), None)
}

/// Waits until no environment accepts the key any more, and checks that it stays so.
async fn stopped(stack: &Stack, provider: &Sender, patience: Duration) {
    let mut rounds = 0;
    wait_for("the key to stop everywhere", patience, async || {
        let all = send(stack, provider).await.iter().all(is_refused);
        rounds = if all { rounds + 1 } else { 0 };
        Ok((rounds == 3).then_some(()))
    })
    .await
    .unwrap();
}

/// The steps of docs/operations.md, "Rotate a key" and "A key leaked". No other test uses
/// this endpoint. The promises hold in every environment of the function, whichever keys
/// it has in memory; the name under which a key is accepted depends on that.
#[tokio::test]
async fn both_keys_are_taken_at_once_and_then_the_old_one_stops() {
    let stack = shared().await;
    let first = Sender::of(&stack, "rotated").await.unwrap();
    let second = first.clone().with_secret(&first.new_secret().unwrap());
    let third = first.clone().with_secret(&first.new_secret().unwrap());
    // Environments that have just read the keys are the hard case.
    taken_by(&send(&stack, &first).await, &["current"]);

    let end = now() + SignedDuration::from_secs(OVERLAP_S);
    let ending = |end: Timestamp| json!({"id": "2026-11", "secret": first.secret, "not_after": end.to_string()});
    put_keys(
        &stack,
        json!([{"id": "2026-12", "secret": second.secret}, ending(end)]),
    )
    .await;
    while now() < end - SignedDuration::from_secs(10) {
        taken_by(&send(&stack, &second).await, &["2026-12"]);
        let old = send(&stack, &first).await;
        // Unless this machine was so slow that it has ended.
        if now() < end {
            taken_by(&old, &["current", "2026-11"]);
        }
    }
    let left = end.duration_since(now()).max(SignedDuration::ZERO);
    tokio::time::sleep(left.unsigned_abs()).await;
    stopped(&stack, &first, KEYS_KEPT_FOR + MARGIN).await;
    taken_by(&send(&stack, &second).await, &["2026-12"]);

    // The second one leaked: it ends now, and no failed signature reveals it.
    put_keys(
        &stack,
        json!([
            {"id": "2027-01", "secret": third.secret},
            {"id": "2026-12", "secret": second.secret, "not_after": now().to_string()},
        ]),
    )
    .await;
    let replaced = Instant::now();
    stopped(&stack, &second, KEYS_KEPT_FOR + MARGIN).await;
    println!(
        "a leaked key stopped everywhere after {} s",
        replaced.elapsed().as_secs()
    );
    taken_by(&send(&stack, &third).await, &["2027-01"]);
}
