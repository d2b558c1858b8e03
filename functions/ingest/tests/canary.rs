//! The real program, at every level that can be set: nothing of a request or a key is written.

use std::path::Path;

use serde_json::json;
use testkit::run_function;

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
    for level in ["error", "warn", "info", "debug"] {
        for token in ["CANARYKEY", "CANARYSIG"] {
            let config = json!({"name": "gitlab", "scheme": "gitlab-token"}).to_string();
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
            ];
            let run = run_function(program, &settings, &event.to_string(), |target, body| {
                let secret = target.ends_with("GetSecretValue");
                match (secret, body.contains("AWSPREVIOUS")) {
                    (true, true) => {
                        let gone = json!({"__type": "ResourceNotFoundException", "Message": "no"});
                        (400, String::new(), gone.to_string())
                    }
                    (true, false) => {
                        let found = json!({"SecretString": "CANARYKEY"});
                        (200, String::new(), found.to_string())
                    }
                    (false, _) if target == "PUT" => (200, String::new(), String::new()),
                    (false, _) => (200, String::new(), "{}".to_owned()),
                }
            });
            let answer = run.answer.unwrap();
            let status = if token == "CANARYKEY" { "200" } else { "401" };
            assert!(answer.contains(status), "{level}: {answer} {}", run.written);
            for canary in CANARIES {
                assert!(!run.written.contains(canary), "{level}: {}", run.written);
            }
        }
    }
}
