//! A function's surroundings: the Runtime API, and stubs of three AWS services.
//!
//! Both are served on one free loopback port each. The stubs do their work in full: they read
//! the whole body, and S3's stub hashes it, so that it would notice a function that sends
//! something else.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context;
use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;

use crate::delivery::{Object, Scheme};
use crate::tls::Identity;

/// The path of the destination that `deliver` sends to.
pub(crate) const DESTINATION: &str = "/destination";

/// What a function did, as seen from here.
#[derive(Debug)]
pub(crate) enum Seen {
    /// It asked for the next event, and waits.
    Next,
    /// It answered an event.
    Response(Bytes),
    /// It said that it failed, or called something that does not exist here.
    Error(String),
    /// It put a body with this SHA-256 (hex) into S3, or posted it to the destination.
    Payload(String),
    /// It put an item into DynamoDB.
    Pointer,
}

/// The servers, for one function. They end when this is dropped.
pub(crate) struct Server {
    pub(crate) runtime_api: SocketAddr,
    /// Where the stubs are. The destination is there too.
    pub(crate) aws: String,
    seen: mpsc::UnboundedReceiver<Seen>,
    events: mpsc::UnboundedSender<Bytes>,
    shared: Shared,
    _tasks: JoinSet<()>,
}

#[derive(Clone)]
struct Shared {
    seen: mpsc::UnboundedSender<Seen>,
    events: Arc<Mutex<mpsc::UnboundedReceiver<Bytes>>>,
    object: Arc<Mutex<Object>>,
    /// Requests to AWS so far.
    requests: Arc<AtomicUsize>,
}

impl Server {
    /// With an identity, all but the Runtime API is behind TLS.
    pub(crate) async fn start(identity: Option<&Identity>) -> anyhow::Result<Self> {
        let (seen, received) = mpsc::unbounded_channel();
        let (events, waiting) = mpsc::unbounded_channel();
        let shared = Shared {
            seen,
            events: Arc::new(Mutex::new(waiting)),
            object: Arc::default(),
            requests: Arc::default(),
        };
        let runtime_api = axum::Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route(
                "/2018-06-01/runtime/invocation/{id}/response",
                post(response),
            )
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(error))
            .layer(DefaultBodyLimit::disable())
            .with_state(shared.clone());
        let aws = axum::Router::new().fallback(aws).with_state(shared.clone());
        let mut tasks = JoinSet::new();
        let runtime_api = serve(runtime_api, None, &mut tasks).await?;
        let address = serve(aws, identity, &mut tasks).await?;
        let scheme = if identity.is_some() { "https" } else { "http" };
        Ok(Self {
            runtime_api,
            aws: format!("{scheme}://{address}"),
            seen: received,
            events,
            shared,
            _tasks: tasks,
        })
    }

    /// What S3 and DynamoDB return from now on.
    pub(crate) async fn hold(&self, object: Object) {
        *self.shared.object.lock().await = object;
    }

    /// How often AWS was asked so far.
    pub(crate) fn requests(&self) -> usize {
        self.shared.requests.load(Ordering::Relaxed)
    }

    /// Gives an event to the waiting function.
    pub(crate) fn send(&self, event: Bytes) -> anyhow::Result<()> {
        self.events.send(event).context("the Runtime API is gone")
    }

    /// What the function does next.
    pub(crate) async fn seen(&mut self) -> anyhow::Result<Seen> {
        self.seen.recv().await.context("the servers are gone")
    }
}

async fn serve(
    router: axum::Router,
    identity: Option<&Identity>,
    tasks: &mut JoinSet<()>,
) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    // Each ends only with its task.
    match identity {
        Some(identity) => {
            let listener = identity.listener(listener);
            tasks.spawn(async move {
                let _ = axum::serve(listener, router).await;
            })
        }
        None => tasks.spawn(async move {
            let _ = axum::serve(listener, router).await;
        }),
    };
    Ok(address)
}

impl Shared {
    fn saw(&self, seen: Seen) {
        // No one listens any more once the last figure is taken.
        let _ = self.seen.send(seen);
    }
}

async fn next(State(shared): State<Shared>) -> Response {
    shared.saw(Seen::Next);
    let Some(event) = shared.events.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let headers = [
        ("content-type", "application/json"),
        (
            "lambda-runtime-aws-request-id",
            "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
        ),
        // In the year 2100: nothing here takes that long.
        ("lambda-runtime-deadline-ms", "4102444800000"),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-central-1:123456789012:function:bench",
        ),
        (
            "lambda-runtime-trace-id",
            "Root=1-67890abc-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=0",
        ),
    ];
    (headers, event).into_response()
}

