//! As DynamoDB answers: the shapes of its API reference, `TransactionCanceledException`.

use std::num::NonZeroU32;

use aws_sdk_dynamodb::{Client, operation::transact_write_items::TransactWriteItemsOutput};
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use domain::{Digest, ObjectKey, PointerStore};

use super::*;
use crate::tests::{json_answer, pointer, transient};

/// 2026-11-21T20:59:57.414Z, in the last seconds of an hour.
fn windowed() -> Pointer {
    let window_s = NonZeroU32::new(3600).unwrap();
    let pointer = pointer();
    let key = EventKey::of_digest(Digest([0xab; 32]), None);
    let key = key.within(window_s, pointer.received_at);
    pointer.named(key)
}

async fn insert(rules: &[&Rule]) -> Result<Inserted, StoreError> {
    let client = mock_client!(aws_sdk_dynamodb, RuleMode::Sequential, rules);
    Pointers::over(client, "events").insert(&windowed()).await
}

fn cancelled(body: &'static str) -> Rule {
    mock!(Client::transact_write_items).then_http_response(json_answer(400, body))
}

fn taken() -> Rule {
    mock!(Client::transact_write_items).then_output(|| TransactWriteItemsOutput::builder().build())
}

#[tokio::test]
async fn one_transaction_looks_at_the_slots_beside_its_own() {
    let rule = mock!(Client::transact_write_items)
        .match_requests(|call| {
            let [put, before, after] = call.transact_items() else {
                return false;
            };
            let put = put.put().unwrap();
            let slot: i64 = put.item()["sk"]
                .as_s()
                .unwrap()
                .rsplit_once('.')
                .unwrap()
                .1
                .parse()
                .unwrap();
            let checks = [(before, slot - 1), (after, slot + 1)];
            let is_checked = checks.iter().all(|(check, slot)| {
                let check = check.condition_check().unwrap();
                let values = check.expression_attribute_values().unwrap();
                check.table_name() == "events"
                    && check.key()["pk"] == text("stripe#cus_1")
                    && check.key()["sk"] == text(&format!("{}@3600.{slot}", "ab".repeat(32)))
                    && check.condition_expression() == ANOTHER_EVENT
                    && values[":from"] == text("2026-11-21T19:59:57.414Z")
                    && values[":until"] == text("2026-11-21T21:59:57.414Z")
                    && check.return_values_on_condition_check_failure()
                        == Some(&ReturnValuesOnConditionCheckFailure::AllOld)
            });
            let token = call.client_request_token().unwrap_or_default();
            is_checked
                && put.condition_expression() == Some("attribute_not_exists(pk)")
                && put.return_values_on_condition_check_failure()
                    == Some(&ReturnValuesOnConditionCheckFailure::AllOld)
                && !token.is_empty()
        })
        .then_output(|| TransactWriteItemsOutput::builder().build());
    assert_eq!(insert(&[&rule]).await.unwrap(), Inserted::New);
}

/// Attributes name it: the slots beside its own are in its own partition.
#[tokio::test]
async fn slots_of_the_same_attributes_are_in_one_partition() {
    let key = EventKey::of_attributes("invoice.paid", [("customer", "cus_1")]);
    let partition = text(&format!("stripe#{}", key.as_str()));
    let mut pointer = pointer();
    pointer.event.ordering_key = None;
    let windowed = key.within(NonZeroU32::new(3600).unwrap(), pointer.received_at);
    let rule = mock!(Client::transact_write_items)
        .match_requests(move |call| {
            let [put, before, after] = call.transact_items() else {
                return false;
            };
            let mut checks = [before, after].into_iter();
            put.put().unwrap().item()["pk"] == partition
                && checks.all(|one| one.condition_check().unwrap().key()["pk"] == partition)
        })
        .then_output(|| TransactWriteItemsOutput::builder().build());
    let client = mock_client!(aws_sdk_dynamodb, RuleMode::Sequential, [&rule]);
    let inserted = Pointers::over(client, "events")
        .insert(&pointer.named(windowed))
        .await;
    assert_eq!(inserted.unwrap(), Inserted::New);
}

#[tokio::test]
async fn the_pointer_in_the_way_tells_what_event_it_is() {
    let before = r#"{"__type":"x#TransactionCanceledException","CancellationReasons":[{"Code":"None"},{"Code":"ConditionalCheckFailed","Message":"The conditional request failed","Item":{"sk":{"S":"before"},"sha256":{"S":"1111111111111111111111111111111111111111111111111111111111111111"},"dataref":{"S":"s3://payloads/payloads/1"}}},{"Code":"None"}]}"#;
    let duplicate = Inserted::Duplicate {
        event_key: EventKey::from_stored("before".into()),
        sha256: Digest([0x11; 32]),
        key: Some(ObjectKey::from_stored("payloads/1".into())),
    };
    let answer = insert(&[&cancelled(before)]).await;
    assert_eq!(answer.unwrap(), duplicate);
}

