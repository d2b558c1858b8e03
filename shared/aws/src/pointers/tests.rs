use aws_sdk_dynamodb::{
    operation::{
        get_item::GetItemOutput,
        put_item::{PutItemError, PutItemOutput},
    },
    types::error::ConditionalCheckFailedException,
};
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use aws_smithy_types::error::ErrorMetadata;

use domain::{DataRef, Headers, KeptHeaders, Metadata, ObjectKey, SignedDuration};

use super::*;
use crate::item::number;

const REPLAY: Replay<'static> = Replay {
    id: "r1",
    to: "*",
    force: true,
    expires_at: Timestamp::UNIX_EPOCH,
};

fn against(rule: &Rule) -> Pointers {
    let client = mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [rule]);
    Pointers::over(client, "events")
}

/// A pointer's item, with what only its kind and its index need.
fn stored() -> Item {
    let item = [
        ("pk", text("stripe#cus/1")),
        ("sk", text("evt 1")),
        ("ref", text("stripe/cus%2F1/evt%201")),
        ("size", number("147")),
        ("expires_at", number("1803070797")),
        ("time_bucket", text("2026-11-21T20#a")),
        ("find_1", text("stripe#customer=cus_1")),
        ("find_3", text("stripe#plan=free")),
        ("key_id", text("1")),
        ("bucket", text("payloads")),
        ("key", text("payloads/a/1")),
        ("replayid", text("")),
        ("replayforce", text("false")),
    ];
    item.map(|(name, value)| (name.to_owned(), value)).into()
}

