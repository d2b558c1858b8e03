//! Over the SDK's own client, with answers in DynamoDB's form.

use aws_sdk_dynamodb::{
    operation::{
        get_item::GetItemOutput,
        put_item::{PutItemError, PutItemOutput},
        update_item::{UpdateItemError, UpdateItemOutput},
    },
    types::error::ConditionalCheckFailedException,
};
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use domain::SignedDuration;

use super::*;
use crate::item::number;

fn over(rules: &[&Rule]) -> Deliveries {
    Deliveries {
        client: mock_client!(aws_sdk_dynamodb, RuleMode::Sequential, rules),
        table: "coatcheck-deliveries".to_owned(),
        subscription: "erp".to_owned(),
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-11-27T01:00:00Z")
}

fn later(ms: i64) -> Timestamp {
    now() + SignedDuration::from_millis(ms)
}

/// The write that continues what is reserved.
fn continuing(found: Result<i64, Option<i64>>) -> Rule {
    let rule = mock!(Client::update_item).match_requests(|call| {
        let values = call.expression_attribute_values().unwrap();
        call.key().unwrap()["pk"] == text("pace#erp")
            && call.condition_expression() == Some("next_us BETWEEN :now AND :latest")
            && values[":now"] == number(now().as_microsecond())
            && values[":latest"] == number(later(10_000).as_microsecond())
            && values[":span"] == number(510_000)
    });
    answering(rule, found)
}

/// The write that begins again from now, unless another did.
fn beginning(condition: &'static str, found: Result<i64, Option<i64>>) -> Rule {
    let rule = mock!(Client::update_item).match_requests(move |call| {
        call.condition_expression() == Some(condition)
            && call.expression_attribute_values().unwrap()[":next"]
                == number(later(510).as_microsecond())
    });
    answering(rule, found)
}

fn answering(
    rule: aws_smithy_mocks::RuleBuilder<
        aws_sdk_dynamodb::operation::update_item::UpdateItemInput,
        UpdateItemOutput,
        UpdateItemError,
    >,
    found: Result<i64, Option<i64>>,
) -> Rule {
    let item = |at: i64| Item::from([("next_us".to_owned(), number(at))]);
    match found {
        Ok(next) => rule.then_output(move || {
            UpdateItemOutput::builder()
                .set_attributes(Some(item(next)))
                .build()
        }),
        Err(found) => rule.then_error(move || {
            let unmet = ConditionalCheckFailedException::builder().set_item(found.map(item));
            UpdateItemError::ConditionalCheckFailedException(unmet.build())
        }),
    }
}

async fn reserve(rules: &[&Rule]) -> Reserved {
    let span = SignedDuration::from_millis(510);
    let deliveries = over(rules);
    deliveries
        .reserve(span, now(), later(10_000))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_span_continues_what_is_reserved() {
    let rule = continuing(Ok(later(1_510).as_microsecond()));
    assert_eq!(reserve(&[&rule]).await, Reserved::From(later(1_000)));
}

#[tokio::test]
async fn a_span_begins_now_if_nothing_is_reserved() {
    let free = Ok(later(510).as_microsecond());
    let never = beginning("attribute_not_exists(next_us)", free);
    let reserved = reserve(&[&continuing(Err(None)), &never]).await;
    assert_eq!(reserved, Reserved::From(now()));
    let past = continuing(Err(Some(later(-1).as_microsecond())));
    let again = || beginning("next_us = :found", free);
    assert_eq!(reserve(&[&past, &again()]).await, Reserved::From(now()));
    // An hour ahead: a clock was wrong.
    let far = continuing(Err(Some(later(3_600_000).as_microsecond())));
    assert_eq!(reserve(&[&far, &again()]).await, Reserved::From(now()));
}

#[tokio::test]
async fn another_instance_in_between_is_not_undone() {
    let past = continuing(Err(Some(later(-1).as_microsecond())));
    let faster = beginning("next_us = :found", Err(Some(later(510).as_microsecond())));
    let then = continuing(Ok(later(1_020).as_microsecond()));
    let reserved = reserve(&[&past, &faster, &then]).await;
    assert_eq!(reserved, Reserved::From(later(510)));
}

#[tokio::test]
async fn a_span_that_would_begin_too_late_is_not_reserved() {
    let full = continuing(Err(Some(later(10_001).as_microsecond())));
    assert_eq!(reserve(&[&full]).await, Reserved::TooLate(later(10_001)));
    assert_eq!(full.num_calls(), 1);
}

/// DynamoDB would refuse the call (`ValidationException`), and the events would be held for nothing.
#[tokio::test]
async fn a_span_for_which_it_is_too_late_already_asks_for_nothing() {
    let span = SignedDuration::from_millis(510);
    let reserved = over(&[]).reserve(span, now(), later(-1)).await;
    assert_eq!(reserved.unwrap(), Reserved::TooLate(now()));
}

fn open() -> BreakerRecord {
    BreakerRecord {
        version: 7,
        state: BreakerState::Open,
        failures: 5,
        window: Some(Window {
            since: now(),
            attempts: 12,
            failures: 9,
        }),
        opened_at: Some(later(500)),
        probe_at: Some(later(30_500)),
        pause_s: 30,
        reason: Some("timeout".to_owned()),
        status: Some(503),
    }
}

#[tokio::test]
async fn a_breaker_survives_its_item() {
    for record in [open(), BreakerRecord::default()] {
        let stored = breaker::item("breaker#erp", &record);
        let read = mock!(Client::get_item)
            .match_requests(|call| {
                call.key().unwrap()["pk"] == text("breaker#erp")
                    && call.consistent_read() == Some(true)
            })
            .then_output(move || {
                GetItemOutput::builder()
                    .set_item(Some(stored.clone()))
                    .build()
            });
        assert_eq!(over(&[&read]).breaker().await.unwrap(), record);
    }
    let none = mock!(Client::get_item).then_output(|| GetItemOutput::builder().build());
    assert_eq!(
        over(&[&none]).breaker().await.unwrap(),
        BreakerRecord::default()
    );
}

#[tokio::test]
async fn a_breaker_is_written_over_the_version_before_only() {
    let done = mock!(Client::put_item)
        .match_requests(|call| {
            call.condition_expression() == Some("#version = :before")
                && call.expression_attribute_values().unwrap()[":before"] == number(6)
        })
        .then_output(|| PutItemOutput::builder().build());
    assert!(over(&[&done]).put_breaker(&open()).await.unwrap());
    let faster = mock!(Client::put_item).then_error(|| {
        let unmet = ConditionalCheckFailedException::builder().build();
        PutItemError::ConditionalCheckFailedException(unmet)
    });
    assert!(!over(&[&faster]).put_breaker(&open()).await.unwrap());
}

#[tokio::test]
async fn tries_are_counted_from_the_first() {
    let rule = mock!(Client::update_item)
        .match_requests(|call| {
            let update = call.update_expression().unwrap();
            call.key().unwrap()["pk"] == text("tries#erp#stripe/evt_1#r1")
                && update.contains("if_not_exists(first_failed_at, :at)")
                && update.ends_with("ADD tries :one")
        })
        .then_output(|| {
            UpdateItemOutput::builder()
                .attributes("tries", number(3))
                .attributes("first_failed_at", number(later(-60_000).as_millisecond()))
                .build()
        });
    let failed = Failed {
        at: now(),
        reason: "timeout",
        status: None,
        expires_at: later(60_000),
    };
    let reference = "stripe/evt_1".parse().unwrap();
    let tries = over(&[&rule]).failed(&reference, "r1", failed).await;
    let expected = Tries {
        count: 3,
        first_failed_at: later(-60_000),
    };
    assert_eq!(tries.unwrap(), expected);
}

#[tokio::test]
async fn the_mapping_is_what_terraform_wrote() {
    let rule = mock!(Client::get_item)
        .match_requests(|call| call.key().unwrap()["pk"] == text("mapping#erp"))
        .then_output(|| GetItemOutput::builder().item("uuid", text("u1")).build());
    let uuid = over(&[&rule]).mapping().await.unwrap();
    assert_eq!(uuid.as_deref(), Some("u1"));
}

#[tokio::test]
async fn each_subscription_has_its_own_items() {
    let rule = mock!(Client::get_item)
        .match_requests(|call| call.key().unwrap()["pk"] == text("breaker#crm"))
        .then_output(|| GetItemOutput::builder().build());
    let breaker = over(&[&rule]).of("crm").breaker().await.unwrap();
    assert_eq!(breaker, BreakerRecord::default());
}
