//! Dead letters, over a stream and dead-letter queues in memory.

mod world;

use serde_json::{Value, json};

use self::world::World;
pub(crate) use self::world::record;
use testkit::Fault;

/// Of three records, as a pipe writes it.
pub(crate) const DEAD_LETTER: &str = r#"{
    "context": {"partnerResourceArn": "arn:aws:pipes:us-east-1:000000000000:pipe/p", "condition": "RetryAttemptsExhausted"},
    "version": "1.0",
    "timestamp": "2026-11-21T21:05:00.000Z",
    "DDBStreamBatchInfo": {
        "shardId": "shardId-1",
        "startSequenceNumber": "101",
        "endSequenceNumber": "103",
        "approximateArrivalOfFirstRecord": "2026-11-21T21:00:00.000Z",
        "approximateArrivalOfLastRecord": "2026-11-21T21:00:01.500Z",
        "batchSize": 3,
        "streamArn": "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/s"
    }
}"#;

/// A dead letter about the records from one sequence number to another.
fn dead_letter(first: u32, last: u32, size: u32) -> String {
    let mut dead_letter: Value = serde_json::from_str(DEAD_LETTER).unwrap();
    dead_letter["DDBStreamBatchInfo"]["startSequenceNumber"] = first.to_string().into();
    dead_letter["DDBStreamBatchInfo"]["endSequenceNumber"] = last.to_string().into();
    dead_letter["DDBStreamBatchInfo"]["batchSize"] = size.into();
    dead_letter.to_string()
}

const NONE: [&str; 0] = [];

#[tokio::test]
async fn a_dead_letter_of_one_record_becomes_its_event() {
    let world = World::of(&[(100, "before"), (101, "evt_1"), (102, "after")]);
    assert_eq!(
        world.handle(&[("m1", &dead_letter(101, 101, 1))]).await,
        NONE
    );
    assert_eq!(world.sent(), ["stripe/evt_1"]);
    let event: Value = serde_json::from_str(&world.sent.borrow()[0]).unwrap();
    assert_eq!(event["dataref"], "s3://payloads/payloads/a/evt_1");
}

#[tokio::test]
async fn each_record_of_a_dead_letter_is_sent_by_itself_in_order() {
    let world = World::of(&[(101, "evt_1"), (102, "evt_2"), (103, "evt_3")]);
    assert_eq!(world.handle(&[("m1", DEAD_LETTER)]).await, NONE);
    assert_eq!(
        world.sent(),
        ["stripe/evt_1", "stripe/evt_2", "stripe/evt_3"]
    );
}

#[tokio::test]
async fn what_is_no_event_is_left_out() {
    let world = World::of(&[(101, "evt_1"), (102, "expired"), (103, "evt_3")]);
    let mut expired = record("102", "expired");
    expired.event_name = "REMOVE".to_owned();
    expired.image.clear();
    world.put(102, expired);
    for size in [2, 3] {
        world.sent.borrow_mut().clear();
        assert_eq!(
            world.handle(&[("m1", &dead_letter(101, 103, size))]).await,
            NONE
        );
        assert_eq!(world.sent(), ["stripe/evt_1", "stripe/evt_3"], "{size}");
    }
}

/// The pipe of a subscription to one type gave up one event, and its range spans
/// others: no one can tell which one it was.
#[tokio::test]
async fn of_more_events_than_were_given_up_all_are_sent() {
    let world = World::of(&[(101, "evt_1"), (102, "evt_2"), (103, "evt_3")]);
    assert_eq!(
        world.handle(&[("m1", &dead_letter(101, 103, 2))]).await,
        NONE
    );
    assert_eq!(world.sent().len(), 3);
}

#[tokio::test]
async fn what_is_trimmed_goes_on_as_a_dead_letter() {
    let world = World {
        trimmed: true,
        ..World::default()
    };
    assert_eq!(world.handle(&[("m1", DEAD_LETTER)]).await, NONE);
    assert_eq!(*world.sent.borrow(), [DEAD_LETTER]);
}

#[tokio::test]
async fn what_is_no_dead_letter_goes_on_as_it_is() {
    let half = DEAD_LETTER.get(..DEAD_LETTER.len() / 2).unwrap();
    for body in [
        r#"{"DDBStreamBatchInfo":{}}"#,
        r#"{"context":{"condition":"RetryAttemptsExhausted"}}"#,
        r#"{"KinesisBatchInfo":{"shardId":"shardId-1"}}"#,
        r#"{"Message":{"streamArn":"a"}}"#,
        r#"["arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/s"]"#,
        r#"{"\u0044DBStream\u0042atchInfo":{}}"#,
        "shardId-1",
        "{",
        r#"{"version":"1.0","#,
        half,
    ] {
        let world = World::default();
        assert_eq!(world.handle(&[("m1", body)]).await, NONE, "{body}");
        assert_eq!(*world.sent.borrow(), [body]);
    }
}

