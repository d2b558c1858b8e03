//! Stubs of S3, DynamoDB and Secrets Manager, and the destination of `deliver`.
//!
//! They do their work in full: they read the whole body, and S3's stub hashes it, so that it
//! notices a function that sends something else.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::{Mutex, mpsc};

use crate::delivery::{Object, secret_of};
use crate::names::{DESTINATION, ENDPOINTS_TABLE};
use crate::seen::Seen;

/// What the stubs share.
#[derive(Clone)]
pub(super) struct Stubs {
    pub(super) seen: mpsc::UnboundedSender<Seen>,
    pub(super) object: Arc<Mutex<Object>>,
    /// Requests to AWS so far.
    pub(super) requests: Arc<AtomicUsize>,
}

impl Stubs {
    pub(super) fn saw(&self, seen: Seen) {
        // No one listens any more once the last figure is taken.
        let _ = self.seen.send(seen);
    }
}

pub(super) async fn answer(State(stubs): State<Stubs>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let to_destination = parts.method == Method::POST && parts.uri.path() == DESTINATION;
    if to_destination {
        stubs.saw(Seen::Payload(hex::encode(digest(&SHA256, &body))));
        return StatusCode::OK.into_response();
    }
    stubs.requests.fetch_add(1, Ordering::Relaxed);
    let target = parts.headers.get("x-amz-target");
    let known = match target.and_then(|value| value.to_str().ok()) {
        Some(target) => service(&stubs, target, &body).await,
        None => s3(&stubs, &parts.method, &parts.headers, &body).await,
    };
    known.unwrap_or_else(|| {
        let target = target.map(|value| String::from_utf8_lossy(value.as_bytes()));
        stubs.saw(Seen::Unknown(format!(
            "no stub for {} {} {}",
            parts.method,
            parts.uri,
            target.unwrap_or_default()
        )));
        StatusCode::NOT_IMPLEMENTED.into_response()
    })
}

/// Of DynamoDB and Secrets Manager. `None`: there is no such stub.
async fn service(stubs: &Stubs, target: &str, body: &[u8]) -> Option<Response> {
    let request: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |name: &str| request.get(name).and_then(Value::as_str);
    Some(match target {
        "DynamoDB_20120810.PutItem" => {
            stubs.saw(Seen::Item);
            dynamodb(&json!({}))
        }
        // A lease on an event.
        "DynamoDB_20120810.UpdateItem" => {
            dynamodb(&json!({"Attributes": {"attempts": {"N": "1"}}}))
        }
        "DynamoDB_20120810.GetItem" if text("TableName") == Some(ENDPOINTS_TABLE) => {
            let config = stubs.object.lock().await.config.clone();
            dynamodb(&json!({"Item": {"config": {"S": config}}}))
        }
        // No other table has an item: a breaker without a record is closed, and an event without one is new.
        "DynamoDB_20120810.GetItem" => dynamodb(&json!({})),
        // Whether equal bytes came before, under another id.
        "DynamoDB_20120810.Query" => dynamodb(&json!({"Items": [], "Count": 0, "ScannedCount": 0})),
        "secretsmanager.GetSecretValue" => {
            let name = text("SecretId").unwrap_or_default();
            secret(name, text("VersionStage") == Some("AWSPREVIOUS"))
        }
        _ => return None,
    })
}

fn dynamodb(answer: &Value) -> Response {
    let kind = [("content-type", "application/x-amz-json-1.0")];
    (kind, answer.to_string()).into_response()
}

/// Every endpoint has one version of its secret.
fn secret(name: &str, previous: bool) -> Response {
    let json = [("content-type", "application/x-amz-json-1.1")];
    if previous {
        let answer = json!({"__type": "ResourceNotFoundException", "Message": "no such version"});
        return (StatusCode::BAD_REQUEST, json, answer.to_string()).into_response();
    }
    let endpoint = name.rsplit('/').next().unwrap_or_default();
    let answer = json!({
        "ARN": format!("arn:aws:secretsmanager:eu-central-1:123456789012:secret:{name}-AbCdEf"),
        "Name": name,
        "SecretString": secret_of(endpoint),
        "VersionId": "b0f5a1de-7d5b-4b6c-9f5b-2f1f0f1f0f1f",
        "VersionStages": ["AWSCURRENT"],
    });
    (json, answer.to_string()).into_response()
}

/// A bucket with one object that has every key. `None`: there is no such stub.
async fn s3(stubs: &Stubs, method: &Method, headers: &HeaderMap, body: &Bytes) -> Option<Response> {
    let encoding = headers.get("content-encoding");
    match *method {
        Method::GET => {
            let object = stubs.object.lock().await.clone();
            Some(([("x-amz-meta-delivery", object.handover)], object.body).into_response())
        }
        // Its chunks would have to be undone before they can be compared.
        Method::PUT if encoding.is_some_and(|value| value == "aws-chunked") => None,
        Method::PUT => {
            stubs.saw(Seen::Payload(hex::encode(digest(&SHA256, body))));
            let answer = [
                ("etag", "\"0123456789abcdef0123456789abcdef\""),
                ("x-amz-version-id", "3HL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY"),
            ];
            Some(answer.into_response())
        }
        _ => None,
    }
}
