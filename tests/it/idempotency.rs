//! What a processor does with an event that it has seen before.

use aws_sdk_pipes::types::PipeState;
use e2e::{Stack, wait_for};
use serde_json::json;

use crate::support::{PATIENCE, alone, processed, send_all, shared, switch_pipe, take_message};

#[tokio::test]
async fn killed_between_effect_and_acknowledgement_there_is_one_mark() {
    let stack = alone().await;
    let reference = send_all(&stack, &["trial.killed"]).await.remove(0);
    let processors = ["trial", "trial-queue", "trial-ordered"];
    let receipts = stack
        .wait_for_receipts(&reference, &processors, 2 * PATIENCE)
        .await
        .unwrap();
    for processor in processors {
        let effects = wait_for("the effects in the log", PATIENCE, async || {
            let lines = stack.log_lines(processor, &reference).await?;
            let effects = lines.iter().filter(|line| line["message"] == "effect");
            Ok((effects.count() == 2).then_some(()))
        });
        effects.await.unwrap();
        // One record, completed, by the second of two attempts.
        assert_eq!(receipts[processor].attempts, 2, "{processor}");
    }
}

#[tokio::test]
async fn a_second_delivery_of_a_completed_event_is_skipped() {
    let stack = shared().await;
    let reference = send_all(&stack, &["trial.good"]).await.remove(0);
    let first = processed(&stack, &reference, &["trial"]).await;
    // SQS may deliver the same message again at any time. It has no attributes of a
    // replay, like one that waited there before an upgrade.
    let pointer = stack.pointers_of(&reference).await.unwrap().remove(0);
    let text = |name: &str| pointer[name].as_s().unwrap().clone();
    let event = json!({
        "specversion": "1.0", "id": text("id"), "source": "/endpoints/billing",
        "type": text("type"), "subject": text("subject"), "time": text("occurred_at"),
        "datacontenttype": text("content_type"),
        "dataref": text("dataref"),
        "datasha256": text("sha256"), "datasize": pointer["size"].as_n().unwrap(),
        "ref": reference, "receivedat": text("received_at"), "traceparent": text("traceparent"),
    });
    let sqs = aws_sdk_sqs::Client::new(&stack.sdk);
    let url = stack.subscription("trial").unwrap().queue_url.clone();
    let mut polls = 0_u32;
    wait_for("the second delivery to be skipped", PATIENCE, async || {
        // Once more every ten seconds: the local cloud drops what a function logs just before its answer if it reads too
        // late.
        if polls.is_multiple_of(50) {
            let send = sqs.send_message().queue_url(&url);
            send.message_body(event.to_string()).send().await?;
        }
        polls += 1;
        let lines = stack.log_lines("trial", &reference).await?;
        let mut messages = lines.iter().map(|line| &line["message"]);
        Ok(messages
            .any(|message| message == "done before: skipped")
            .then_some(()))
    })
    .await
    .unwrap();
    let after = &stack.receipts(&reference).await.unwrap()["trial"];
    assert_eq!((after.attempts, &after.at), (1, &first["trial"].at));
    let effects = stack.log_lines("trial", &reference).await.unwrap();
    let effects = effects.iter().filter(|line| line["message"] == "effect");
    assert_eq!(effects.count(), 1);
}

/// While the subscription is stopped, its payloads expire and are tampered with.
#[tokio::test]
async fn a_payload_that_is_gone_or_another_is_rejected_and_never_a_success() {
    let stack = alone().await;
    let pipe = &stack.subscription("trial").unwrap().pipe;
    switch_pipe(&stack, pipe, PipeState::Stopped).await;
    let references = send_all(&stack, &["trial.good"; 3]).await;
    let mut keys = Vec::new();
    for reference in &references {
        // The others redeem first.
        processed(
            &stack,
            reference,
            &["trial-queue", "trial-ordered", "audit"],
        )
        .await;
        let pointers = stack.pointers_of(reference).await.unwrap();
        keys.push(Stack::object_of(&pointers[0]).unwrap().to_owned());
    }
    let mut other = stack.payload(&keys[1]).await.unwrap().to_vec();
    other[300] ^= 1;
    stack.spoil_payload(&keys[0], None).await.unwrap();
    stack.spoil_payload(&keys[1], Some(&other)).await.unwrap();
    stack
        .spoil_payload(&keys[2], Some(&other[1..]))
        .await
        .unwrap();
    switch_pipe(&stack, pipe, PipeState::Running).await;

    let dlq = &stack.subscription("trial").unwrap().dlq_url;
    for (reference, code) in
        references
            .iter()
            .zip(["payload_missing", "payload_digest", "payload_size"])
    {
        let message = take_message(&stack, dlq, reference).await;
        assert_eq!(message["ref"], *reference);
        let record = &stack.records(reference).await.unwrap()["trial"];
        let (failure, reason) = record.failure.clone().unwrap();
        assert_eq!(
            (record.state.as_str(), failure.as_str()),
            ("failed", "Reject")
        );
        assert!(reason.starts_with(code), "{reason}");
    }
}
