//! The real program, at every level that can be set: nothing of a message, an object or a key
//! is written.

#![cfg(feature = "function")]
#![expect(clippy::unwrap_used, reason = "a test tells by panicking")]

use std::path::Path;

use aws_lc_rs::hmac;
use domain::{Handover, Headers};
use serde_json::{Value, json};
use testkit::{HttpReply, LEVELS, Run, run_function, secret};

/// They are in the key, the body, a header that was handed over, a wrong signature, and messages.
const CANARIES: [&str; 5] = [
    "CANARYKEY",
    "CANARYBODY",
    "CANARYHEADER",
    "cafebabecafebabe",
    "CANARYMESSAGE",
];
const BODY: &str = r#"{"secret":"CANARYBODY"}"#;
const OBJECT: &str = "incoming/a/2026-11-21T20/github/abc123";

fn run(level: &str, bodies: &[Value], aws: fn(&str, &str) -> HttpReply) -> Run {
    let settings = [
        ("LOG_LEVEL", level),
        ("STACK", "tested"),
        ("PAYLOADS_BUCKET", "payloads"),
        ("ENDPOINTS_TABLE", "endpoints"),
        ("EVENTS_TABLE", "events"),
        ("KEYS_PREFIX", "tested/"),
        ("POINTER_TTL_DAYS", "90"),
        ("ADMIT_QUEUE_URL", "http://127.0.0.1/000000000000/admit"),
        ("ADMIT_DLQ_URL", "http://127.0.0.1/000000000000/admit-dlq"),
    ];
    let message = |body: &Value| json!({"messageId": "m1", "body": body.to_string()});
    let messages: Vec<Value> = bodies.iter().map(message).collect();
    let event = json!({ "Records": messages }).to_string();
    let program = Path::new(env!("CARGO_BIN_EXE_admit"));
    let run = run_function(program, &settings, &event, aws);
    run.hides(&CANARIES);
    run
}

fn object(bucket: &str, key: &str) -> Value {
    json!({"detail": {"bucket": {"name": bucket}, "object": {"key": key}}})
}

fn good(target: &str, body: &str) -> HttpReply {
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"CANARYKEY");
    stores(
        target,
        body,
        &hex::encode(hmac::sign(&key, BODY.as_bytes())),
    )
}

fn forged(target: &str, body: &str) -> HttpReply {
    stores(target, body, &"cafebabe".repeat(8))
}

fn forbidden(target: &str, body: &str) -> HttpReply {
    match target {
        "GET" => (403, String::new(), String::new()),
        _ => stores(target, body, ""),
    }
}

/// An endpoint, its key and one object, signed like this.
fn stores(target: &str, body: &str, signature: &str) -> HttpReply {
    let headers = Headers::from_pairs([
        ("x-github-event", "push"),
        ("x-github-delivery", "1"),
        ("x-hub-signature-256", &format!("sha256={signature}")),
        ("content-type", "application/json"),
        ("x-other", "CANARYHEADER"),
    ]);
    let handover = Handover {
        received_at: "2026-11-21T20:59:57.414Z".parse().unwrap(),
        key_id: None,
        config: None,
        headers,
    };
    let answer = |text: Value| (200, String::new(), text.to_string());
    if target == "GET" {
        let delivery = handover.to_metadata().unwrap();
        let more = format!("x-amz-meta-delivery: {delivery}\r\n");
        return (200, more, BODY.to_owned());
    }
    if target.ends_with("GetSecretValue") {
        return secret("CANARYKEY", body);
    }
    // No object has a claim, and no event a pointer.
    if target.ends_with("GetItem") && body.contains(r#""events""#) {
        return answer(json!({}));
    }
    if target.ends_with("GetItem") {
        let config = json!({"name": "github", "scheme": "github", "lane": "direct"});
        return answer(json!({"Item": {"config": {"S": config.to_string()}}}));
    }
    answer(json!({}))
}

#[test]
fn nothing_of_an_object_or_a_key_is_written_whether_it_is_taken_refused_or_cannot_be_read() {
    for level in LEVELS {
        let object = [object("payloads", OBJECT)];
        let taken = run(level, &object, good);
        assert!(taken.written.contains("DeliveryBytes"), "{taken:?}");
        let refused = run(level, &object, forged);
        assert!(
            refused.written.contains("signature_mismatch"),
            "{refused:?}"
        );
        let unread = run(level, &object, forbidden);
        assert!(unread.written.contains("s3:GetObject"), "{unread:?}");
        assert!(unread.answer.unwrap().contains("m1"));
    }
}

#[test]
fn nothing_of_a_message_that_names_no_object_of_ours_is_written() {
    let bodies = [
        json!("CANARYMESSAGE"),
        json!({"detail": "CANARYMESSAGE"}),
        json!({"CANARYMESSAGE": {"detail": {"bucket": {"name": "CANARYMESSAGE"}}}}),
        object("CANARYMESSAGE", OBJECT),
        object("payloads", "incoming/CANARYMESSAGE"),
    ];
    for level in LEVELS {
        let run = run(level, &bodies, good);
        let lines = run.written.lines();
        let logged = lines.filter(|line| {
            line.contains("could not be judged") || line.contains("names no object")
        });
        assert_eq!(logged.count(), bodies.len(), "{run:?}");
    }
}