async fn response(State(shared): State<Shared>, Path(_): Path<String>, body: Bytes) -> Response {
    shared.saw(Seen::Response(body));
    (StatusCode::ACCEPTED, r#"{"status":"OK"}"#).into_response()
}

async fn error(State(shared): State<Shared>, body: Bytes) -> Response {
    shared.saw(Seen::Error(String::from_utf8_lossy(&body).into_owned()));
    (StatusCode::ACCEPTED, r#"{"status":"OK"}"#).into_response()
}

async fn aws(State(shared): State<Shared>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let to_destination = parts.method == Method::POST && parts.uri.path() == DESTINATION;
    if !to_destination {
        shared.requests.fetch_add(1, Ordering::Relaxed);
    }
    let target = parts
        .headers
        .get("x-amz-target")
        .and_then(|value| value.to_str().ok());
    match target {
        Some("DynamoDB_20120810.PutItem") => {
            shared.saw(Seen::Pointer);
            ([("content-type", "application/x-amz-json-1.0")], "{}").into_response()
        }
        // A lease on an event.
        Some("DynamoDB_20120810.UpdateItem") => {
            let answer = json!({"Attributes": {"attempts": {"N": "1"}}});
            let kind = [("content-type", "application/x-amz-json-1.0")];
            (kind, answer.to_string()).into_response()
        }
        // There is no record of a breaker: it is closed.
        Some("DynamoDB_20120810.GetItem") if holds(&body, b"bench-deliveries") => {
            ([("content-type", "application/x-amz-json-1.0")], "{}").into_response()
        }
        Some("DynamoDB_20120810.GetItem") => {
            let config = shared.object.lock().await.config.clone();
            let item = json!({"Item": {"config": {"S": config}}});
            let kind = [("content-type", "application/x-amz-json-1.0")];
            (kind, item.to_string()).into_response()
        }
        Some("secretsmanager.GetSecretValue") => secret(&body),
        None if parts.method == Method::GET => {
            let object = shared.object.lock().await.clone();
            ([("x-amz-meta-delivery", object.handover)], object.body).into_response()
        }
        None if to_destination => {
            shared.saw(Seen::Payload(hex::encode(digest(&SHA256, &body))));
            StatusCode::OK.into_response()
        }
        None if parts.method == Method::PUT => put_object(&shared, &parts.headers, &body),
        _ => {
            shared.saw(Seen::Error(format!(
                "no stub for {} {}",
                parts.method,
                target.unwrap_or("S3")
            )));
            StatusCode::NOT_IMPLEMENTED.into_response()
        }
    }
}

fn holds(body: &[u8], text: &[u8]) -> bool {
    body.windows(text.len()).any(|part| part == text)
}

fn put_object(shared: &Shared, headers: &HeaderMap, body: &Bytes) -> Response {
    if headers
        .get("content-encoding")
        .is_some_and(|value| value == "aws-chunked")
    {
        shared.saw(Seen::Error(
            "the S3 stub takes no aws-chunked body".to_owned(),
        ));
        return StatusCode::NOT_IMPLEMENTED.into_response();
    }
    shared.saw(Seen::Payload(hex::encode(digest(&SHA256, body))));
    [("etag", "\"0123456789abcdef0123456789abcdef\"")].into_response()
}

/// Every endpoint has one version of its secret.
fn secret(body: &[u8]) -> Response {
    let request: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |name: &str| request.get(name).and_then(Value::as_str);
    let json = [("content-type", "application/x-amz-json-1.1")];
    if text("VersionStage") == Some("AWSPREVIOUS") {
        let answer = json!({"__type": "ResourceNotFoundException", "Message": "no such version"});
        return (StatusCode::BAD_REQUEST, json, answer.to_string()).into_response();
    }
    let name = text("SecretId").unwrap_or_default();
    let endpoint = name.rsplit('/').next().unwrap_or_default();
    let answer = json!({
        "ARN": format!("arn:aws:secretsmanager:eu-central-1:123456789012:secret:{name}-AbCdEf"),
        "Name": name,
        "SecretString": Scheme::secret(endpoint),
        "VersionId": "b0f5a1de-7d5b-4b6c-9f5b-2f1f0f1f0f1f",
        "VersionStages": ["AWSCURRENT"],
    });
    (json, answer.to_string()).into_response()
}
