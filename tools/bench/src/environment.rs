//! The environment that Lambda and Terraform give a function.

use std::net::SocketAddr;

use serde_json::json;

use crate::names::{DESTINATION, ENDPOINTS_TABLE};
use crate::tls::Identity;

/// The same for all functions: each reads what it knows.
const SAME: [(&str, &str); 29] = [
    ("ADMIT_DLQ_URL", "https://bench/admit-dlq"),
    ("ADMIT_QUEUE_URL", "https://bench/admit"),
    ("AWS_ACCESS_KEY_ID", "bench"),
    ("AWS_DEFAULT_REGION", "eu-central-1"),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
    ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
    ("AWS_LAMBDA_LOG_GROUP_NAME", "bench"),
    ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
    ("AWS_REGION", "eu-central-1"),
    ("AWS_SECRET_ACCESS_KEY", "bench"),
    ("AWS_SESSION_TOKEN", "bench"),
    ("DELIVERIES_TABLE", "bench-deliveries"),
    ("DLQ_URL", "https://bench/deliver-dlq"),
    ("ENDPOINTS_TABLE", ENDPOINTS_TABLE),
    ("EVENTS_TABLE", "bench-events"),
    ("KEYS_PREFIX", "bench/endpoints/"),
    ("LOG_LEVEL", "info"),
    ("PAYLOADS_BUCKET", "bench-payloads"),
    ("POINTER_TTL_DAYS", "90"),
    ("PAYLOAD_RETENTION_DAYS", "30"),
    ("PROCESSED_TABLE", "bench-processed"),
    ("PROCESSED_TTL_DAYS", "90"),
    ("PROCESSOR", "bench"),
    ("QUEUE_URL", "https://bench/deliver"),
    ("RETRY_FOR_S", "259200"),
    ("SECRET_ID", "bench/subscriptions/deliver"),
    ("STACK", "bench"),
    ("SUBSCRIPTION", "deliver"),
];

/// For a function that finds its surroundings at these addresses, in order of application.
pub(crate) fn of(
    runtime_api: SocketAddr,
    aws: &str,
    identity: Option<&Identity>,
) -> Vec<(String, String)> {
    let destination = json!({
        "kind": "http",
        "url": format!("{aws}{DESTINATION}"),
        "method": "POST",
        "auth": {"type": "none"},
        "sign": "standard-webhooks",
        "body": "payload",
        "success": ["2xx"],
        "timeout_s": 30,
        "allow_private": true,
    });
    let breaker =
        json!({"failures_in_a_row": 5, "failure_rate": 0.5, "pause_s": 30, "longest_pause_s": 900});
    let pair = |name: &str, value: String| (name.to_owned(), value);
    let mut all: Vec<_> = SAME
        .iter()
        .map(|(name, value)| pair(name, (*value).to_owned()))
        .collect();
    all.extend([
        pair("AWS_LAMBDA_RUNTIME_API", runtime_api.to_string()),
        pair("AWS_ENDPOINT_URL", aws.to_owned()),
        pair("BREAKER", breaker.to_string()),
        pair("DESTINATION", destination.to_string()),
    ]);
    if let Some(identity) = identity {
        let file = identity.file().display().to_string();
        // The second is for the SDKs of other languages.
        all.extend([
            pair("SSL_CERT_FILE", file.clone()),
            pair("AWS_CA_BUNDLE", file),
        ]);
    }
    all
}
