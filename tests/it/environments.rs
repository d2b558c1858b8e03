//! A function has many environments, each with its own memory.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use e2e::{Logged, Reply, Sender, Stack, wait_for};
use futures_util::future::join_all;
use serde_json::Value;

use crate::support::{PATIENCE, operate, shared, signed};

/// This many environments must be seen.
const ENVIRONMENTS: usize = 4;
/// Deliveries at once: each invocation then has its own environment.
const AT_ONCE: usize = 6;
/// What docs/operations.md promises about a leaked key, whatever the code says.
const WITHIN: Duration = Duration::from_secs(60);
/// The margin for a slow machine.
const MARGIN: Duration = Duration::from_secs(15);

/// No other test uses it.
const ENDPOINT: &str = "leaked";

async fn send(stack: &Stack, provider: &Sender) -> Vec<Reply> {
    join_all((0..AT_ONCE).map(async |_| {
        let (_, delivery) = signed(provider, "order.leaked", 100_000);
        delivery.send(stack).await.unwrap()
    }))
    .await
}

fn count(answers: &[Reply], status: u16) -> usize {
    let such = answers.iter().filter(|answer| answer.status == status);
    such.count()
}

/// The lines of `ingest` about deliveries of this endpoint that were refused.
async fn refused(stack: &Stack) -> Vec<Logged> {
    let mut all = stack.logged("ingest", ENDPOINT).await.unwrap();
    all.retain(|one| one.line["message"] == "refused" && one.line["endpoint"] == ENDPOINT);
    all
}

/// The lines of `ingest` about deliveries of this endpoint that it took: that with the metrics, which names the event.
async fn taken(stack: &Stack) -> Vec<Logged> {
    let mut all = stack.logged("ingest", ENDPOINT).await.unwrap();
    all.retain(|one| one.line["ref"].is_string() && one.line["Endpoint"] == ENDPOINT);
    all
}

fn environments(logged: &[Logged]) -> BTreeSet<&str> {
    let all = logged.iter().map(|one| one.environment.as_str());
    all.collect()
}

/// Sends until as many environments as required accepted the key, and returns their names.
async fn warm(stack: &Stack, provider: &Sender) -> BTreeSet<String> {
    let before = taken(stack).await.len();
    wait_for("four environments to take the key", PATIENCE, async || {
        let answers = send(stack, provider).await;
        anyhow::ensure!(count(&answers, 200) == AT_ONCE, "{answers:?}");
        let taken = taken(stack).await;
        let warm = environments(&taken[before..]);
        let warm: BTreeSet<String> = warm.into_iter().map(str::to_owned).collect();
        Ok((warm.len() >= ENVIRONMENTS).then_some(warm))
    })
    .await
    .unwrap()
}

/// `rotate-key --now`, and the provider with the new key.
async fn replace(stack: &Stack, provider: &Sender) -> Sender {
    let args = [
        "endpoints",
        "rotate-key",
        ENDPOINT,
        "--now",
        "--yes",
        "--json",
    ];
    let output: Value = operate(stack, &args).await.json().unwrap();
    provider
        .clone()
        .with_secret(output["secret"].as_str().unwrap())
}

/// docs/operations.md, "A key leaked". The new key is accepted at once, whichever
/// environment gets the delivery: a failed signature makes it read the keys. Nothing does
/// so for the old one, but each environment that had it in memory refuses it within a
/// minute.
#[tokio::test]
async fn a_leaked_key_is_refused_by_each_environment_within_the_bound() {
    let stack = shared().await;
    let first = Sender::of(&stack, ENDPOINT).await.unwrap();
    warm(&stack, &first).await;
    let second = replace(&stack, &first).await;
    for _ in 0..4 {
        let answers = send(&stack, &second).await;
        assert_eq!(count(&answers, 200), AT_ONCE, "{answers:?}");
    }

    // Each has seen that, so each has just read the keys: the hard case.
    let warmed = warm(&stack, &second).await;
    let third = replace(&stack, &second).await;
    let replaced = Instant::now();
    let (mut taken, mut last_taken) = (0, Duration::ZERO);
    while replaced.elapsed() < WITHIN + MARGIN {
        let sent = replaced.elapsed();
        let answers = send(&stack, &second).await;
        match count(&answers, 200) {
            0 => {}
            some => {
                taken += some;
                last_taken = sent;
            }
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    println!(
        "{} environments had the leaked key; {taken} deliveries under it were taken, the last after {} s",
        warmed.len(),
        last_taken.as_secs()
    );
    assert!(last_taken <= WITHIN, "{last_taken:?}");
    // None of those that had it in memory is left.
    let before = refused(&stack).await.len();
    wait_for("each environment to refuse the key", PATIENCE, async || {
        let answers = send(&stack, &second).await;
        anyhow::ensure!(count(&answers, 401) == AT_ONCE, "{answers:?}");
        let refused = refused(&stack).await;
        let refusing = environments(&refused[before..]);
        let all = warmed.iter().all(|one| refusing.contains(one.as_str()));
        // AWS ends environments at any time: then as many others must refuse it.
        Ok((all || (!stack.outputs.local && refusing.len() >= warmed.len())).then_some(()))
    })
    .await
    .unwrap();
    let answers = send(&stack, &third).await;
    assert_eq!(count(&answers, 200), AT_ONCE, "{answers:?}");
}
