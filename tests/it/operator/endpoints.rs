use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use e2e::{Delivery, Sender, wait_for};
use futures_util::future::try_join_all;
use serde_json::{Value, json};

use crate::support::{JSON, ask, fresh, operate, rows, run, shared};

/// A delivery of the bank, which signs headers and the body's digest (RFC 9421): authorizer and
/// ingest judge it, each with its own cached keys.
fn transfer(bank: &Sender) -> Delivery {
    let id = fresh("t");
    let body = json!({"type": "transfer.settled", "transfer": id}).to_string();
    bank.sign(&[("x-event-id", &id), JSON], body).unwrap()
}

/// How long both keys are accepted, in seconds.
const OVERLAP_S: u64 = 20;
/// Deliveries at once, each to its own environment.
const AT_ONCE: usize = 6;
/// The margin for a slow machine.
const MARGIN: Duration = Duration::from_secs(15);

#[tokio::test]
async fn a_key_is_rotated_under_load_without_a_refusal() {
    let stack = shared().await;
    let old = Sender::of(&stack, "bank").await.unwrap();
    let sender = Mutex::new(old.clone());
    let ended = AtomicBool::new(false);
    let load = async {
        let mut answers = Vec::new();
        while !ended.load(Ordering::Relaxed) {
            let provider = sender.lock().unwrap().clone();
            answers.push(transfer(&provider).send(&stack).await.unwrap());
        }
        answers
    };
    let rotate = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        let overlap = format!("{OVERLAP_S}s");
        let args = [
            "endpoints",
            "rotate-key",
            "bank",
            "--overlap",
            &overlap,
            "--json",
        ];
        let output = operate(&stack, &args).await;
        let since = Instant::now();
        let new: Value = output.json().unwrap();
        // The provider takes a while to switch.
        tokio::time::sleep(Duration::from_secs(3)).await;
        let new = old.clone().with_secret(new["secret"].as_str().unwrap());
        *sender.lock().unwrap() = new;
        // And continues after the old one has ended.
        let left = Duration::from_secs(OVERLAP_S + 2).saturating_sub(since.elapsed());
        tokio::time::sleep(left).await;
        ended.store(true, Ordering::Relaxed);
    };
    let (answers, ()) = tokio::join!(load, rotate);
    assert!(
        answers.len() > 5,
        "{} deliveries are no load",
        answers.len()
    );
    for answer in &answers {
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    // An environment that has not read the keys since then may accept the old one a
    // little longer: after that no environment does.
    let patience = domain::KEYS_KEPT_FOR + MARGIN;
    wait_for("the old key to end", patience, async || {
        let tries = (0..AT_ONCE).map(async |_| transfer(&old).send(&stack).await);
        let answers = try_join_all(tries).await?;
        let all = answers.iter().all(|answer| answer.status == 401);
        Ok(all.then_some(()))
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn an_endpoint_is_tested_through_its_real_url_and_no_one_gets_the_test() {
    let stack = shared().await;
    Sender::of(&stack, "billing").await.unwrap();
    let test: Value = ask(&stack, &["endpoints", "test", "billing"]).await;
    assert_eq!(
        (&test["status"], &test["type"]),
        (&200.into(), &"coatcheck.test".into()),
        "{test}"
    );
    let reference = test["ref"].as_str().unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    let records = stack.records(reference).await.unwrap();
    assert!(
        records.is_empty(),
        "subscriptions to * get no tests: {records:?}"
    );

    let url = operate(&stack, &["endpoints", "url", "billing"]).await;
    assert_eq!(
        url.out.trim(),
        format!("{}/hooks/billing", stack.outputs.base_url)
    );
    let rows: Vec<Value> = rows(&stack, &["endpoints", "ls"]).await;
    let billing = rows.iter().find(|row| row["name"] == "billing").unwrap();
    assert_eq!(billing["scheme"], "standard-webhooks");
    let secret = &Sender::of(&stack, "billing").await.unwrap().secret;
    let all = operate(&stack, &["endpoints", "ls"]).await;
    assert!(!all.out.contains(secret) && !all.err.contains(secret));
    let unknown = run(&stack, &["endpoints", "url", "no-such"]).await;
    assert_eq!(unknown.exit, Some(2));
    assert!(
        unknown.err.contains("billing"),
        "those there are: {unknown:?}"
    );
}

#[tokio::test]
async fn deliveries_are_sent_as_a_provider_would() {
    let stack = shared().await;
    for endpoint in ["billing", "github", "partner"] {
        Sender::of(&stack, endpoint).await.unwrap();
    }
    let kind = fresh("order.sent");
    let args = [
        "send",
        "--endpoint",
        "billing",
        "--type",
        &kind,
        "--size",
        "3KB",
        "--count",
        "20",
        "--rate",
        "20/s",
        "--json",
    ];
    let figures: Value = operate(&stack, &args).await.json().unwrap();
    assert_eq!(super::list(&stack, &kind).await.len(), 20, "{figures}");
    let same = [&args[..7], &["--count", "5", "--same", "--json"]].concat();
    operate(&stack, &same).await;
    assert_eq!(super::list(&stack, &kind).await.len(), 21);
    for (endpoint, fixture) in [("github", "github/push"), ("partner", "partner/inventory")] {
        let sent = operate(
            &stack,
            &["send", "--endpoint", endpoint, "--fixture", fixture],
        )
        .await;
        assert!(sent.out.contains("200"), "{sent:?}");
    }
    let forged = [
        "send",
        "--url",
        &format!("{}/hooks/github", stack.outputs.base_url),
        "--scheme",
        "github",
        "--secret",
        "not the secret",
        "--fixture",
        "github/push",
    ];
    let refused = run(&stack, &forged).await;
    assert_eq!(refused.exit, Some(1), "{refused:?}");
    assert!(refused.out.contains("401"), "{refused:?}");
}