async fn image() -> Image {
    let rule = mock!(Client::get_item)
        .match_requests(|call| {
            let key = call.key().unwrap();
            call.table_name() == Some("events")
                && call.consistent_read() == Some(true)
                && key["pk"] == text("stripe#cus/1")
                && key["sk"] == text("evt 1")
        })
        .then_output(|| GetItemOutput::builder().set_item(Some(stored())).build());
    let reference = "stripe/cus%2F1/evt%201".parse().unwrap();
    against(&rule).get(&reference).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_pointer_is_read_by_its_ref() {
    let image = image().await;
    assert_eq!(image.len(), stored().len());
    assert_eq!(
        (image["size"].as_str(), image["sk"].as_str()),
        ("147", "evt 1")
    );
    let none = mock!(Client::get_item).then_output(|| GetItemOutput::builder().build());
    let reference = "stripe/evt_1".parse().unwrap();
    assert_eq!(against(&none).get(&reference).await.unwrap(), None);
}

#[tokio::test]
async fn a_replay_is_the_pointer_once_more_beside_it_and_in_no_index() {
    let rule = mock!(Client::put_item)
        .match_requests(|call| {
            let mut expected = stored();
            for name in ["time_bucket", "find_1", "find_3", "bucket", "key"] {
                expected.remove(name);
            }
            for (name, value) in [
                ("sk", text("evt 1\u{1f}r1")),
                ("replayid", text("r1")),
                ("replayforce", text("true")),
                ("replayto", text("*")),
                // From pk, as the pointer is from before there were groups.
                ("group", text("ac42cbfe52ee06e4fefdafcade7448f8")),
                ("expires_at", number("0")),
                // From before payloads could be inline.
                ("dataref", text("s3://payloads/payloads/a/1")),
            ] {
                expected.insert(name.to_owned(), value);
            }
            call.table_name() == Some("events")
                && call.condition_expression() == Some("attribute_not_exists(pk)")
                && call.item() == Some(&expected)
        })
        .then_output(|| PutItemOutput::builder().build());
    assert!(
        against(&rule)
            .replay(&image().await, &REPLAY)
            .await
            .unwrap()
    );
    let gentle = mock!(Client::put_item)
        .match_requests(|call| {
            let item = call.item().unwrap();
            item["replayforce"] == text("false") && item["replayto"] == text("ledger")
        })
        .then_output(|| PutItemOutput::builder().build());
    let replay = Replay {
        to: "ledger",
        force: false,
        ..REPLAY
    };
    assert!(
        against(&gentle)
            .replay(&image().await, &replay)
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn a_replay_has_the_payload_or_names_it_as_its_pointer_does() {
    for dataref in ["s3://payloads/payloads/a/1", "data:;base64,e30="] {
        let rule = mock!(Client::put_item)
            .match_requests(move |call| {
                let item = call.item().unwrap();
                let parts = ["bucket", "key"].map(|name| item.contains_key(name));
                item["dataref"] == text(dataref) && parts == [false, false]
            })
            .then_output(|| PutItemOutput::builder().build());
        let mut image = image().await;
        image.retain(|name, _| !["bucket", "key"].contains(&name.as_str()));
        image.insert("dataref".to_owned(), dataref.to_owned());
        assert!(against(&rule).replay(&image, &REPLAY).await.unwrap());
    }
}

#[tokio::test]
async fn the_same_replay_routes_once() {
    let rule = mock!(Client::put_item).then_error(|| {
        let conflict = ConditionalCheckFailedException::builder().build();
        PutItemError::ConditionalCheckFailedException(conflict)
    });
    assert!(
        !against(&rule)
            .replay(&image().await, &REPLAY)
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn what_is_no_pointer_is_not_replayed() {
    let rule = mock!(Client::put_item).then_output(|| PutItemOutput::builder().build());
    // A heartbeat or a replay is in no index.
    for name in ["sk", "time_bucket"] {
        let mut image = image().await;
        image.remove(name);
        let outcome = against(&rule).replay(&image, &REPLAY).await;
        assert!(
            matches!(outcome, Err(StoreError::Permanent { .. })),
            "{name}"
        );
    }
    assert_eq!(rule.num_calls(), 0);
}

#[tokio::test]
async fn a_busy_table_is_for_later_and_a_forbidden_one_is_not() {
    for (code, later) in [
        ("ThrottlingException", true),
        ("AccessDeniedException", false),
    ] {
        let put = mock!(Client::put_item)
            .then_error(move || PutItemError::generic(ErrorMetadata::builder().code(code).build()));
        let error = against(&put)
            .replay(&image().await, &REPLAY)
            .await
            .unwrap_err();
        assert_eq!(
            matches!(error, StoreError::Transient { .. }),
            later,
            "{code}"
        );
    }
}

#[test]
fn a_group_is_what_sqs_takes_whatever_the_ordering_key_is() {
    let long = "x".repeat(1_600);
    let keys = [
        "stripe#cus_1",
        "stripe#",
        "stripe#\u{5ba2}\u{6237}",
        "stripe#a b\nc",
        &long,
    ];
    let groups = keys.map(PartitionKey::group);
    for (group, key) in groups.iter().zip(keys) {
        assert!((1..=128).contains(&group.len()), "{key}");
        assert!(group.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_eq!(
            groups.iter().filter(|other| *other == group).count(),
            1,
            "{key}"
        );
    }
    assert_eq!(groups[0], "e02dc8a2dcc07efe28971b088bfd1cbb");
}

/// As `DynamoDB` counts: the UTF-8 bytes of names and texts, and of a number about half of its digits.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>
fn bytes_of<'a>(attributes: impl Iterator<Item = (&'a String, &'a AttributeValue)>) -> usize {
    let of = |value: &AttributeValue| match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(digits) => digits.len().div_ceil(2) + 1,
        other => panic!("how long is {other:?}?"),
    };
    attributes.map(|(name, value)| name.len() + of(value)).sum()
}

/// The same pointer with its payload, and with the headers that `ingest` keeps of a delivery that Stripe signed with a live key.
fn inline(pointer: Pointer, payload: &[u8]) -> Pointer {
    let digest = "c".repeat(64);
    let signature = format!("t=1792598397,v1={digest}");
    let kept = KeptHeaders {
        signature: Headers::from_pairs([("stripe-signature", signature)]),
        others: Headers::default(),
    };
    let metadata = Metadata::describe(&pointer, &kept).unwrap();
    pointer.with_inline(payload, &metadata, SignedDuration::from_hours(720))
}

/// What a delivery costs depends on it: one unit of a write is 1,024 bytes, for the table and for the index.
#[test]
fn a_pointer_takes_one_unit_of_a_write_and_its_entry_in_the_index_another() {
    let at = "2026-11-21T20:59:57.414Z".parse().unwrap();
    let mut pointer = testkit::pointer("evt_1PqRsT2eZvKYlo2CabcdEFGH", at);
    pointer.event.subject = "cus_9s6XKzkNRiz8i3".to_owned();
    pointer.size = 4_400_000;
    let hash = "b".repeat(64);
    let key = format!("payloads/a/2026-11-21T20/stripe/{hash}-{}", pointer.sha256);
    pointer.dataref = DataRef::Object {
        bucket: "coatcheck-payloads-123456789012-us-east-1".to_owned(),
        key: ObjectKey::from_stored(key),
    };
    let item = item(&pointer);
    // Terraform's `non_key_attributes`, and the keys of table and index.
    let projected = [
        "pk",
        "sk",
        "time_bucket",
        "received_at",
        "endpoint",
        "id",
        "ref",
        "request_id",
        "size",
        "subject",
        "type",
    ];
    let whole = bytes_of(item.iter());
    let entry = bytes_of(
        item.iter()
            .filter(|(name, _)| projected.contains(&name.as_str())),
    );
    assert!(whole <= 1_024 && entry <= 1_024, "{whole} {entry}");
    let inline = bytes_of(self::item(&inline(pointer, &[b' '; 1_000])).iter());
    let measured = include_str!("../../../costs/src/measured.json");
    let measured: serde_json::Value = serde_json::from_str(measured).unwrap();
    for (name, bytes) in [
        ("pointer", whole),
        ("index_entry", entry),
        // In base64.
        ("inline_pointer", inline - 1_336),
    ] {
        let said = measured["bytes"][name].as_f64().unwrap();
        assert!(
            (said - bytes as f64).abs() <= 25.0,
            "{name}: {bytes} bytes, and measured.json says {said}"
        );
    }
}
