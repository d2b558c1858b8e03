//! A stack with one endpoint and one subscription: what the console asks of AWS, answered at once.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::index::Index;

/// The events, and how often AWS was asked.
pub(crate) struct Served {
    index: Index,
    events: u64,
    requests: AtomicU64,
}

impl Served {
    pub(crate) fn new(index: Index, events: u64) -> Self {
        Self {
            index,
            events,
            requests: AtomicU64::new(0),
        }
    }

    pub(crate) fn reset(&self) {
        self.requests.store(0, Ordering::Relaxed);
    }

    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }
}

/// Serves it on a free loopback port until the program ends.
pub(crate) async fn serve(served: Arc<Served>) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let router = axum::Router::new().fallback(answer).with_state(served);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

async fn answer(
    State(served): State<Arc<Served>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    served.requests.fetch_add(1, Ordering::Relaxed);
    let request: Value = serde_json::from_slice(&body).unwrap_or_default();
    let target = headers.get("x-amz-target");
    let target = target.and_then(|value| value.to_str().ok());
    let (_, operation) = target
        .and_then(|target| target.split_once('.'))
        .unwrap_or_default();
    let path = uri.path();
    let answer = match operation {
        "GetItem" => item(&served, &request),
        "BatchGetItem" => batch(&served, &request),
        "Query" => query(&served, &request),
        "Scan" => json!({"Items": [{"name": {"S": "bench"}, "config": {"S": endpoint()}}]}),
        "GetQueueAttributes" => json!({"Attributes": {
            "ApproximateNumberOfMessages": "3", "ApproximateNumberOfMessagesNotVisible": "0",
            "ApproximateNumberOfMessagesDelayed": "0", "MessageRetentionPeriod": "1209600"}}),
        "FilterLogEvents" => json!({"events": []}),
        "DescribeSecret" => json!({"Name": "bench", "VersionIdsToStages": {"v1": ["AWSCURRENT"]}}),
        "GetSecretValue" => {
            json!({"Name": "bench", "VersionId": "v1", "SecretString": "whsec_YmVuY2gtYmVuY2gtYmVuY2g="})
        }
        _ if path.starts_with("/v1/pipes/") => {
            json!({"Name": path.rsplit('/').next(), "CurrentState": "RUNNING", "DesiredState": "RUNNING"})
        }
        _ if path.ends_with("/configuration") => {
            json!({"FunctionName": "bench", "State": "Active", "LastUpdateStatus": "Successful"})
        }
        _ if path.contains("/payloads/") => return object(&method),
        _ if body.starts_with(b"Action=GetCallerIdentity") => return caller(),
        _ => return StatusCode::NOT_IMPLEMENTED.into_response(),
    };
    let kind = [(CONTENT_TYPE, "application/x-amz-json-1.0")];
    (kind, answer.to_string()).into_response()
}

fn text<'a>(request: &'a Value, path: &str) -> &'a str {
    request
        .pointer(path)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// The stack's description, or a pointer.
fn item(served: &Served, request: &Value) -> Value {
    let table = text(request, "/TableName");
    if table.ends_with("endpoints") {
        return match text(request, "/Key/name/S") {
            "bench" => json!({"Item": {"name": {"S": "bench"}, "config": {"S": endpoint()}}}),
            _ => json!({"Item": {"stack": {"S": description().to_string()}}}),
        };
    }
    match pointer(served, text(request, "/Key/sk/S")) {
        Some(item) if table == "events" => json!({"Item": item}),
        _ => json!({}),
    }
}

fn batch(served: &Served, request: &Value) -> Value {
    let keys = request.pointer("/RequestItems/events/Keys");
    let keys = keys.and_then(Value::as_array).into_iter().flatten();
    let found: Vec<Value> = keys
        .filter_map(|key| pointer(served, text(key, "/sk/S")))
        .collect();
    // No processor has a record: the states of all events have to be worked out.
    json!({"Responses": {"events": found, "processed": []}, "UnprocessedKeys": {}})
}

fn query(served: &Served, request: &Value) -> Value {
    if request.get("IndexName").is_none() {
        return json!({"Count": 0, "Items": []});
    }
    let value = |name: &str| text(request, &format!("/ExpressionAttributeValues/{name}/S"));
    let after = text(request, "/ExclusiveStartKey/sk/S");
    let limit = request.get("Limit").and_then(Value::as_u64);
    let page = served.index.page(
        value(":partition"),
        (value(":first"), value(":last")),
        request.get("ScanIndexForward") != Some(&Value::Bool(false)),
        limit.map_or(usize::MAX, |limit| limit as usize),
        after.trim_start_matches("evt_").parse().ok(),
    );
    let (kind, start) = (value(":kind0"), value(":start"));
    let items: Vec<Value> = page
        .items
        .into_iter()
        .filter(|item| text(item, "/type/S").starts_with(kind))
        .filter(|item| {
            text(item, "/id/S").starts_with(start) || text(item, "/ref/S").starts_with(start)
        })
        .collect();
    let mut answer = json!({"Count": items.len(), "Items": items});
    if let (Some(key), Some(answer)) = (page.last_key, answer.as_object_mut()) {
        answer.insert("LastEvaluatedKey".to_owned(), key);
    }
    answer
}

