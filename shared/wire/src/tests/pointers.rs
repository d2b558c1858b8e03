//! What DynamoDB is asked about pointers, and what it says.

use std::num::NonZeroU32;

use domain::{Digest, EventKey, Inserted, ObjectKey, PointerStore, Siblings};
use serde_json::{Value, json};

use super::*;
use crate::Pointers;

fn pointers(stub: &Stub) -> Pointers {
    Pointers::new(&environment(stub), "events".to_owned())
}

async fn insert(pointer: &Pointer, steps: &[Step]) -> (Result<Inserted, StoreError>, Vec<Value>) {
    let stub = Stub::new(steps.iter().copied()).await;
    let outcome = pointers(&stub).insert(pointer).await;
    let asked = stub.requests();
    (outcome, asked.iter().map(stub::Seen::json).collect())
}

#[tokio::test]
async fn a_pointer_is_the_item_that_the_domain_says() {
    let (outcome, asked) = insert(&pointer(), &[Step::Answer(200, "{}")]).await;
    assert_eq!(outcome.unwrap(), Inserted::New);
    let put = &asked[0];
    assert_eq!(put["TableName"], "events");
    assert_eq!(put["ConditionExpression"], "attribute_not_exists(pk)");
    assert_eq!(put["ReturnValuesOnConditionCheckFailure"], "ALL_OLD");
    let item = put["Item"].as_object().unwrap();
    assert_eq!(item.len(), pointer().attributes().len());
    assert_eq!(item["pk"], json!({"S": "stripe#cus_1"}));
    assert_eq!(item["size"], json!({"N": "2"}));
    assert_eq!(
        item["received_at"],
        json!({"S": "2026-11-21T20:59:57.414Z"})
    );
    assert_eq!(item["replayid"], json!({"S": ""}));
}

const OLD: &str = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed","Item":{"sk":{"S":"evt_1"},"size":{"N":"2"},"sha256":{"S":"1111111111111111111111111111111111111111111111111111111111111111"},"dataref":{"S":"s3://payloads/payloads/1"}}}"#;

fn first() -> Inserted {
    Inserted::Duplicate {
        event_key: EventKey::from_stored("evt_1".into()),
        sha256: Digest([0x11; 32]),
        key: Some(ObjectKey::from_stored("payloads/1".to_owned())),
    }
}

#[tokio::test]
async fn a_second_pointer_is_a_duplicate_and_tells_the_first_digest() {
    let (outcome, _) = insert(&pointer(), &[Step::Answer(400, OLD)]).await;
    assert_eq!(outcome.unwrap(), first());
    let bare = r#"{"__type":"x#ConditionalCheckFailedException","message":"m"}"#;
    let (outcome, _) = insert(&pointer(), &[Step::Answer(400, bare)]).await;
    assert!(!is_transient(outcome), "nothing to build on");
}

/// 2026-11-21T20:59:57.414Z, in the last seconds of an hour.
fn windowed() -> Pointer {
    let pointer = pointer();
    let key = EventKey::of_digest(Digest([0xab; 32]), None);
    let key = key.within(NonZeroU32::new(3600).unwrap(), pointer.received_at);
    pointer.named(key)
}

#[tokio::test]
async fn one_transaction_looks_at_the_slots_beside_its_own() {
    let (outcome, asked) = insert(&windowed(), &[Step::Answer(200, "{}")]).await;
    assert_eq!(outcome.unwrap(), Inserted::New);
    let token = asked[0]["ClientRequestToken"].as_str().unwrap();
    assert!((1..=36).contains(&token.len()), "{token}");
    let items = asked[0]["TransactItems"].as_array().unwrap();
    let put = &items[0]["Put"];
    assert_eq!(put["ConditionExpression"], "attribute_not_exists(pk)");
    let own = put["Item"]["sk"]["S"].as_str().unwrap();
    let slot: i64 = own.rsplit_once('.').unwrap().1.parse().unwrap();
    for (item, slot) in [(&items[1], slot - 1), (&items[2], slot + 1)] {
        assert_eq!(
            item["ConditionCheck"],
            json!({
                "TableName": "events",
                "Key": {
                    "pk": {"S": "stripe#cus_1"},
                    "sk": {"S": format!("{}@3600.{slot}", "ab".repeat(32))},
                },
                "ConditionExpression": domain::ANOTHER_EVENT,
                "ExpressionAttributeValues": {
                    ":from": {"S": "2026-11-21T19:59:57.414Z"},
                    ":until": {"S": "2026-11-21T21:59:57.414Z"},
                },
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            })
        );
    }
    assert_eq!(items.len(), 3);
}