/// A message of the direct lane that comes again must find itself, not a neighbour.
#[tokio::test]
async fn its_own_object_comes_before_other_pointers() {
    let both = r#"{"__type":"x#TransactionCanceledException","CancellationReasons":[{"Code":"ConditionalCheckFailed","Item":{"sk":{"S":"own"},"sha256":{"S":"1111111111111111111111111111111111111111111111111111111111111111"},"dataref":{"S":"s3://payloads/payloads/1"}}},{"Code":"ConditionalCheckFailed","Item":{"sk":{"S":"before"},"sha256":{"S":"1111111111111111111111111111111111111111111111111111111111111111"},"bucket":{"S":"payloads"},"key":{"S":"payloads/a/x"}}},{"Code":"None"}]}"#;
    let Inserted::Duplicate { event_key, .. } = insert(&[&cancelled(both)]).await.unwrap() else {
        panic!("it is a duplicate");
    };
    assert_eq!(event_key.as_str(), "before");
}

/// Where neither has an object, their keys are equal, and say nothing.
#[tokio::test]
async fn a_pointer_with_its_payload_is_the_first_that_is_in_the_way() {
    let both = r#"{"__type":"x#TransactionCanceledException","CancellationReasons":[{"Code":"ConditionalCheckFailed","Item":{"sk":{"S":"own"},"sha256":{"S":"1111111111111111111111111111111111111111111111111111111111111111"},"dataref":{"S":"s3://payloads/payloads/1"}}},{"Code":"ConditionalCheckFailed","Item":{"sk":{"S":"before"},"sha256":{"S":"1111111111111111111111111111111111111111111111111111111111111111"},"dataref":{"S":"data:;base64,e30="}}},{"Code":"None"}]}"#;
    let mut inline = windowed();
    inline.dataref = domain::DataRef::Inline(b"{}".into());
    let rule = cancelled(both);
    let client = mock_client!(aws_sdk_dynamodb, RuleMode::Sequential, [&rule]);
    let inserted = Pointers::over(client, "events").insert(&inline).await;
    let Inserted::Duplicate { event_key, .. } = inserted.unwrap() else {
        panic!("it is a duplicate");
    };
    assert_eq!(event_key.as_str(), "own");
}

const CONFLICTS: &str = r#"{"__type":"x#TransactionCanceledException","CancellationReasons":[{"Code":"None"},{"Code":"TransactionConflict","Message":"Transaction is ongoing for the item"},{"Code":"None"}]}"#;

#[tokio::test]
async fn two_deliveries_at_once_try_again() {
    let (conflict, taken) = (cancelled(CONFLICTS), taken());
    let answer = insert(&[&conflict, &taken]).await;
    assert_eq!(answer.unwrap(), Inserted::New);
    assert_eq!((conflict.num_calls(), taken.num_calls()), (1, 1));
}

#[tokio::test]
async fn a_conflict_that_lasts_is_for_later() {
    let conflicts = || {
        mock!(Client::transact_write_items)
            .sequence()
            .http_response(json_answer(400, CONFLICTS))
            .repeatedly()
            .build()
    };
    let rule = conflicts();
    assert!(transient(insert(&[&rule]).await));
    assert_eq!(rule.num_calls(), CONFLICT_TRIES as usize);
}

#[tokio::test]
async fn a_cancelled_transaction_says_later_or_never() {
    for (body, later) in [
        (
            r#"{"__type":"x#TransactionCanceledException","CancellationReasons":[{"Code":"ThrottlingError"},{"Code":"None"},{"Code":"None"}]}"#,
            true,
        ),
        (
            r#"{"__type":"x#TransactionCanceledException","CancellationReasons":[{"Code":"ValidationError"},{"Code":"None"},{"Code":"None"}]}"#,
            false,
        ),
        // Nothing to rely on: the existing item is not returned.
        (
            r#"{"__type":"x#TransactionCanceledException","CancellationReasons":[{"Code":"ConditionalCheckFailed"},{"Code":"None"},{"Code":"None"}]}"#,
            false,
        ),
        (r#"{"__type":"x#TransactionInProgressException"}"#, true),
        (r#"{"__type":"x#AccessDeniedException"}"#, false),
    ] {
        let rule = mock!(Client::transact_write_items)
            .sequence()
            .http_response(json_answer(400, body))
            .repeatedly()
            .build();
        assert_eq!(transient(insert(&[&rule]).await), later, "{body}");
    }
}
