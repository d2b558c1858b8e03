use e2e::{Stack, wait_for};
use serde_json::Value;

use crate::support::{PATIENCE, accepted, alone, operate, processed, rows, run, take_message};

/// How many events are in the DLQ of this name.
async fn depth(stack: &Stack, name: &str) -> u64 {
    let rows: Vec<Value> = rows(stack, &["dlq", "ls"]).await;
    let row = rows.iter().find(|row| row["name"] == name).unwrap();
    row["visible"].as_u64().unwrap() + row["in_flight"].as_u64().unwrap()
}

/// The messages of a DLQ, as `dlq show` prints them.
async fn show(stack: &Stack, name: &str) -> Vec<Value> {
    let output = operate(stack, &["dlq", "show", name, "--json"]).await;
    output.lines().unwrap()
}

/// Puts an event where it would be if its processor had failed too often: as it was in the queue.
async fn give_up(stack: &Stack) -> String {
    let (reference, _) = accepted(stack, "passing.given-up", 500).await;
    let subscription = stack.subscription("passing").unwrap();
    let event = take_message(stack, &subscription.queue_url, &reference).await;
    let sqs = aws_sdk_sqs::Client::new(&stack.sdk);
    let send = sqs.send_message().queue_url(&subscription.dlq_url);
    send.message_body(event.to_string()).send().await.unwrap();
    reference
}

#[tokio::test]
async fn what_was_given_up_is_shown_and_sent_on_its_way_again() {
    let stack = alone().await;
    operate(&stack, &["subscriptions", "pause", "passing"]).await;
    let reference = give_up(&stack).await;
    assert_eq!(depth(&stack, "passing").await, 1);
    for _ in 0..2 {
        let shown = show(&stack, "passing").await;
        assert_eq!(shown.len(), 1, "to look takes nothing: {shown:?}");
        assert_eq!(shown[0]["event"]["ref"], reference.as_str());
    }
    let people = operate(&stack, &["dlq", "show", "passing"]).await;
    assert!(people.out.contains(&reference), "{people:?}");
    let dry = operate(&stack, &["dlq", "redrive", "passing", "--dry-run"]).await;
    assert!(dry.out.contains('1'), "{dry:?}");
    assert_eq!(depth(&stack, "passing").await, 1);
    operate(&stack, &["dlq", "redrive", "passing"]).await;
    assert_eq!(depth(&stack, "passing").await, 0);
    operate(&stack, &["subscriptions", "resume", "passing"]).await;
    let receipts = processed(&stack, &reference, &["audit-lambda"]).await;
    assert_eq!(receipts["audit-lambda"].attempts, 1);

    operate(&stack, &["subscriptions", "pause", "passing"]).await;
    give_up(&stack).await;
    let unasked = run(&stack, &["dlq", "purge", "passing"]).await;
    assert_eq!(unasked.exit, Some(2), "{unasked:?}");
    assert!(unasked.err.contains("--yes"), "{unasked:?}");
    assert_eq!(depth(&stack, "passing").await, 1);
    operate(&stack, &["dlq", "purge", "passing", "--yes"]).await;
    assert_eq!(depth(&stack, "passing").await, 0);
    operate(&stack, &["subscriptions", "resume", "passing"]).await;
}

#[tokio::test]
async fn an_ordered_subscription_gets_its_events_back_through_the_stream() {
    let stack = alone().await;
    let (reference, _) = accepted(&stack, "trial.reject", 500).await;
    let given_up = async |attempts: u64| {
        let what = format!("{reference} given up after {attempts} tries");
        wait_for(&what, PATIENCE, async || {
            let shown = show(&stack, "trial-ordered").await;
            let ours = shown
                .into_iter()
                .find(|one| one["event"]["ref"] == reference.as_str());
            Ok(ours.filter(|one| one["record"]["attempts"].as_u64() >= Some(attempts)))
        })
        .await
        .unwrap()
    };
    let first = given_up(1).await;
    assert_eq!(first["record"]["reason"], "asked to be rejected", "{first}");
    let tried = first["record"]["attempts"].as_u64().unwrap();
    let redriven = operate(&stack, &["dlq", "redrive", "trial-ordered", "--yes"]).await;
    assert!(
        redriven.err.is_empty() || !redriven.err.contains("stays"),
        "{redriven:?}"
    );
    // It fails as before, so it comes back: through the stream, the pipe and rehydrate.
    let second = given_up(tried + 1).await;
    assert_ne!(second["message_id"], first["message_id"]);
    assert_eq!(second["event"]["type"], "trial.reject");
    for name in ["trial-ordered", "trial", "processor:trial-queue"] {
        operate(&stack, &["dlq", "purge", name, "--yes"]).await;
    }
}
