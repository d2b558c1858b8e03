//! The real program, at every level that can be set: a redacted value is in no answer and in no log.

use std::path::Path;

use domain::Digest;
use serde_json::{Value, json};
use testkit::{HttpReply, LEVELS, Run, run_function};

/// They are in the redacted place, in a redacted header, and in the rest of the payload, which is shown and not logged.
const REDACTED: [&str; 2] = ["CANARYEMAIL", "CANARYHEADER"];
const SHOWN: &str = "CANARYSHOWN";
const BODY: &str = r#"{"user":{"email":"CANARYEMAIL"},"amount":"CANARYSHOWN"}"#;

fn run(level: &str, aws: fn(&str, &str) -> HttpReply) -> Run {
    let settings = [
        ("LOG_LEVEL", level),
        ("ENDPOINTS_TABLE", "endpoints"),
        ("EVENTS_TABLE", "events"),
        ("PAYLOADS_BUCKET", "payloads"),
    ];
    let event = json!({"ref": "billing/evt_1", "at_most": 1_000}).to_string();
    let program = Path::new(env!("CARGO_BIN_EXE_redact"));
    let run = run_function(program, &settings, &event, aws);
    run.hides(&REDACTED);
    run.hides(&[SHOWN]);
    let answer = run.answer.clone().unwrap_or_default();
    let content: Value = serde_json::from_str(&answer).unwrap_or_default();
    let content = content.get("content").and_then(Value::as_str);
    let content = content.unwrap_or_default();
    let content = base64_simd::STANDARD
        .decode_to_vec(content)
        .unwrap_or_default();
    let content = String::from_utf8_lossy(&content);
    for canary in REDACTED {
        assert!(
            !answer.contains(canary) && !content.contains(canary),
            "{answer} {content}"
        );
    }
    run
}

fn table(body: &str, content_type: &str) -> HttpReply {
    let endpoint =
        json!({"name": "billing", "scheme": "stripe", "redact": ["/user/email", "x-user"]});
    let item = if body.contains("\"endpoints\"") {
        json!({"config": {"S": endpoint.to_string()}})
    } else {
        json!({
            "dataref": {"S": "s3://payloads/payloads/a/2026-11-21T20/billing/x"},
            "sha256": {"S": Digest::of(BODY).to_string()},
            "size": {"N": BODY.len().to_string()},
            "content_type": {"S": content_type},
            "x_email": {"S": "CANARYEMAIL"},
        })
    };
    (200, String::new(), json!({ "Item": item }).to_string())
}

fn object() -> HttpReply {
    let headers = json!([["x-user", "CANARYHEADER"]]);
    let metadata = format!("x-amz-meta-signature-headers: {headers}\r\n");
    (200, metadata, BODY.to_owned())
}

fn stores(target: &str, body: &str) -> HttpReply {
    match target {
        "GET" => object(),
        _ => table(body, "application/json"),
    }
}

fn text(target: &str, body: &str) -> HttpReply {
    match target {
        "GET" => object(),
        _ => table(body, "text/plain"),
    }
}

fn forbidden(target: &str, body: &str) -> HttpReply {
    match target {
        "GET" => (403, String::new(), String::new()),
        _ => table(body, "application/json"),
    }
}

#[test]
fn what_is_redacted_is_in_no_answer_and_in_no_log() {
    for level in LEVELS {
        let shown = run(level, stores).answer.unwrap_or_default();
        assert!(
            shown.contains(r#""is":"part""#) && shown.contains("[redacted]"),
            "{shown}"
        );
        let withheld = run(level, text).answer.unwrap_or_default();
        assert!(withheld.contains(r#""why":"not_json""#), "{withheld}");
        let failed = run(level, forbidden).answer.unwrap_or_default();
        assert!(failed.contains("errorType"), "{failed}");
    }
}
