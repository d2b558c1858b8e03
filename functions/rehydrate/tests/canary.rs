//! The real program, at every level that can be set: nothing of a message or an item is
//! written except what names an event and its place.

use std::path::Path;

use serde_json::{Value, json};
use testkit::{HttpReply, LEVELS, Run, run_function};

/// They are in dead letters, in other messages, and in items.
const CANARIES: [&str; 3] = ["CANARYDEADLETTER", "CANARYOTHER", "CANARYITEM"];

fn run(level: &str, bodies: &[String], aws: fn(&str, &str) -> HttpReply) -> Run {
    let destinations = json!({"arn:dead-letters": "https://dlq"}).to_string();
    let settings = [
        ("LOG_LEVEL", level),
        ("DESTINATIONS", &destinations),
        ("ATTRIBUTES", r#"["customer"]"#),
    ];
    let message =
        |body| json!({"messageId": "m1", "body": body, "eventSourceARN": "arn:dead-letters"});
    let messages: Vec<Value> = bodies.iter().map(message).collect();
    let event = json!({ "Records": messages }).to_string();
    let program = Path::new(env!("CARGO_BIN_EXE_rehydrate"));
    let run = run_function(program, &settings, &event, aws);
    run.hides(&CANARIES);
    run
}

fn dead_letter() -> String {
    json!({
        "context": {"condition": "RetryAttemptsExhausted", "more": "CANARYDEADLETTER"},
        "DDBStreamBatchInfo": {
            "shardId": "shardId-1", "startSequenceNumber": "101", "endSequenceNumber": "102",
            "batchSize": 2, "streamArn": "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/s",
        },
        "payload": "CANARYDEADLETTER",
    })
    .to_string()
}

/// A stream of two items, one of which is a pointer, and a queue.
fn stores(target: &str, _: &str) -> HttpReply {
    let names = [
        "id",
        "endpoint",
        "type",
        "subject",
        "occurred_at",
        "received_at",
        "content_type",
        "size",
        "sha256",
        "dataref",
        "traceparent",
        "replayid",
        "replayforce",
        "group",
    ];
    let mut item: serde_json::Map<_, _> = names
        .iter()
        .map(|name| ((*name).to_owned(), json!({"S": "CANARYITEM"})))
        .collect();
    item.insert("ref".to_owned(), json!({"S": "stripe/evt_1"}));
    let record = |sequence: &str, item: Value| {
        json!({"eventID": sequence, "eventName": "INSERT",
            "dynamodb": {"SequenceNumber": sequence, "NewImage": item}})
    };
    let records = json!([
        record("101", item.into()),
        record("102", json!({"other": {"S": "CANARYITEM"}})),
    ]);
    let answer = match target.rsplit('.').next() {
        Some("GetShardIterator") => json!({"ShardIterator": "i"}),
        Some("GetRecords") => json!({ "Records": records }),
        _ => json!({"MessageId": "m"}),
    };
    (200, String::new(), answer.to_string())
}

/// It cannot be read, and nothing can be sent.
fn forbidden(_: &str, _: &str) -> HttpReply {
    let why = json!({"__type": "AccessDeniedException", "Message": "no"});
    (400, String::new(), why.to_string())
}

#[test]
fn nothing_of_a_dead_letter_or_an_item_is_written() {
    for level in LEVELS {
        let sent = run(level, &[dead_letter()], stores);
        assert!(
            sent.written.contains("a new item is not a pointer"),
            "{sent:?}"
        );
        let named = sent.written.contains("stripe/evt_1");
        assert_eq!(named, matches!(level, "info" | "debug"), "{sent:?}");
        let failed = run(level, &[dead_letter()], forbidden);
        assert!(
            failed.written.contains("it will be tried again"),
            "{failed:?}"
        );
    }
}

#[test]
fn nothing_of_what_is_no_dead_letter_is_written() {
    let bodies = [
        json!({"DDBStreamBatchInfo": "CANARYOTHER"}).to_string(),
        json!({"DDBStreamBatchInfo": {"batchSize": "CANARYOTHER"}}).to_string(),
        "{arn: CANARYOTHER".to_owned(),
    ];
    let dropped = ["CANARYOTHER".to_owned(), json!("CANARYOTHER").to_string()];
    for level in LEVELS {
        let kept = run(level, &bodies, stores);
        let lines = kept.written.lines();
        let logged = lines
            .filter(|line| line.contains("the DLQ gets the dead letter"))
            .count();
        assert_eq!(logged, bodies.len(), "{kept:?}");
        let failed = run(level, &bodies, forbidden);
        assert!(failed.answer.unwrap().contains("m1"));
        let dropped = run(level, &dropped, stores);
        let warned = dropped.written.contains("dropped");
        assert_eq!(warned, level != "error", "{dropped:?}");
    }
}
