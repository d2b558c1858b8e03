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
    asked: Asked,
}

type Asked = Arc<Mutex<Vec<String>>>;

impl Cloud {
    pub(super) async fn start() -> Self {
        let asked = Asked::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&asked));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, asked }
    }

    /// The operations, in the order in which they came.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    pub(super) fn forget(&self) {
        self.asked.lock().unwrap().clear();
    }
}

async fn answer(State(asked): State<Asked>, request: Request<Body>) -> Response {
    let operation = operation(&request);
    asked.lock().unwrap().push(operation.clone());
    let body = to_bytes(request.into_body(), 1 << 20).await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    match known(&operation, &body) {
        Some(answer) => (json_headers(), answer.to_string()).into_response(),
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
    let target = request.headers().get("x-amz-target");
    match target.and_then(|target| target.to_str().ok()?.rsplit('.').next()) {
        Some(operation) => operation.to_owned(),
        None => format!("{} {}", request.method(), request.uri().path()),
    }
}

fn known(operation: &str, body: &Value) -> Option<Value> {
    match operation {
        "GetItem" if body["Key"]["name"]["S"] == "-" => {
            Some(json!({ "Item": { "stack": { "S": testkit::STACK } } }))
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
        "GetQueueUrl" => Some(json!({ "QueueUrl": "http://127.0.0.1/1/queue" })),
        "DescribeStateMachine" => Some(json!({})),
        _ => None,
    }
}
