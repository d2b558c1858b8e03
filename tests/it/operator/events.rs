use std::time::Duration;

use e2e::Stack;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    time::timeout,
};

use super::list;
use crate::support::{accepted, ask, fresh, operate, processed, run, shared};

#[tokio::test]
async fn events_are_listed_newest_first_and_shown_with_what_became_of_them() {
    let stack = shared().await;
    let kind = fresh("order.listed");
    let mut sent = Vec::new();
    for size in [700, 2_000, 400] {
        let (reference, delivery) = accepted(&stack, &kind, size).await;
        sent.push((reference, size as u64, delivery.body));
    }
    let listed = list(&stack, &kind).await;
    let expected: Vec<(&str, u64)> = sent
        .iter()
        .rev()
        .map(|(r, size, _)| (r.as_str(), *size))
        .collect();
    let found: Vec<(&str, u64)> = listed
        .iter()
        .map(|one| (one.reference.as_str(), one.size))
        .collect();
    assert_eq!(found, expected);
    assert!(listed.iter().all(|one| one.kind == kind));
    assert!(listed.is_sorted_by(|a, b| a.received_at >= b.received_at));

    let prefix = format!("{}*", &kind[..kind.len() - 3]);
    let two = [
        "events",
        "ls",
        "--endpoint",
        "billing",
        "--type",
        &prefix,
        "-n",
        "2",
    ];
    let people = operate(&stack, &two).await;
    assert_eq!(people.out.lines().count(), 3, "a head and two: {people:?}");
    assert!(people.err.contains("--all"), "there are more: {people:?}");
    let none = [
        "events",
        "ls",
        "--endpoint",
        "github",
        "--type",
        &kind,
        "--json",
    ];
    assert_eq!(operate(&stack, &none).await.out, "");

    let (reference, _, body) = &sent[0];
    processed(&stack, reference, &["audit-lambda"]).await;
    let shown: Value = ask(&stack, &["events", "show", reference]).await;
    assert_eq!(shown["pointer"]["type"], kind.as_str());
    assert_eq!(shown["pointer"]["sha256"], e2e::digest(body));
    let done = shown["processed"].as_array().unwrap().iter();
    let done: Vec<&str> = done
        .filter(|one| one["state"] == "completed")
        .filter_map(|one| one["processor"].as_str())
        .collect();
    assert!(done.contains(&"audit-lambda"), "{shown}");
}

#[tokio::test]
async fn a_payload_is_given_byte_for_byte_and_verified_again_or_not_at_all() {
    let stack = shared().await;
    let (reference, delivery) = accepted(&stack, &fresh("order.verified"), 3_000).await;

    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("payload");
    let path = file.to_str().unwrap();
    operate(&stack, &["events", "payload", &reference, "-o", path]).await;
    assert_eq!(std::fs::read(&file).unwrap(), delivery.body);
    let printed = operate(&stack, &["events", "payload", &reference]).await;
    assert_eq!(printed.out.as_bytes(), delivery.body);
    let verdict: Value = ask(&stack, &["events", "verify", &reference]).await;
    assert_eq!(verdict["valid"], true, "{verdict}");

    let pointers = stack.pointers_of(&reference).await.unwrap();
    let key = Stack::object_of(&pointers[0]).unwrap();
    stack
        .spoil_payload(key, Some(b"something else"))
        .await
        .unwrap();
    for command in ["payload", "verify"] {
        let output = run(&stack, &["events", command, &reference]).await;
        assert_eq!(output.exit, Some(1), "{output:?}");
        assert!(!output.out.contains("something else"), "{output:?}");
    }
    stack.spoil_payload(key, None).await.unwrap();
    let output = run(&stack, &["events", "payload", &reference]).await;
    assert_eq!(output.exit, Some(1), "{output:?}");
    assert!(output.err.contains("gone"), "{output:?}");
}

#[tokio::test]
async fn what_comes_is_followed() {
    let stack = shared().await;
    let kind = fresh("order.followed");
    let tail = ["events", "tail", "--type", &kind, "--json"];
    let mut tail = stack
        .coatcheck("/dev/null".as_ref(), &tail)
        .unwrap()
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(tail.stdout.take().unwrap()).lines();
    for _ in 0..3 {
        let (reference, _) = accepted(&stack, &kind, 400).await;
        let line = timeout(Duration::from_secs(30), lines.next_line()).await;
        let line: Value =
            serde_json::from_str(&line.expect("nothing in 30 s").unwrap().unwrap()).unwrap();
        assert_eq!(line["ref"], reference);
    }
    tail.kill().await.unwrap();
}

#[tokio::test]
async fn what_is_not_there_is_said_with_the_next_step() {
    let stack = shared().await;
    for (args, exit, says) in [
        (
            &["events", "show", "billing/no-such-event"][..],
            2,
            "events ls",
        ),
        (
            &["events", "payload", "billing/no-such-event"],
            2,
            "events ls",
        ),
        (&["events", "show", "no ref"], 2, "endpoint/event-key"),
        (&["events", "ls", "--since", "yesterday"], 2, "24h"),
        (
            &["events", "ls", "--since", "1h", "--until", "2h"],
            2,
            "is not before",
        ),
        (
            &["events", "ls", "--stack", "no-such-stack"],
            2,
            "COATCHECK_STACK",
        ),
        (&["replay", "billing/no-such-event"], 2, "events ls"),
        (&["replay"], 2, "which events"),
        (
            &["replay", "--since", "1h", "--subscription", "no-such"],
            2,
            "the stack has",
        ),
        (&["replay", "--resume", "r-none"], 2, "no stopped replay"),
    ] {
        let output = run(&stack, args).await;
        assert_eq!(output.exit, Some(exit), "{args:?}: {output:?}");
        assert!(output.err.contains(says), "{args:?}: {output:?}");
    }
    let mut stranger = stack
        .coatcheck("/dev/null".as_ref(), &["events", "ls"])
        .unwrap();
    stranger
        .env_remove("AWS_ACCESS_KEY_ID")
        .env_remove("AWS_SECRET_ACCESS_KEY");
    let output = e2e::CommandOutput::from(stranger.output().await.unwrap());
    assert_eq!(output.exit, Some(2), "{output:?}");
    assert!(output.err.contains("credentials"), "{output:?}");
}
