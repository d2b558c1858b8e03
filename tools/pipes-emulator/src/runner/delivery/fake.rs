//! A cloud that answers what a test tells it to, and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use aws_config::BehaviorVersion;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use emulator::Clock;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::blueprint::Blueprint;
use crate::cloud::Cloud;
use crate::definition::{Definition, Place};
use crate::event::SourceEvent;
use crate::runner::checkpoint::Checkpoints;
use crate::runner::{Run, Running};

/// The answer to one call.
pub(super) enum Answer {
    Json(Value),
    /// Of a function that threw.
    Thrown,
    Refused(&'static str),
    Never,
}

#[derive(Default)]
struct Script {
    answers: Mutex<VecDeque<Answer>>,
    /// The action or the path, and the body.
    calls: Mutex<Vec<(String, Value)>>,
}

/// A pipe from a queue, connected to the cloud.
pub(super) struct Pipe {
    pub(super) running: Running,
    script: Arc<Script>,
}

impl Pipe {
    /// `more` is merged into the declaration.
    pub(super) async fn to(target: &str, more: Value) -> Self {
        let script = Arc::new(Script::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&script));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let place = Place {
            region: "us-east-1".to_owned(),
            account: "000000000000".to_owned(),
        };
        let mut body = json!({"RoleArn": "arn:aws:iam::000000000000:role/r",
            "Source": "arn:aws:sqs:us-east-1:000000000000:q",
            "Target": format!("arn:aws:{target}")});
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        let request = serde_json::from_value(body).unwrap();
        let definition = Definition::new(&place, "p", request).unwrap();
        let Ok(blueprint) = Blueprint::of(&definition) else {
            panic!("the declaration is not valid");
        };
        let config = aws_config::defaults(BehaviorVersion::latest())
            .credentials_provider(aws_credential_types::Credentials::for_tests())
            .endpoint_url(url);
        let run = Run {
            cloud: Box::pin(Cloud::of(config, "us-east-1", Clock::system())).await,
            clock: Clock::system(),
            account: place.account,
            definition,
            blueprint,
        };
        let connection = Box::pin(run.connect()).await.unwrap();
        let running = Running {
            run,
            connection,
            checkpoints: Checkpoints::default(),
        };
        script.calls.lock().unwrap().clear();
        Self { running, script }
    }

    pub(super) fn answers(&self, answers: impl IntoIterator<Item = Answer>) {
        self.script.answers.lock().unwrap().extend(answers);
    }

    /// The calls since the last time.
    pub(super) fn calls(&self) -> Vec<(String, Value)> {
        std::mem::take(&mut self.script.calls.lock().unwrap())
    }
}

/// Messages whose bodies have these names as `id`.
pub(super) fn messages(names: &[&str]) -> Vec<SourceEvent> {
    let message = |name: &&str| {
        let body = json!({"id": name}).to_string();
        SourceEvent::from_queue(json!({"messageId": name, "body": body}), String::new())
    };
    names.iter().map(message).collect()
}

async fn answer(
    State(script): State<Arc<Script>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = String::from_utf8_lossy(&body).into_owned();
    if let Some(xml) = of_iam(&text) {
        return xml.into_response();
    }
    if text.starts_with("Action=AssumeRole") {
        return (StatusCode::FORBIDDEN, "<E><Code>AccessDenied</Code></E>").into_response();
    }
    let action = headers
        .get("x-amz-target")
        .and_then(|action| action.to_str().ok());
    let call = action.unwrap_or(uri.path()).to_owned();
    if call.ends_with("DescribeTaskDefinition") {
        return json!({"taskDefinition": {"taskDefinitionArn": "td:1"}})
            .to_string()
            .into_response();
    }
    let body = serde_json::from_slice(&body).unwrap_or_default();
    script.calls.lock().unwrap().push((call, body));
    let next = script.answers.lock().unwrap().pop_front();
    match next.expect("a call that the test does not expect") {
        Answer::Json(body) => body.to_string().into_response(),
        Answer::Thrown => ([("x-amz-function-error", "Unhandled")], "{}").into_response(),
        Answer::Refused(code) => {
            let body = json!({"__type": code}).to_string();
            (StatusCode::BAD_REQUEST, body).into_response()
        }
        Answer::Never => std::future::pending().await,
    }
}

/// A role that Pipes may assume only for a source, so that every right is asked for; and it has them all.
fn of_iam(text: &str) -> Option<String> {
    let has = |action: &str| text.starts_with(&format!("Action={action}"));
    if has("GetRole&") {
        let trust = json!({"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"Service": "pipes.amazonaws.com"},
            "Condition": {"StringEquals": {"aws:SourceAccount": "000000000000"}}}});
        return Some(format!(
            "<R><AssumeRolePolicyDocument>{trust}</AssumeRolePolicyDocument></R>"
        ));
    }
    if has("ListRolePolicies") {
        return Some("<R/>".to_owned());
    }
    has("Simulate").then(|| "<R><EvalDecision>allowed</EvalDecision></R>".to_owned())
}
