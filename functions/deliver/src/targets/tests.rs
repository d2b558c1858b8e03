use serde_json::Value;
use tokio::time::Instant;

use super::{
    calling::{input, read, refused, retry},
    queue::sending,
};
use crate::{
    config::FairBy,
    destination::{AtOnce, Outcome, Outgoing},
    event::{Event, tests::message},
};

fn outgoing(event: &Event) -> Outgoing<'_> {
    Outgoing {
        event,
        message_id: "m1",
        deadline: Instant::now(),
        turn: &AtOnce,
    }
}

#[test]
fn a_target_gets_a_list_of_one_event_with_its_subscription() {
    let event = Event::decode(&message("evt_1")).unwrap();
    let input: Value = serde_json::from_str(&input(&outgoing(&event), "erp")).unwrap();
    assert_eq!(input.as_array().unwrap().len(), 1);
    assert_eq!(input[0]["deliveryid"], "m1");
    assert_eq!(input[0]["subscription"], "erp");
    assert_eq!(input[0]["ref"], "stripe/evt_1");
}

#[test]
fn an_answer_that_names_the_event_is_a_failure() {
    for (answer, delivered) in [
        ("", true),
        ("null", true),
        ("\"ok\"", true),
        ("[]", true),
        ("{}", true),
        (r#"{"batchItemFailures":null}"#, true),
        (r#"{"batchItemFailures":[]}"#, true),
        (r#"{"batchItemFailures":[{"itemIdentifier":"m1"}]}"#, false),
        (r#"{"batchItemFailures":[{"itemIdentifier":""}]}"#, false),
        (r#" {"batchItemFailures":"m1"}"#, false),
    ] {
        let outcome = read(answer.as_bytes());
        let is_delivered = outcome == Outcome::Delivered { status: None };
        assert_eq!(is_delivered, delivered, "{answer}");
    }
}

#[test]
fn a_message_has_the_group_that_its_queue_needs() {
    let event = Event::decode(&message("evt_1")).unwrap();
    let group = |fifo, fair_by| {
        let sending = sending(&outgoing(&event), fifo, fair_by);
        (sending.group, sending.deduplication)
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(group(true, None), (some("ac42"), some("m1")));
    assert_eq!(group(false, None), (None, None));
    let by_endpoint = group(false, Some(FairBy::Endpoint));
    assert_eq!(by_endpoint, (some("/endpoints/stripe"), None));
    let by_key = group(false, Some(FairBy::OrderingKey));
    assert_eq!(by_key, (some("ac42"), None));
}

#[test]
fn what_aws_refuses_is_tried_again() {
    for (problem, reason) in [
        (testkit::busy("lambda:Invoke"), "unreachable"),
        (testkit::refused("lambda:Invoke"), "refused"),
    ] {
        assert_eq!(refused(&problem), retry(reason));
    }
}
