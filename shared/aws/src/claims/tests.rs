use aws_sdk_dynamodb::{
    Client,
    operation::{
        get_item::GetItemOutput,
        put_item::{PutItemError, PutItemOutput},
        query::QueryOutput,
    },
    types::error::ConditionalCheckFailedException,
};
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use aws_smithy_types::error::ErrorMetadata;
use domain::EventKey;

use super::*;

const KEY: &str = "incoming/f/2026-11-21T20/stripe/c6af-f";

fn against(rule: &Rule) -> Pointers {
    let client = mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [rule]);
    Pointers::over(client, "events")
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn pointer() -> Pointer {
    Pointer {
        dataref: DataRef::Object {
            bucket: "payloads".to_owned(),
            key: ObjectKey::from_stored(KEY.to_owned()),
        },
        expires_at: at("1970-01-01T00:00:09Z"),
        ..testkit::pointer("evt 1", at("2026-11-21T20:59:57Z"))
    }
}

fn stored(reference: &str) -> Item {
    [
        ("pk", text("stripe#\u{1f}c6af-f")),
        ("sk", text("\u{1f}claim")),
        ("ref", text(reference)),
        ("claimed_at", text("2026-11-21T21:00:00.000Z")),
        ("expires_at", AttributeValue::N("9".to_owned())),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

fn in_the_way(old: Option<Item>) -> Rule {
    mock!(Client::put_item).then_error(move || {
        let conflict = ConditionalCheckFailedException::builder().set_item(old.clone());
        PutItemError::ConditionalCheckFailedException(conflict.build())
    })
}

#[tokio::test]
async fn a_claim_is_an_item_that_no_pipe_and_no_index_takes() {
    let rule = mock!(Client::put_item)
        .match_requests(|call| {
            call.table_name() == Some("events")
                && call.item() == Some(&stored("stripe/evt%201"))
                && call.condition_expression() == Some("attribute_not_exists(pk) OR #ref = :ref")
        })
        .then_output(|| PutItemOutput::builder().build());
    let now = at("2026-11-21T21:00:00Z");
    let claimed = against(&rule).claim(&pointer(), now, None).await.unwrap();
    assert_eq!((claimed, rule.num_calls()), (None, 1));
}

#[tokio::test]
async fn another_claim_stays_and_is_told() {
    let other = ObjectClaim {
        reference: "stripe/other".parse().unwrap(),
        at: at("2026-11-21T21:00:00Z"),
    };
    let rule = in_the_way(Some(stored("stripe/other")));
    let claimed = against(&rule).claim(&pointer(), other.at, None).await;
    assert_eq!(claimed.unwrap().as_ref(), Some(&other));
    // It is replaced only if it is still as it was read.
    let rule = mock!(Client::put_item)
        .match_requests(|call| {
            let values = call.expression_attribute_values().unwrap();
            call.condition_expression() == Some("#ref = :ref AND claimed_at = :at")
                && values[":ref"] == text("stripe/other")
                && values[":at"] == text("2026-11-21T21:00:00.000Z")
        })
        .then_output(|| PutItemOutput::builder().build());
    let (pointers, pointer) = (against(&rule), pointer());
    let claimed = pointers.claim(&pointer, other.at, Some(&other)).await;
    assert_eq!(claimed.unwrap(), None);
    let unreadable = in_the_way(Some(HashMap::new()));
    let claimed = against(&unreadable).claim(&pointer, other.at, None).await;
    assert!(matches!(claimed, Err(StoreError::Permanent { .. })));
}

#[tokio::test]
async fn a_claim_is_read_as_it_is_now() {
    let endpoint = pointer().endpoint;
    let object = pointer().object().unwrap().clone();
    let rule = mock!(Client::get_item)
        .match_requests(|call| {
            let key = call.key().unwrap();
            call.consistent_read() == Some(true)
                && key["pk"] == text("stripe#\u{1f}c6af-f")
                && key["sk"] == text("\u{1f}claim")
        })
        .then_output(|| {
            let item = Some(stored("stripe/evt%201"));
            GetItemOutput::builder().set_item(item).build()
        });
    let claim = against(&rule).claimed(&endpoint, &object).await.unwrap();
    assert_eq!(claim.unwrap().reference, pointer().reference());
    let none = mock!(Client::get_item).then_output(|| GetItemOutput::builder().build());
    let claim = against(&none).claimed(&endpoint, &object).await.unwrap();
    assert_eq!(claim, None);
}

#[tokio::test]
async fn a_pointer_is_led_only_away_from_the_object_that_was_seen() {
    let gone = ObjectKey::from_stored("incoming/gone".to_owned());
    let rule = mock!(Client::put_item)
        .match_requests(|call| {
            let values = call.expression_attribute_values().unwrap();
            call.item().unwrap()["dataref"] == text(&format!("s3://payloads/{KEY}"))
                && call.condition_expression() == Some("dataref = :dataref OR #key = :key")
                && call.expression_attribute_names().unwrap()["#key"] == "key"
                && values[":dataref"] == text("s3://payloads/incoming/gone")
                && values[":key"] == text("incoming/gone")
        })
        .then_output(|| PutItemOutput::builder().build());
    assert!(against(&rule).lead(&pointer(), &gone).await.unwrap());
    let rule = in_the_way(None);
    assert!(!against(&rule).lead(&pointer(), &gone).await.unwrap());
    let busy = mock!(Client::put_item).then_error(|| {
        let throttled = ErrorMetadata::builder().code("ThrottlingException").build();
        PutItemError::generic(throttled)
    });
    let led = against(&busy).lead(&pointer(), &gone).await;
    assert!(matches!(led, Err(StoreError::Transient { .. })));
}

#[tokio::test]
async fn the_object_that_a_pointer_names_is_read_in_both_forms() {
    let pointed = async |attributes: &'static [(&str, &str)]| {
        let rule = mock!(Client::get_item).then_output(|| {
            let of = |(name, value): &(&str, &str)| ((*name).to_owned(), text(value));
            let item = attributes.iter().map(of).collect();
            GetItemOutput::builder().set_item(Some(item)).build()
        });
        against(&rule).pointed(&pointer().reference()).await
    };
    let object = Some(ObjectKey::from_stored("payloads/1".to_owned()));
    let now = [("dataref", "s3://b/payloads/1")].as_slice();
    let before = [("bucket", "b"), ("key", "payloads/1")].as_slice();
    let inline = [("dataref", "data:;base64,e30=")].as_slice();
    for (attributes, object) in [(now, &object), (before, &object), (inline, &None)] {
        assert_eq!(&pointed(attributes).await.unwrap(), object);
    }
    for neither in [[].as_slice(), &[("key", "payloads/1")]] {
        let unreadable = pointed(neither).await;
        assert!(matches!(unreadable, Err(StoreError::Permanent { .. })));
    }
}

#[tokio::test]
async fn bytes_that_came_before_are_found_beside_the_event() {
    let digest = "a".repeat(64);
    let key = |split: &str| format!("{digest}-{}", split.repeat(32));
    let mut split = pointer();
    split.event.key = EventKey::from_stored(key("1"));
    for (there, has) in [
        (vec![key("1")], false),
        (vec![key("0"), key("1")], true),
        (vec![key("1"), key("2")], true),
        (vec![digest.clone(), key("1")], true),
    ] {
        let expected = digest.clone();
        let rule = mock!(Client::query)
            .match_requests(move |call| {
                let values = call.expression_attribute_values().unwrap();
                call.limit() == Some(2)
                    && call.index_name().is_none()
                    && values[":pk"] == text(&format!("stripe#{expected}"))
                    && values[":digest"] == text(&expected)
            })
            .then_output(move || {
                let items = there.iter().map(|sk| [("sk".to_owned(), text(sk))].into());
                QueryOutput::builder()
                    .set_items(Some(items.collect()))
                    .build()
            });
        assert_eq!(against(&rule).has_sibling(&split).await.unwrap(), has);
    }
    let never = mock!(Client::query).then_output(|| QueryOutput::builder().build());
    assert!(!against(&never).has_sibling(&pointer()).await.unwrap());
    assert_eq!(never.num_calls(), 0);
}

#[tokio::test]
async fn a_note_lives_as_long_as_a_message_can() {
    let day = |day: i64| Timestamp::from_second(day * 86_400).unwrap();
    let object = ObjectKey::from_stored(KEY.to_owned());
    let note: Item = [
        ("pk", text("stripe#\u{1f}c6af-f")),
        ("sk", text("\u{1f}told")),
        ("expires_at", AttributeValue::N((38 * 86_400).to_string())),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    let written = note.clone();
    let rule = mock!(Client::put_item)
        .match_requests(move |call| {
            call.item() == Some(&written) && call.condition_expression().is_none()
        })
        .then_output(|| PutItemOutput::builder().build());
    against(&rule)
        .note_announced(&object, day(10))
        .await
        .unwrap();
    assert_eq!(rule.num_calls(), 1);
    for (stored, now, expected) in [
        (Some(note.clone()), 37, true),
        (Some(note), 38, false),
        (None, 37, false),
    ] {
        let rule = mock!(Client::get_item)
            .match_requests(|call| {
                call.consistent_read() == Some(true)
                    && call.key().unwrap()["sk"] == text("\u{1f}told")
            })
            .then_output(move || GetItemOutput::builder().set_item(stored.clone()).build());
        let announced = against(&rule)
            .is_announced(&object, day(now))
            .await
            .unwrap();
        assert_eq!(announced, expected, "{now}");
    }
}
