use std::{path::Path, time::Duration};

use serde_json::Value;

use crate::support::{PATIENCE, accepted, ask, billing, fresh, operate, processed, run, shared};

/// How many events come while the subscription is stopped or changes its state.
const UNDER_LOAD: usize = 40;

/// No other test uses this subscription.
#[tokio::test]
async fn a_subscription_paused_under_load_and_resumed_loses_nothing() {
    let stack = shared().await;
    let load = async {
        let mut sent = Vec::new();
        for _ in 0..UNDER_LOAD {
            let (reference, _) = accepted(&stack, "passing.by", 500).await;
            sent.push(reference);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        sent
    };
    let pause = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let paused = ["subscriptions", "pause", "passing", "--json"];
        operate(&stack, &paused).await
    };
    let (sent, paused) = tokio::join!(load, pause);
    assert!(paused.out.contains("STOPPED"), "{paused:?}");
    assert!(paused.err.contains("terraform apply"), "{paused:?}");
    let again = operate(&stack, &["subscriptions", "pause", "passing"]).await;
    assert!(
        again.out.contains("STOPPED") || again.err.contains("STOPPED"),
        "{again:?}"
    );
    let (late, _) = accepted(&stack, "passing.by", 500).await;
    let status = ["subscriptions", "status", "passing", "--json"];
    let waiting = e2e::wait_for("an event that waits", PATIENCE, async || {
        let status: Value = stack.operate(&status).await?.json()?;
        Ok((status["queue"]["visible"].as_u64() > Some(0)).then_some(status))
    });
    let waiting = waiting.await.unwrap();
    assert_eq!(
        (&waiting["state"], &waiting["desired"]),
        (&"STOPPED".into(), &"STOPPED".into())
    );
    // Others still get it.
    let receipts = stack.receipts(&late).await.unwrap();
    assert!(!receipts.contains_key("audit-lambda"), "{receipts:?}");
    let doctor = run(&stack, &["doctor", "--json"]).await;
    assert_eq!(doctor.exit, Some(1), "{doctor:?}");
    let findings: Vec<Value> = doctor.lines().unwrap();
    let stopped = findings
        .iter()
        .find(|one| one["check"] == "pipes" && one["subject"] == "passing");
    let remedy = stopped.unwrap()["remedy"].as_str().unwrap();
    assert!(
        remedy.contains("coatcheck subscriptions resume passing"),
        "{remedy}"
    );

    operate(&stack, &["subscriptions", "resume", "passing"]).await;
    for reference in sent.iter().chain([&late]) {
        let receipts = processed(&stack, reference, &["audit-lambda"]).await;
        assert_eq!(receipts["audit-lambda"].attempts, 1, "{reference}");
    }
    let findings: Vec<Value> = stack
        .run(&["doctor", "--json"])
        .await
        .unwrap()
        .lines()
        .unwrap();
    assert!(
        findings
            .iter()
            .filter(|one| one["check"] == "pipes")
            .all(|one| one["verdict"] == "ok")
    );
    for check in ["tables", "retention"] {
        let of: Vec<&Value> = findings
            .iter()
            .filter(|one| one["check"] == check)
            .collect();
        assert!(
            !of.is_empty() && of.iter().all(|one| one["verdict"] == "ok"),
            "{of:?}"
        );
    }
}

#[tokio::test]
async fn what_reads_the_stream_is_not_paused_without_a_word_about_loss() {
    let stack = shared().await;
    for name in ["router", "fan"] {
        let output = run(&stack, &["subscriptions", "pause", name]).await;
        assert_eq!(output.exit, Some(2), "{output:?}");
        assert!(
            output.err.contains("24 hours") && output.err.contains("--for"),
            "{output:?}"
        );
        let status: Value = ask(&stack, &["subscriptions", "status", name]).await;
        assert_eq!(status["state"], "RUNNING", "{status}");
    }
    let too_long = ["subscriptions", "pause", "router", "--for", "24h"];
    assert_eq!(stack.run(&too_long).await.unwrap().exit, Some(2));
    let unknown = run(&stack, &["subscriptions", "pause", "no-such"]).await;
    assert_eq!(unknown.exit, Some(2));
    assert!(
        unknown.err.contains("trial-ordered"),
        "those there are: {unknown:?}"
    );
}

#[tokio::test]
async fn a_pause_for_a_time_ends_by_itself() {
    let stack = shared().await;
    let kind = fresh("exact.paused");
    let args = [
        "subscriptions",
        "pause",
        "audit-workflow",
        "--for",
        "3s",
        "--json",
    ];
    let paused = stack
        .coatcheck(Path::new("/dev/null"), &args)
        .unwrap()
        .output();
    let (reference, delivery) = billing(&stack, &kind, 500).await;
    let (paused, answer) = tokio::join!(paused, delivery.send(&stack));
    assert_eq!(answer.unwrap().status, 200);
    let output = e2e::CommandOutput::from(paused.unwrap());
    assert_eq!(output.exit, Some(0), "{output:?}");
    let states: Vec<Value> = output.lines().unwrap();
    let states: Vec<&str> = states
        .iter()
        .filter_map(|one| one["state"].as_str())
        .collect();
    assert_eq!(
        (states.first(), states.last()),
        (Some(&"STOPPED"), Some(&"RUNNING")),
        "{output:?}"
    );
    processed(&stack, &reference, &["audit-workflow"]).await;
}
