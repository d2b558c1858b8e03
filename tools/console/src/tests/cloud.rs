//! A cloud that remembers what it was asked, and refuses all but the little that a page needs.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub(super) struct Cloud {
    pub(super) url: String,
    state: Shared,
}

#[derive(Default)]
struct Memory {
    asked: Vec<String>,
    denied: Vec<String>,
    more: Vec<Answers>,
    stack: String,
}

/// What a test lets the cloud answer, by operation and body.
type Answers = Box<dyn Fn(&str, &Value) -> Option<Reply> + Send>;

/// An answer.
pub(super) enum Reply {
    Json(Value),
    /// An object of S3, with its metadata.
    Object(Vec<u8>, Vec<(&'static str, String)>),
}

type Shared = Arc<Mutex<Memory>>;

impl Cloud {
    pub(super) async fn start() -> Self {
        Self::of(testkit::STACK.to_owned()).await
    }

    /// With a stack that describes itself so.
    pub(super) async fn of(stack: String) -> Self {
        let state = Shared::default();
        state.lock().unwrap().stack = stack;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&state));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, state }
    }

    /// The operations, in the order in which they came.
    pub(super) fn asked(&self) -> Vec<String> {
        self.state.lock().unwrap().asked.clone()
    }

    pub(super) fn forget(&self) {
        self.state.lock().unwrap().asked.clear();
    }

    /// Refuses an operation from now on.
    pub(super) fn deny(&self, operation: &str) {
        self.state.lock().unwrap().denied.push(operation.to_owned());
    }

    /// What it answers before anything else.
    pub(super) fn answers(&self, more: impl Fn(&str, &Value) -> Option<Reply> + Send + 'static) {
        self.state.lock().unwrap().more.push(Box::new(more));
    }

    /// The same, where all answers are JSON.
    pub(super) fn also(&self, answer: impl Fn(&str, &Value) -> Option<Value> + Send + 'static) {
        self.answers(move |operation, body| answer(operation, body).map(Reply::Json));
    }
}

async fn answer(State(state): State<Shared>, request: Request<Body>) -> Response {
    let operation = operation(&request);
    state.lock().unwrap().asked.push(operation.clone());
    let body = to_bytes(request.into_body(), 1 << 20).await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let state = state.lock().unwrap();
    let mut newest = state.more.iter().rev();
    let added = newest.find_map(|more| more(&operation, &body));
    let answer = added
        .or_else(|| known(&state.stack, &operation, &body).map(Reply::Json))
        .filter(|_| !state.denied.contains(&operation));
    match answer {
        Some(Reply::Json(answer)) => (json_headers(), answer.to_string()).into_response(),
        Some(Reply::Object(bytes, metadata)) => {
            let mut headers = HeaderMap::new();
            for (name, value) in metadata {
                let name = format!("x-amz-meta-{name}");
                headers.insert(
                    axum::http::HeaderName::try_from(name).unwrap(),
                    value.parse().unwrap(),
                );
            }
            (headers, bytes).into_response()
        }
        None => {
            let refusal = json!({ "__type": "AccessDeniedException", "message": "no" });
            (StatusCode::BAD_REQUEST, json_headers(), refusal.to_string()).into_response()
        }
    }
}

fn json_headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(
        "content-type",
        "application/x-amz-json-1.0".parse().unwrap(),
    );
    headers
}

/// `Query` or `GET /v1/pipes/x`, by the service's protocol.
fn operation(request: &Request) -> String {
    // CloudWatch names it in the path.
    if let Some((_, operation)) = request.uri().path().split_once("/operation/") {
        return operation.to_owned();
    }
    let target = request.headers().get("x-amz-target");
    match target.and_then(|target| target.to_str().ok()?.rsplit('.').next()) {
        Some(operation) => operation.to_owned(),
        None => format!("{} {}", request.method(), request.uri().path()),
    }
}

fn known(stack: &str, operation: &str, body: &Value) -> Option<Value> {
    match operation {
        "GetItem" if body["Key"]["name"]["S"] == "-" => {
            Some(json!({ "Item": { "stack": { "S": stack } } }))
        }
        "GetItem" if body["TableName"] == "coatcheck-deliveries" => Some(json!({})),
        mapping if mapping.starts_with("GET /2015-03-31/event-source-mappings/") => {
            Some(json!({ "State": "Enabled" }))
        }
        "GetQueueAttributes" => Some(json!({ "Attributes": {
            "ApproximateNumberOfMessages": "12",
            "ApproximateNumberOfMessagesNotVisible": "0",
            "ApproximateNumberOfMessagesDelayed": "0",
            "MessageRetentionPeriod": "1209600",
        } })),
        pipe if pipe.starts_with("GET /v1/pipes/") => Some(json!({
            "CurrentState": "RUNNING",
            "DesiredState": "RUNNING",
        })),
        function if function.starts_with("GET /2015-03-31/functions/") => Some(json!({})),
        "Scan" if body["TableName"] == "coatcheck-endpoints" => Some(json!({ "Items": [
            { "config": { "S": endpoint("stripe", true) } },
            { "config": { "S": endpoint("billing", false) } },
        ] })),
        // The index by time: nothing came.
        "Query" => Some(json!({ "Items": [], "Count": 0 })),
        "GetQueueUrl" => Some(json!({ "QueueUrl": "http://127.0.0.1/1/queue" })),
        "DescribeStateMachine" => Some(json!({})),
        _ => None,
    }
}

fn endpoint(name: &str, enabled: bool) -> String {
    json!({ "name": name, "scheme": "standard-webhooks", "enabled": enabled }).to_string()
}