/// The payload of each event.
const PAYLOAD: &[u8] =
    br#"{"id":"evt_1","type":"invoice.payment_succeeded","data":{"object":{"id":"in_1"}}}"#;

fn object(method: &Method) -> Response {
    let headers = [
        (CONTENT_TYPE.as_str(), "application/json"),
        ("x-amz-meta-x", "1"),
    ];
    let body = if method == Method::HEAD { &[] } else { PAYLOAD };
    (headers, body).into_response()
}

fn pointer(served: &Served, id: &str) -> Option<Value> {
    let place: u64 = id.strip_prefix("evt_")?.parse().ok()?;
    let sha256 = domain::Digest::of(PAYLOAD).to_string();
    let mut item = served.index.item(place);
    let at = text(&item, "/received_at/S").to_owned();
    let hour = at.get(..13)?.to_owned();
    let shard = sha256.get(..1)?;
    let key = format!("payloads/{shard}/{hour}/bench/{sha256}-{sha256}");
    let more = json!({
        "pk": {"S": format!("bench#{id}")}, "sk": {"S": id},
        "size": {"N": PAYLOAD.len().to_string()}, "content_type": {"S": "application/json"},
        "sha256": {"S": sha256}, "dataref": {"S": format!("s3://payloads/{key}")},
        "traceparent": {"S": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
        "scheme": {"S": "stripe"}, "key_id": {"S": "current"}, "expires_at": {"N": "4102444800"},
        "time_bucket": {"S": format!("{hour}#{shard}")},
    });
    if let (Some(item), Some(more)) = (item.as_object_mut(), more.as_object()) {
        item.extend(more.clone());
    }
    (place < served.events).then_some(item)
}

fn caller() -> Response {
    let xml = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
        <Arn>arn:aws:iam::123456789012:user/bench</Arn><UserId>bench</UserId><Account>123456789012</Account>\
        </GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>";
    ([(CONTENT_TYPE, "text/xml")], xml).into_response()
}

fn endpoint() -> String {
    json!({"name": "bench", "scheme": "standard-webhooks", "lane": "standard"}).to_string()
}

/// The stack as it describes itself.
fn description() -> Value {
    let queue = |name: &str| format!("https://sqs.eu-central-1.amazonaws.com/1/{name}");
    let arn = |name: &str| format!("arn:aws:sqs:eu-central-1:1:{name}");
    json!({
        "stack": "coatcheck", "region": "eu-central-1",
        "api": {"id": "api", "stage": "v1", "url": "https://api/v1"},
        "bucket": "payloads",
        "tables": {"endpoints": "endpoints", "events": "events", "processed": "processed"},
        "keys_prefix": "coatcheck/endpoints/",
        "topic_arn": "arn",
        "router": {"pipe": "router", "letters_url": queue("router-letters"), "dlq_url": queue("router-dlq"), "dlq_arn": arn("router-dlq")},
        "admit": {"queue_url": queue("admit"), "queue_arn": arn("admit"), "dlq_url": queue("admit-dlq"), "dlq_arn": arn("admit-dlq")},
        "subscriptions": {"invoices": {"pipe": "invoices", "ordered": false, "enabled": true,
            "types": ["invoice.*"], "endpoints": null, "queue_url": queue("invoices"), "queue_arn": arn("invoices"),
            "dlq_url": queue("invoices-dlq"), "dlq_arn": arn("invoices-dlq"),
            "target": {"kind": "lambda", "arn": "arn:aws:lambda:eu-central-1:1:function:invoices", "processor": "invoices"}}},
        "processors": {"invoices": {"kind": "lambda", "function": "invoices", "idempotency": true,
            "inbox_url": null, "inbox_arn": null, "inbox_dlq_url": null, "inbox_dlq_arn": null}},
        "functions": {"invoices": {"name": "invoices", "log_group": "/aws/lambda/invoices"}},
        "alarms": [],
        "days": {"payloads": 30, "pointers": 90, "processed": 90, "queues": 14},
    })
}
