//! The real program: it reads a schema from the table, judges by it, and writes nothing of a payload
//! at any level.

use std::path::Path;

use domain::Digest;
use serde_json::json;
use testkit::{LEVELS, run_function, secret};

/// They are in the body only: as values, and as names that the schema does not have.
const CANARIES: [&str; 2] = ["CANARYVALUE", "CANARYNAME"];

const SCHEMA: &str = r#"{
  "properties": { "users": { "additionalProperties": { "properties": { "age": { "type": "integer" } } } } },
  "required": ["object_kind"]
}"#;

fn get_item(request: &str) -> (u16, String, String) {
    let name = format!("schema#{}", Digest::of(SCHEMA));
    let item = json!({"Item": {"schema": {"S": SCHEMA}}}).to_string();
    let is_it = request.contains(&name) && request.contains("\"endpoints\"");
    (
        200,
        String::new(),
        if is_it { item } else { "{}".to_owned() },
    )
}

#[test]
fn a_payload_is_judged_by_the_stored_schema_and_never_shown() {
    let program = Path::new(env!("CARGO_BIN_EXE_ingest-schema"));
    let good = r#"{"object_kind":"push","users":{"CANARYNAME":{"age":7,"name":"CANARYVALUE"}}}"#;
    let bad = r#"{"object_kind":"push","users":{"CANARYNAME":{"age":"CANARYVALUE"}}}"#;
    let lacks = r#"{"users":{"CANARYNAME":{}},"secret":"CANARYVALUE"}"#;
    let unreadable = r#"{"object_kind":"push","CANARYNAME":CANARYVALUE"#;
    for level in LEVELS {
        for (body, on_fail, status, says) in [
            (good, "reject", 200, "accepted"),
            (
                bad,
                "reject",
                400,
                "/users/*/age: see /properties/users/additionalProperties/properties/age/type",
            ),
            (lacks, "reject", 400, "its top: see /required"),
            (unreadable, "reject", 400, "not JSON"),
            (bad, "flag", 200, "accepted"),
            (bad, "quarantine", 200, "accepted"),
        ] {
            let rule = json!({"sha256": Digest::of(SCHEMA).to_string(), "on_fail": on_fail});
            let config = json!({"name": "gitlab", "scheme": "gitlab-token", "schemas": [rule]});
            let event = json!({
                "httpMethod": "POST",
                "headers": {"x-gitlab-token": "key", "x-gitlab-event": "Push Hook", "idempotency-key": "1", "content-type": "application/json"},
                "body": body,
                "isBase64Encoded": false,
                "requestContext": {"requestId": "req-1", "authorizer": {"endpoint": config.to_string()}},
            });
            let settings = [
                ("LOG_LEVEL", level),
                ("STACK", "tested"),
                ("PAYLOADS_BUCKET", "payloads"),
                ("ENDPOINTS_TABLE", "endpoints"),
                ("EVENTS_TABLE", "events"),
                ("KEYS_PREFIX", "tested/"),
                ("POINTER_TTL_DAYS", "90"),
                ("PAYLOAD_RETENTION_DAYS", "30"),
            ];
            let run = run_function(program, &settings, &event.to_string(), |target, request| {
                if target.ends_with("GetSecretValue") {
                    return secret("key", request);
                }
                if target.ends_with("GetItem") {
                    return get_item(request);
                }
                let body = if target == "PUT" { "" } else { "{}" };
                (200, String::new(), body.to_owned())
            });
            let answer = run.answer.as_deref().unwrap();
            let expected = format!("\"statusCode\":{status}");
            assert!(
                answer.contains(&expected) && answer.contains(says),
                "{level} {on_fail}: {answer} {}",
                run.written
            );
            let failed = on_fail != "reject";
            assert_eq!(
                run.written.contains("SchemaMismatches"),
                failed,
                "{}",
                run.written
            );
            for canary in CANARIES {
                assert!(!answer.contains(canary), "{answer}");
            }
            run.hides(&CANARIES);
        }
    }
}