/// Attributes name it: the slots beside its own are in its own partition, whatever its ordering key.
#[tokio::test]
async fn slots_of_the_same_attributes_are_in_one_partition() {
    let mut pointer = pointer();
    pointer.event.ordering_key = None;
    let key = EventKey::of_attributes("invoice.paid", [("customer", "cus_1")]);
    let windowed = key
        .clone()
        .within(NonZeroU32::new(3600).unwrap(), pointer.received_at);
    let (outcome, asked) = insert(&pointer.named(windowed), &[Step::Answer(200, "{}")]).await;
    assert_eq!(outcome.unwrap(), Inserted::New);
    let items = asked[0]["TransactItems"].as_array().unwrap();
    let keys = [
        &items[0]["Put"]["Item"],
        &items[1]["ConditionCheck"]["Key"],
        &items[2]["ConditionCheck"]["Key"],
    ];
    let partition = format!("stripe#{}", key.as_str());
    for one in keys {
        assert_eq!(one["pk"]["S"], partition);
        let slot = one["sk"]["S"].as_str().unwrap();
        assert!(
            slot.starts_with(&format!("{}@3600.", key.as_str())),
            "{slot}"
        );
    }
    assert_eq!(items.len(), 3);
}

/// As DynamoDB answers: the shapes of its API reference, `TransactionCanceledException`.
const BESIDE: &str = r#"{"__type":"x#TransactionCanceledException","CancellationReasons":[{"Code":"None"},{"Code":"ConditionalCheckFailed","Message":"m","Item":{"sk":{"S":"evt_1"},"sha256":{"S":"1111111111111111111111111111111111111111111111111111111111111111"},"dataref":{"S":"s3://payloads/payloads/1"}}},{"Code":"None"}]}"#;
const CONFLICT: &str = r#"{"__type":"x#TransactionCanceledException","CancellationReasons":[{"Code":"None"},{"Code":"TransactionConflict"},{"Code":"None"}]}"#;

#[tokio::test]
async fn a_neighbour_or_a_conflict_cancels_the_transaction() {
    let (outcome, _) = insert(&windowed(), &[Step::Answer(400, BESIDE)]).await;
    assert_eq!(outcome.unwrap(), first());
    let steps = [Step::Answer(400, CONFLICT), Step::Answer(200, "{}")];
    let (outcome, asked) = insert(&windowed(), &steps).await;
    assert_eq!((outcome.unwrap(), asked.len()), (Inserted::New, 2));
    let tokens = [0, 1].map(|at: usize| &asked[at]["ClientRequestToken"]);
    assert_ne!(tokens[0], tokens[1], "another transaction");
    let (outcome, asked) = insert(&windowed(), &[Step::Answer(400, CONFLICT); 9]).await;
    assert!(is_transient(outcome));
    assert_eq!(asked.len(), 5);
    for (body, later) in [
        (
            r#"{"__type":"x#TransactionCanceledException","CancellationReasons":[{"Code":"ThrottlingError"}]}"#,
            true,
        ),
        (
            r#"{"__type":"x#TransactionCanceledException","CancellationReasons":[{"Code":"ValidationError"}]}"#,
            false,
        ),
        (r#"{"__type":"x#TransactionCanceledException"}"#, false),
        (r#"{"__type":"x#AccessDeniedException"}"#, false),
    ] {
        let (outcome, _) = insert(&windowed(), &[Step::Answer(400, body)]).await;
        assert_eq!(is_transient(outcome), later, "{body}");
    }
}

/// DynamoDB then knows that it is the same transaction.
#[tokio::test]
async fn a_transaction_whose_answer_was_lost_keeps_its_token() {
    let (outcome, asked) = insert(&windowed(), &[Step::Close, Step::Answer(200, "{}")]).await;
    assert_eq!(outcome.unwrap(), Inserted::New);
    assert_eq!(asked[0], asked[1]);
}

#[tokio::test]
async fn a_sibling_is_another_event_of_the_same_bytes() {
    let pointer = windowed();
    let own = format!(
        r#"{{"Items":[{{"sk":{{"S":"{}"}}}}]}}"#,
        pointer.sort_key().as_str()
    );
    let other = r#"{"Items":[{"sk":{"S":"other"}}]}"#;
    for (found, has) in [
        (own.leak() as &'static str, false),
        (other, true),
        ("{}", false),
    ] {
        let stub = Stub::new([Step::Answer(200, found)]).await;
        assert_eq!(
            pointers(&stub).has_sibling(&pointer).await.unwrap(),
            has,
            "{found}"
        );
        let asked = stub.requests()[0].json();
        assert_eq!(asked["Limit"], 2);
        assert_eq!(
            asked["ExpressionAttributeValues"][":digest"],
            json!({"S": "ab".repeat(32)})
        );
    }
    let stub = Stub::new([]).await;
    assert!(
        !pointers(&stub)
            .has_sibling(&super::pointer())
            .await
            .unwrap()
    );
    assert!(stub.requests().is_empty(), "an id of the provider has none");
}
