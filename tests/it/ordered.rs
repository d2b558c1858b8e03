//! An ordered subscription reads the stream itself.

use aws_sdk_dynamodb::types::AttributeValue;

use crate::support::{PATIENCE, billing, fresh, shared, take_message};

#[tokio::test]
async fn an_ordered_subscription_gets_the_same_shape_and_bytes() {
    let stack = shared().await;
    let (id, delivery) = billing(&stack, "ordered.event", 2_000).await;
    assert_eq!(delivery.send(&stack).await.unwrap().status, 200);
    let reference = format!("billing/{id}");
    let receipts = stack
        .wait_for_receipts(&reference, &["audit-ordered"], PATIENCE)
        .await
        .unwrap();
    assert_eq!(
        receipts["audit-ordered"].sha256,
        e2e::digest(&delivery.body)
    );
    assert_eq!(receipts["audit-ordered"].size, 2_000);
}

/// A pointer whose payload is not there, which no processor can make anything of,
/// between others in the same shard.
#[tokio::test]
async fn a_poison_record_is_given_up_and_the_shard_goes_on() {
    let stack = shared().await;
    let mut good = Vec::new();
    for round in 0..2 {
        for _ in 0..2 {
            let (id, delivery) = billing(&stack, "ordered.event", 500).await;
            assert_eq!(delivery.send(&stack).await.unwrap().status, 200);
            good.push(format!("billing/{id}"));
        }
        if round == 0 {
            let mut poison = stack
                .pointers(&good[0].replacen('/', "#", 1))
                .await
                .unwrap()
                .remove(0);
            let id = fresh("poison");
            for (attribute, value) in [
                ("pk", format!("billing#{id}")),
                ("sk", id.clone()),
                ("id", id.clone()),
                ("ref", format!("billing/{id}")),
                ("key", format!("payloads/0/2026-01-01T00/billing/{id}")),
            ] {
                poison.insert(attribute.to_owned(), AttributeValue::S(value));
            }
            let table = stack.table("events").unwrap();
            let dynamodb = aws_sdk_dynamodb::Client::new(&stack.sdk);
            dynamodb
                .put_item()
                .table_name(table)
                .set_item(Some(poison))
                .send()
                .await
                .unwrap();
        }
    }
    for reference in &good {
        stack
            .wait_for_receipts(reference, &["audit-ordered"], PATIENCE)
            .await
            .unwrap();
    }
    // A stream's dead letter is where the record stood, not the record.
    let subscription = stack.subscription("audit-ordered").unwrap();
    let letter = take_message(&stack, &subscription.dlq_url, "DDBStreamBatchInfo").await;
    assert_eq!(letter["DDBStreamBatchInfo"]["batchSize"], 1, "{letter}");
    assert!(
        letter["context"]["partnerResourceArn"]
            .as_str()
            .unwrap()
            .ends_with(&subscription.pipe),
        "{letter}"
    );
}
