//! Processors that fail in every way, among two hundred good events.

use std::time::Duration;

use e2e::{Stack, wait_for};
use serde_json::json;

use crate::support::{Denied, PATIENCE, alone, processed, send_all, shared, take_message};

const GOOD: usize = 200;

/// In an ordered subscription the next events wait for the tries of all of these.
const EVIL: [&str; 5] = [
    "trial.retry",
    "trial.reject",
    "trial.panic",
    "trial.hang",
    "trial.block",
];

/// A function that a pipe calls, one that empties a queue, and an ordered one.
const PROCESSORS: [&str; 3] = ["trial", "trial-queue", "trial-ordered"];

#[tokio::test]
async fn whatever_one_event_does_the_others_are_processed_once_and_it_ends_whole_in_the_dlq() {
    let stack = shared().await;
    let mut kinds = vec!["trial.good"; GOOD];
    for (i, evil) in EVIL.iter().enumerate() {
        kinds.insert(10 + 7 * i, evil);
    }
    let references = send_all(&stack, &kinds).await;
    let of = |evil: bool| {
        let sent = references.iter().zip(&kinds);
        sent.filter(move |(_, kind)| EVIL.contains(kind) == evil)
    };

    let mut ages: Vec<Vec<u64>> = vec![Vec::new(); PROCESSORS.len()];
    for (reference, _) in of(false) {
        let receipts = stack
            .wait_for_receipts(reference, &PROCESSORS, 3 * PATIENCE)
            .await
            .unwrap();
        for (processor, ages) in PROCESSORS.iter().zip(&mut ages) {
            let receipt = &receipts[*processor];
            // Not even a neighbour in the same batch was tried again.
            assert_eq!(receipt.attempts, 1, "{reference} at {processor}");
            ages.push(receipt.age_ms);
        }
    }
    for (processor, ages) in PROCESSORS.iter().zip(&mut ages) {
        ages.sort_unstable();
        let (half, last) = (ages[GOOD / 2], ages[GOOD - 1]);
        println!("{processor}: {GOOD} good events, age at the median {half} ms, at most {last} ms");
    }

    let dlqs = [
        stack.subscription("trial").unwrap().dlq_url.clone(),
        stack.outputs.processors["trial-queue"]
            .inbox_dlq_url
            .clone()
            .unwrap(),
        stack.subscription("trial-ordered").unwrap().dlq_url.clone(),
    ];
    for (reference, kind) in of(true) {
        for (processor, dlq) in PROCESSORS.iter().zip(&dlqs) {
            ends_whole_in(&stack, reference, kind, dlq).await;
            let record = &stack.records(reference).await.unwrap()[*processor];
            assert!(
                record.receipt.is_none(),
                "{kind} at {processor}: {record:?}"
            );
            // A processor that cannot be stopped leaves no note.
            if *kind != "trial.block" {
                let (failure, reason) = record.failure.clone().unwrap();
                assert_eq!(failure == "Reject", *kind == "trial.reject", "{reason}");
            }
            // It did not wait for its tries. In an ordered subscription it may be behind one that
            // is retried.
            if *kind == "trial.reject" && *processor != "trial-ordered" {
                assert_eq!(record.attempts, 1, "{reference} at {processor}");
            }
        }
    }
}

async fn ends_whole_in(stack: &Stack, reference: &str, kind: &str, dlq: &str) {
    let message = take_message(stack, dlq, reference).await;
    let id = reference.trim_start_matches("billing/");
    assert_eq!(
        (&message["ref"], &message["id"], &message["type"]),
        (&json!(reference), &json!(id), &json!(kind)),
        "{message}"
    );
    let dataref = message["dataref"].as_str().unwrap();
    let key = dataref.splitn(4, '/').nth(3).unwrap();
    let payload = stack.payload(key).await.unwrap();
    assert_eq!(message["datasha256"], e2e::digest(&payload));
    assert_eq!(message["datasize"], payload.len().to_string());
}

/// No retry helps a rejected event, so its tries are not used up first.
const AT_ONCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_rejected_event_is_in_the_dlq_within_seconds_after_one_try() {
    let stack = alone().await;
    let references = send_all(&stack, &["trial.reject"]).await;
    let sent_at = std::time::Instant::now();
    let reference = &references[0];
    let dlqs = [
        ("trial", &stack.subscription("trial").unwrap().dlq_url),
        (
            "trial-ordered",
            &stack.subscription("trial-ordered").unwrap().dlq_url,
        ),
    ];
    for (processor, dlq) in dlqs {
        ends_whole_in(&stack, reference, "trial.reject", dlq).await;
        let took = sent_at.elapsed();
        assert!(took < AT_ONCE, "{processor}: {took:?}");
        let record = &stack.records(reference).await.unwrap()[processor];
        assert_eq!(record.attempts, 1, "{processor}");
    }
}

#[tokio::test]
async fn a_processor_without_the_right_to_redeem_has_its_events_wait_with_the_reason() {
    let stack = alone().await;
    let role = &stack.outputs.processors["trial-blind"].role;
    let taken_away = Denied::to(&stack, role, "s3:GetObject").await;
    let references = send_all(&stack, &["trial.blind"; 5]).await;
    let dlq = &stack.subscription("trial-blind").unwrap().dlq_url;
    for reference in &references {
        // The same events succeed at a processor that may read them.
        let receipts = processed(&stack, reference, &PROCESSORS).await;
        for processor in PROCESSORS {
            assert_eq!(receipts[processor].attempts, 1, "{processor}");
        }
        ends_whole_in(&stack, reference, "trial.blind", dlq).await;
        let record = wait_for("the reason", Duration::from_secs(10), async || {
            let records = stack.records(reference).await?;
            Ok(records
                .get("trial-blind")
                .cloned()
                .filter(|record| record.state == "failed"))
        })
        .await
        .unwrap();
        let (failure, reason) = record.failure.unwrap();
        assert_eq!(failure, "Retry", "a person has to act first: {reason}");
        assert!(
            reason.contains("AccessDenied") && reason.contains("s3:GetObject"),
            "{reason}"
        );
    }
    taken_away.give_back().await;
}