/// Pipes may test a queue with its own message when a pipe is created.
#[tokio::test]
async fn what_cannot_have_been_a_dead_letter_is_dropped_and_said_without_its_text() {
    for body in [
        "",
        " \n",
        "TESTCANARY",
        "{}",
        "[]",
        "null",
        "7",
        r#""TESTCANARY""#,
        r#"{"test":"TESTCANARY"}"#,
    ] {
        let world = World::default();
        assert_eq!(world.handle(&[("m1", body)]).await, NONE, "{body}");
        assert_eq!(world.sent(), NONE, "{body}");
        let line: Value = serde_json::from_str(&testkit::logged()).unwrap();
        assert_eq!(
            (&line["level"], &line["message_id"], &line["bytes"]),
            (&json!("WARN"), &json!("m1"), &json!(body.len()))
        );
        assert!(!line.to_string().contains("TESTCANARY"), "{line}");
    }
}

#[test]
fn what_is_no_dead_letter_is_not_shown() {
    let body = DEAD_LETTER.replace("3,", r#""CANARY","#);
    let problem = crate::dead_letter::PipeDeadLetter::parse(&body).unwrap_err();
    assert!(!problem.contains("CANARY"), "{problem}");
}

#[tokio::test]
async fn if_some_cannot_be_read_the_others_are_sent_and_so_is_the_dead_letter() {
    let world = World::of(&[(101, "evt_1"), (103, "evt_3")]);
    let fewer = dead_letter(101, 103, 3);
    assert_eq!(world.handle(&[("m1", &fewer)]).await, NONE);
    assert_eq!(world.sent(), ["stripe/evt_1", "stripe/evt_3", &fewer]);

    let world = World::of(&[(101, "evt_1"), (102, "odd"), (103, "evt_3")]);
    let mut odd = record("102", "odd");
    odd.image.remove("sha256");
    world.put(102, odd);
    assert_eq!(world.handle(&[("m1", DEAD_LETTER)]).await, NONE);
    assert_eq!(world.sent(), ["stripe/evt_1", "stripe/evt_3", DEAD_LETTER]);
}

#[tokio::test]
async fn a_dead_letter_that_fails_is_taken_again_and_loses_nothing() {
    for fault in [Fault::Before, Fault::After] {
        for at in 0..3 {
            let world = World::of(&[(101, "evt_1"), (102, "evt_2"), (103, "evt_3")]);
            let mut faults = vec![Fault::None; at];
            faults.push(fault);
            world.faults.set(faults);
            assert_eq!(world.handle(&[("m1", DEAD_LETTER)]).await, ["m1"]);
            assert_eq!(world.handle(&[("m1", DEAD_LETTER)]).await, NONE);
            let sent = world.sent();
            for reference in ["stripe/evt_1", "stripe/evt_2", "stripe/evt_3"] {
                assert!(sent.iter().any(|one| one == reference), "{at}: {sent:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_dead_letter_that_cannot_be_sent_on_is_taken_again() {
    let world = World::default();
    world.faults.set([Fault::Before]);
    assert_eq!(world.handle(&[("m1", "{no json")]).await, ["m1"]);
}

#[tokio::test]
async fn a_stream_that_does_not_answer_sends_nothing() {
    let world = World::of(&[(101, "evt_1")]);
    *world.reads_fail.borrow_mut() = true;
    assert_eq!(
        world.handle(&[("m1", &dead_letter(101, 101, 1))]).await,
        ["m1"]
    );
    assert_eq!(world.sent(), NONE);
}

#[tokio::test]
async fn each_dead_letter_fails_alone() {
    let world = World::of(&[(101, "evt_1"), (102, "evt_2")]);
    world.faults.set([Fault::Before]);
    let (one, two) = (dead_letter(101, 101, 1), dead_letter(102, 102, 1));
    assert_eq!(world.handle(&[("m1", &one), ("m2", &two)]).await, ["m1"]);
    assert_eq!(world.sent(), ["stripe/evt_2"]);
}

#[tokio::test]
async fn a_dead_letter_of_a_queue_that_is_not_known_stays_there() {
    let world = World::of(&[(101, "evt_1")]);
    let batch = json!({"Records": [
        {"messageId": "m1", "body": dead_letter(101, 101, 1), "eventSourceARN": "arn:other"},
    ]});
    assert_eq!(world.batch(batch).await, ["m1"]);
    assert_eq!(world.sent(), NONE);
}

#[tokio::test]
async fn every_line_about_an_event_has_its_ref() {
    let world = World::of(&[(101, "evt_1"), (102, "changed"), (103, "odd")]);
    let mut changed = record("102", "changed");
    changed.event_name = "MODIFY".to_owned();
    world.put(102, changed);
    let mut odd = record("103", "odd");
    odd.image.remove("sha256");
    world.put(103, odd);
    world.handle(&[("m1", DEAD_LETTER)]).await;

    let text = testkit::logged();
    let lines: Vec<Value> = text
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let refs: Vec<_> = lines
        .iter()
        .filter_map(|line| line["ref"].as_str())
        .collect();
    assert_eq!(
        refs,
        ["stripe/evt_1", "stripe/changed", "stripe/odd"],
        "{text}"
    );
    // And one about the dead letter, which names a reason.
    assert_eq!(lines.len(), 4, "{text}");
    assert_eq!(lines[3]["level"], "ERROR");
    assert!(
        lines[3]["reason"].as_str().unwrap().contains("sha256"),
        "{text}"
    );
}
