//! The real program, at every level that can be set: nothing of a secret, of what a target answers
//! or of a message that is no event is written.

use std::path::Path;

use serde_json::{Value, json};
use testkit::{HttpReply, LEVELS, Run, run_function};

/// They are in the message, in the event, in the secret, and in what a function answers.
const CANARIES: [&str; 4] = [
    "CANARYMESSAGE",
    "CANARYSUBJECT",
    "CANARYSECRET",
    "CANARYANSWER",
];

/// The SHA-256 of `{}`, which is the payload.
const EMPTY_OBJECT: &str = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

const BREAKER: &str =
    r#"{"failures_in_a_row":5,"failure_rate":0.5,"pause_s":30,"longest_pause_s":900}"#;

fn event() -> String {
    json!({
        "specversion": "1.0", "id": "evt_1", "source": "/endpoints/stripe", "type": "invoice.paid",
        "subject": "CANARYSUBJECT", "time": "2026-11-21T20:59:57.000Z",
        "datacontenttype": "application/json", "dataref": "s3://payloads/payloads/a/evt_1",
        "datasha256": EMPTY_OBJECT, "datasize": "2", "ref": "stripe/evt_1",
        "receivedat": "2026-11-21T20:59:57.414Z", "traceparent": "", "replayid": "",
        "replayforce": "false", "partitionkey": "ac42", "deliveryid": "d",
    })
    .to_string()
}

fn run(level: &str, destination: &Value, aws: fn(&str, &str) -> HttpReply) -> Run {
    let settings = [
        ("LOG_LEVEL", level),
        ("STACK", "coatcheck"),
        ("SUBSCRIPTION", "erp"),
        ("QUEUE_URL", "https://queue"),
        ("DLQ_URL", "https://dlq"),
        ("DELIVERIES_TABLE", "coatcheck-deliveries"),
        ("PROCESSED_TABLE", "coatcheck-processed"),
        ("PROCESSED_TTL_DAYS", "90"),
        ("RETRY_FOR_S", "259200"),
        ("RATE_PER_S", "20"),
        ("BREAKER", BREAKER),
        ("SECRET_ID", "coatcheck/subscriptions/erp"),
        ("DESTINATION", &destination.to_string()),
    ];
    let message = |id: &str, body: &str| json!({"messageId": id, "body": body, "receiptHandle": id, "eventSourceARN": "arn:q"});
    let messages = [message("m1", &event()), message("m2", "CANARYMESSAGE")];
    let batch = json!({ "Records": messages }).to_string();
    let program = Path::new(env!("CARGO_BIN_EXE_deliver"));
    let run = run_function(program, &settings, &batch, aws);
    run.hides(&CANARIES);
    run
}

/// All tables and queues are there. The secret is one, and a function answers what it should not.
fn there(target: &str, request: &str) -> HttpReply {
    let operation = target.rsplit('.').next().unwrap_or_default();
    let answer = match operation {
        "GetSecretValue" => json!({"SecretString": r#"{"signing_keys":"CANARYSECRET"}"#}),
        "UpdateItem" if request.contains("next_us") => {
            let next = request.split(r#"":next":{"N":""#).nth(1);
            let next = next.and_then(|rest| rest.split('"').next());
            match next {
                Some(next) => json!({"Attributes": {"next_us": {"N": next}}}),
                None => {
                    let kind = "com.amazonaws.dynamodb#ConditionalCheckFailedException";
                    let unmet = json!({"__type": kind, "Message": "no"});
                    return (400, String::new(), unmet.to_string());
                }
            }
        }
        "GET" => json!({}),
        "POST" => json!({"batchItemFailures": "CANARYANSWER"}),
        _ => json!({"MessageId": "m", "Attributes": {}}),
    };
    (200, String::new(), answer.to_string())
}

/// Nothing may be done.
fn forbidden(_: &str, _: &str) -> HttpReply {
    let why = json!({"__type": "AccessDeniedException", "Message": "no"});
    (400, String::new(), why.to_string())
}

#[test]
fn nothing_of_a_message_or_an_answer_is_written() {
    let function =
        json!({"kind": "lambda", "arn": "arn:aws:lambda:us-east-1:000000000000:function:f"});
    for level in LEVELS {
        let sent = run(level, &function, there);
        let answer = sent.answer.as_deref().unwrap_or_default();
        assert!(answer.contains("m1") && !answer.contains("m2"), "{sent:?}");
        let named = sent.written.contains("stripe/evt_1");
        assert_eq!(named, level != "error", "{sent:?}");
        assert!(sent.written.contains("the message is no event"), "{sent:?}");
        let refused = run(level, &function, forbidden);
        let answer = refused.answer.as_deref().unwrap_or_default();
        assert!(
            answer.contains("m1") && answer.contains("m2"),
            "{refused:?}"
        );
    }
}

#[test]
fn nothing_of_a_secret_is_written() {
    let http = json!({
        "kind": "http", "url": "https://127.0.0.1:9/hooks", "method": "POST",
        "auth": {"type": "none"}, "sign": "standard-webhooks", "body": "payload",
        "success": ["2xx"], "timeout_s": 1,
    });
    for level in LEVELS {
        let sent = run(level, &http, there);
        let answer = sent.answer.as_deref().unwrap_or_default();
        assert!(answer.contains("m1"), "{sent:?}");
    }
}
