//! The two calls of DynamoDB that the command makes.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::index::Index;

/// What is served, and how many queries there were.
pub(crate) struct Served {
    index: Index,
    queries: AtomicU64,
}

impl Served {
    pub(crate) fn queries(&self) -> u64 {
        self.queries.load(Ordering::Relaxed)
    }
}

/// Serves an index on a free loopback port until the task is ended.
pub(crate) async fn serve(
    index: Index,
) -> anyhow::Result<(SocketAddr, Arc<Served>, JoinHandle<()>)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let served = Arc::new(Served {
        index,
        queries: AtomicU64::new(0),
    });
    let router = axum::Router::new()
        .fallback(answer)
        .with_state(Arc::clone(&served));
    let task = tokio::spawn(async move {
        // It ends only with the task.
        let _ = axum::serve(listener, router).await;
    });
    Ok((address, served, task))
}

async fn answer(State(served): State<Arc<Served>>, headers: HeaderMap, body: Bytes) -> Response {
    let request: Value = serde_json::from_slice(&body).unwrap_or_default();
    let target = headers
        .get("x-amz-target")
        .and_then(|value| value.to_str().ok());
    let answer = match target {
        Some("DynamoDB_20120810.GetItem") => json!({"Item": {"stack": {"S": stack().to_string()}}}),
        Some("DynamoDB_20120810.Query") => {
            served.queries.fetch_add(1, Ordering::Relaxed);
            query(&served.index, &request)
        }
        _ => return StatusCode::NOT_IMPLEMENTED.into_response(),
    };
    (
        [("content-type", "application/x-amz-json-1.0")],
        answer.to_string(),
    )
        .into_response()
}

fn query(index: &Index, request: &Value) -> Value {
    let value = |name: &str| {
        let path = format!("/ExpressionAttributeValues/{name}/S");
        request
            .pointer(&path)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let after = request
        .pointer("/ExclusiveStartKey/sk/S")
        .and_then(Value::as_str);
    let page = index.page(
        value(":partition"),
        (value(":first"), value(":last")),
        request.get("ScanIndexForward") != Some(&Value::Bool(false)),
        request
            .get("Limit")
            .and_then(Value::as_u64)
            .map_or(usize::MAX, |limit| limit as usize),
        after.and_then(|id| id.trim_start_matches("evt_").parse().ok()),
    );
    let mut answer = json!({"Count": page.items.len(), "Items": page.items});
    if let (Some(key), Some(answer)) = (page.last_key, answer.as_object_mut()) {
        answer.insert("LastEvaluatedKey".to_owned(), key);
    }
    answer
}

/// The stack as it describes itself, with only what a list needs.
fn stack() -> Value {
    json!({
        "stack": "coatcheck", "region": "eu-central-1",
        "api": {"id": "api", "stage": "v1", "url": "https://api/v1"},
        "bucket": "payloads",
        "tables": {"endpoints": "endpoints", "events": "events", "processed": "processed"},
        "keys_prefix": "coatcheck/endpoints/",
        "topic_arn": "arn",
        "router": {"pipe": "router", "letters_url": "", "dlq_url": "", "dlq_arn": ""},
        "admit": {"queue_url": "", "queue_arn": "", "dlq_url": "", "dlq_arn": ""},
        "declared": {"bench": {"customer": {"as": "text", "index": true}}},
        "subscriptions": {}, "processors": {}, "functions": {}, "alarms": [],
        "days": {"payloads": 30, "pointers": 90, "processed": 90, "queues": 14},
    })
}
