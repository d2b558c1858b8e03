//! The real program, at every level that can be set: nothing of a request or a key is written.

use std::path::Path;

use serde_json::json;
use testkit::{LEVELS, run_function, secret};

/// They are in the key, body, signature, Authorization, cookie and query.
const CANARIES: [&str; 6] = [
    "CANARYKEY",
    "CANARYBODY",
    "CANARYSIG",
    "CANARYAUTH",
    "CANARYCOOKIE",
    "CANARYQUERY",
];

#[test]
fn nothing_of_a_request_or_a_key_is_written_at_any_level() {
    let program = Path::new(env!("CARGO_BIN_EXE_ingest"));
    for level in LEVELS {
        // The last one is held by its pointer.
        for (token, inline) in [("CANARYKEY", 0), ("CANARYSIG", 0), ("CANARYKEY", 4096)] {
            let config =
                json!({"name": "gitlab", "scheme": "gitlab-token", "inline_max_bytes": inline});
            let config = config.to_string();
            let event = json!({
                "httpMethod": "POST",
                "multiValueQueryStringParameters": {"a": ["CANARYQUERY"]},
                "headers": {
                    "x-gitlab-token": token, "x-gitlab-event": "Push Hook", "idempotency-key": "1",
                    "authorization": "Bearer CANARYAUTH", "cookie": "a=CANARYCOOKIE",
                    "content-type": "application/json",
                },
                "body": r#"{"object_kind":"push","secret":"CANARYBODY"}"#,
                "isBase64Encoded": false,
                "pathParameters": {"endpoint": "gitlab"},
                "requestContext": {"requestId": "req-1", "authorizer": {"endpoint": config}},
            });
            let settings = [
                ("LOG_LEVEL", level),
                ("STACK", "tested"),
                ("PAYLOADS_BUCKET", "payloads"),
                ("EVENTS_TABLE", "events"),
                ("KEYS_PREFIX", "tested/"),
                ("POINTER_TTL_DAYS", "90"),
                ("PAYLOAD_RETENTION_DAYS", "30"),
            ];
            let run = run_function(program, &settings, &event.to_string(), |target, request| {
                let body = if target == "PUT" { "" } else { "{}" };
                if target.ends_with("GetSecretValue") {
                    secret("CANARYKEY", request)
                } else {
                    (200, String::new(), body.to_owned())
                }
            });
            let answer = run.answer.as_deref().unwrap();
            let status = if token == "CANARYKEY" { "200" } else { "401" };
            assert!(answer.contains(status), "{level}: {answer} {}", run.written);
            run.hides(&CANARIES);
        }
    }
}
