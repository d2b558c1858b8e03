//! An ordered subscription keeps the order of each key.

use aws_sdk_dynamodb::types::AttributeValue;
use e2e::Sender;
use serde_json::json;

use crate::support::{JSON, accepted, fresh, processed, shared, take_message};

#[tokio::test]
async fn an_ordered_subscription_gets_the_same_shape_and_bytes() {
    let stack = shared().await;
    let (reference, delivery) = accepted(&stack, "ordered.event", 2_000).await;
    let receipts = processed(&stack, &reference, &["trial-ordered"]).await;
    assert_eq!(
        receipts["trial-ordered"].sha256,
        e2e::digest(&delivery.body)
    );
    assert_eq!(receipts["trial-ordered"].size, 2_000);
}

/// A pointer without its payload, which no processor can process, between others
/// of other keys.
#[tokio::test]
async fn a_poison_event_is_given_up_and_the_others_go_on() {
    let stack = shared().await;
    let mut good = Vec::new();
    let poison = format!("billing/{}", fresh("poison"));
    for round in 0..2 {
        for _ in 0..2 {
            let (reference, _) = accepted(&stack, "ordered.event", 500).await;
            good.push(reference);
        }
        if round == 0 {
            let mut pointer = stack.pointers_of(&good[0]).await.unwrap().remove(0);
            let id = poison.trim_start_matches("billing/");
            for (attribute, value) in [
                ("pk", format!("billing#{id}")),
                ("sk", id.to_owned()),
                ("id", id.to_owned()),
                ("ref", poison.clone()),
                (
                    "dataref",
                    format!(
                        "s3://{}/payloads/0/2026-01-01T00/billing/{id}",
                        stack.outputs.bucket
                    ),
                ),
            ] {
                pointer.insert(attribute.to_owned(), AttributeValue::S(value));
            }
            let table = stack.table("events").unwrap();
            let dynamodb = aws_sdk_dynamodb::Client::new(&stack.sdk);
            dynamodb
                .put_item()
                .table_name(table)
                .set_item(Some(pointer))
                .send()
                .await
                .unwrap();
        }
    }
    for reference in &good {
        processed(&stack, reference, &["trial-ordered"]).await;
    }
    // On AWS a stream's dead letter names the record's position; ours is the event.
    let subscription = stack.subscription("trial-ordered").unwrap();
    let dead_letter = take_message(&stack, &subscription.dlq_url, &poison).await;
    assert_eq!(
        (&dead_letter["ref"], &dead_letter["type"]),
        (&json!(poison), &json!("ordered.event")),
        "{dead_letter}"
    );
    let record = &stack.records(&poison).await.unwrap()["trial-ordered"];
    let (failure, reason) = record.failure.clone().unwrap();
    assert_eq!(failure, "Reject");
    assert!(reason.starts_with("payload_missing"), "{reason}");
}

/// The first of each key fails once, the second takes a second, the third no time:
/// one that did not wait for its predecessor would be done first.
#[tokio::test]
async fn effects_come_in_the_order_of_the_writes_of_each_key() {
    let stack = shared().await;
    let provider = Sender::of(&stack, "orders").await.unwrap();
    let mut keys = Vec::new();
    for _ in 0..3 {
        keys.push((fresh("cus"), Vec::new()));
    }
    for kind in ["ordered.flaky", "ordered.slow", "ordered.event"] {
        for (key, references) in &mut keys {
            let id = fresh("msg");
            let body = json!({"type": kind, "customer": key}).to_string();
            let delivery = provider.sign(&[("webhook-id", &id), JSON], body).unwrap();
            let answer = delivery.send(&stack).await.unwrap();
            assert_eq!(answer.status, 200, "{answer:?}");
            assert_eq!(answer.body.reference, format!("orders/{key}/{id}"));
            references.push(answer.body.reference);
        }
    }
    for (key, references) in &keys {
        let mut done = Vec::new();
        for reference in references {
            let receipts = processed(&stack, reference, &["trial-ordered"]).await;
            let receipt = &receipts["trial-ordered"];
            done.push((receipt.at.clone(), receipt.attempts));
        }
        assert!(done.is_sorted_by(|a, b| a.0 < b.0), "{key}: {done:?}");
        let attempts: Vec<_> = done.iter().map(|(_, attempts)| *attempts).collect();
        assert_eq!(attempts, [2, 1, 1], "{key}: {done:?}");
    }
}

/// An event that is retried holds up the later ones of its key until it is given up, and no other key.
#[tokio::test]
async fn a_poison_event_delays_only_its_own_key() {
    let stack = shared().await;
    let provider = Sender::of(&stack, "orders").await.unwrap();
    let (poisoned, other) = (fresh("cus"), fresh("cus"));
    let mut refs = Vec::new();
    for (kind, key) in [
        ("trial.retry", &poisoned),
        ("ordered.event", &poisoned),
        ("ordered.event", &other),
    ] {
        let body = json!({"type": kind, "customer": key}).to_string();
        let id = fresh("msg");
        let delivery = provider.sign(&[("webhook-id", &id), JSON], body).unwrap();
        let answer = delivery.send(&stack).await.unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");
        refs.push(answer.body.reference);
    }
    processed(&stack, &refs[2], &["trial-ordered"]).await;
    let record = |records: &std::collections::BTreeMap<_, _>| records.contains_key("trial-ordered");
    assert!(!record(&stack.records(&refs[1]).await.unwrap()));
    let subscription = stack.subscription("trial-ordered").unwrap();
    take_message(&stack, &subscription.dlq_url, &refs[0]).await;
    let after = processed(&stack, &refs[1], &["trial-ordered"]).await;
    assert_eq!(after["trial-ordered"].attempts, 1);
}
