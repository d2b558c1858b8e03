//! The real program, at every level that can be set: what it writes, and what Lambda
//! keeps of that.

#![expect(clippy::unwrap_used, reason = "a test tells by panicking")]

use std::path::Path;

use serde_json::{Value, json};
use testkit::{Run, run_function, secret};

/// They are in the key, signature, Authorization, cookie and query.
const CANARIES: [&str; 5] = [
    "CANARYKEY",
    "CANARYSIG",
    "CANARYAUTH",
    "CANARYCOOKIE",
    "CANARYQUERY",
];

fn run(level: Option<&str>, headers: &Value) -> Run {
    let event = json!({
        "methodArn": "arn:aws:execute-api:us-east-1:000000000000:api/v1/POST/hooks/gitlab",
        "httpMethod": "POST",
        "pathParameters": {"endpoint": "gitlab"},
        "queryStringParameters": {"a": "CANARYQUERY"},
        "multiValueQueryStringParameters": {"a": ["CANARYQUERY"]},
        "headers": headers,
        "body": "CANARYBODY",
        "requestContext": {"requestId": "req-1", "resourcePath": "/hooks/{endpoint}", "identity": {"sourceIp": "192.0.2.1"}},
    });
    let mut settings = vec![
        ("ENDPOINTS_TABLE", "endpoints"),
        ("STACK", "tested"),
        ("KEYS_PREFIX", "tested/"),
    ];
    settings.extend(level.map(|level| ("LOG_LEVEL", level)));
    let program = Path::new(env!("CARGO_BIN_EXE_authorizer"));
    run_function(program, &settings, &event.to_string(), |target, body| {
        if target.ends_with("GetItem") {
            let config = json!({"name": "gitlab", "scheme": "gitlab-token"}).to_string();
            return (
                200,
                String::new(),
                json!({"Item": {"config": {"S": config}}}).to_string(),
            );
        }
        secret("CANARYKEY", body)
    })
}

fn request(token: &str) -> Value {
    json!({
        "x-gitlab-token": token, "x-gitlab-event": "Push Hook", "idempotency-key": "1",
        "authorization": "Bearer CANARYAUTH", "cookie": "a=CANARYCOOKIE", "content-type": "application/json",
    })
}

const LEVELS: [Option<&str>; 5] = [
    None,
    Some("error"),
    Some("warn"),
    Some("info"),
    Some("debug"),
];

#[test]
fn nothing_of_a_request_or_a_key_is_written_at_any_level() {
    for level in LEVELS {
        for token in ["CANARYKEY", "CANARYSIG"] {
            let run = run(level, &request(token));
            let answer = run.answer.as_deref().unwrap();
            assert_eq!(
                answer.contains("Unauthorized"),
                token == "CANARYSIG",
                "{answer}"
            );
            run.hides(&CANARIES);
        }
    }
}

/// A refusal is an error for Lambda, and not one for the reader of the log.
#[test]
fn a_refusal_is_an_info_line_and_a_metric() {
    let run = run(None, &request("CANARYSIG"));
    // API Gateway reads this text.
    let diagnostic: Value = serde_json::from_str(run.answer.as_deref().unwrap()).unwrap();
    assert_eq!(diagnostic["errorMessage"], "Unauthorized");
    let lines: Vec<Value> = run
        .written
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(
        lines
            .iter()
            .any(|line| line["level"] == "INFO" && line["code"] == "signature_mismatch"),
        "{lines:?}"
    );
    assert!(
        lines.iter().any(|line| line["DeliveriesRejected"] == 1),
        "{lines:?}"
    );
    assert!(
        lines
            .iter()
            .all(|line| line["level"] != "ERROR" && line["level"] != "WARN"),
        "{lines:?}"
    );
}

#[test]
fn a_level_that_prints_events_stops_the_function() {
    let run = run(Some("trace"), &request("CANARYKEY"));
    assert!(run.answer.is_none(), "{run:?}");
    assert!(
        run.written
            .contains("LOG_LEVEL must be error, warn, info or debug"),
        "{run:?}"
    );
}

/// Lambda's filter for a function whose log format is JSON, as AWS documents it for custom
/// runtimes: a line counts by its `level`, in either case. It counts as INFO if that is missing or
/// unknown, or if the line has no `timestamp` in the form of RFC 3339.
/// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html>
fn passes(line: &Value, application_level: &str) -> bool {
    const ORDER: [&str; 6] = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
    let rank = |name: &str| {
        let same = |level: &&str| level.eq_ignore_ascii_case(name);
        ORDER.iter().position(same)
    };
    let is_timed = line["timestamp"]
        .as_str()
        .is_some_and(|at| at.parse::<domain::Timestamp>().is_ok());
    let level = line["level"].as_str().filter(|_| is_timed).and_then(rank);
    level.or(rank("INFO")).unwrap() >= rank(application_level).unwrap()
}

#[test]
fn the_model_of_lambdas_filter_is_what_aws_documents() {
    let at = "2024-11-02T16:51:31.587199Z";
    for (line, counts_as) in [
        (json!({"level": "debug", "timestamp": at}), "DEBUG"),
        (json!({"level": "ERROR", "timestamp": at}), "ERROR"),
        (json!({"level": "loud", "timestamp": at}), "INFO"),
        (json!({"timestamp": at}), "INFO"),
        (json!({"level": "ERROR", "timestamp": "now"}), "INFO"),
        (json!({"level": "ERROR"}), "INFO"),
    ] {
        let levels = ["DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
        let highest = levels.iter().rfind(|level| passes(&line, level));
        assert_eq!(highest, Some(&counts_as), "{line}");
    }
}

#[test]
fn lambdas_own_filter_takes_debug_lines_at_debug_alone_and_metrics_never_above_info() {
    let run = run(Some("debug"), &request("CANARYSIG"));
    let lines: Vec<Value> = run
        .written
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let (metrics, others): (Vec<Value>, Vec<Value>) = lines
        .into_iter()
        .partition(|line| line.get("_aws").is_some());
    let debug: Vec<_> = others
        .iter()
        .filter(|line| line["level"] == "DEBUG")
        .collect();
    assert!(
        !metrics.is_empty() && !debug.is_empty(),
        "{metrics:?} {others:?}"
    );
    for line in debug {
        assert!(passes(line, "DEBUG") && !passes(line, "INFO"), "{line}");
    }
    for line in &metrics {
        assert!(line.get("level").is_none(), "{line}");
        assert!(
            passes(line, "DEBUG") && passes(line, "INFO") && !passes(line, "WARN"),
            "{line}"
        );
    }
}
