//! The client against a server on this machine that answers as it is told.

mod connections;
mod pointers;
mod processed;
mod queues;
mod redemption;
mod schemas;
mod secrets;
mod stub;
mod tls;
mod tries;
mod writes;

use domain::{
    Endpoint, EndpointDirectory, EndpointName, KeptHeaders, Metadata, PayloadStore, Pointer,
    Retention, StoreError, Stored, Timestamp, with_causes,
};
use runtime::Settings;

use self::stub::{Step, Stub};
use crate::{Endpoints, Environment, Payloads};

fn now() -> Timestamp {
    "2026-11-21T21:00:00Z".parse().unwrap()
}

fn environment_of(pairs: &[(&str, String)], now: fn() -> Timestamp) -> Environment {
    let mut settings = Settings::new(|name: &str| {
        let pair = pairs.iter().find(|(have, _)| *have == name);
        pair.map(|(_, value)| value.clone())
    });
    let environment = Environment::of(&mut settings, now);
    settings.done().unwrap();
    environment
}

/// All services are where the stub is.
fn environment(stub: &Stub) -> Environment {
    let pairs = [
        ("AWS_REGION", "eu-central-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "CANARYKEY".to_owned()),
        ("AWS_SESSION_TOKEN", "CANARYTOKEN".to_owned()),
        ("AWS_ENDPOINT_URL", stub.url()),
    ];
    environment_of(&pairs, now)
}

fn name() -> EndpointName {
    "stripe".to_owned().try_into().unwrap()
}

fn pointer() -> Pointer {
    let mut pointer = testkit::pointer("evt_1", "2026-11-21T20:59:57.414Z".parse().unwrap());
    pointer.event.ordering_key = Some("cus_1".into());
    pointer.size = 2;
    pointer
}

/// Whether it may pass. Its texts hold nothing of a secret.
fn is_transient<T: std::fmt::Debug>(outcome: Result<T, StoreError>) -> bool {
    let error = outcome.unwrap_err();
    let shown = format!("{error:?} {}", with_causes(&error));
    assert!(!shown.contains("CANARY"), "{shown}");
    matches!(error, StoreError::Transient { .. })
}

async fn put(payloads: &Payloads) -> Result<Stored, StoreError> {
    put_for(payloads, Retention::default()).await
}

/// With the days of its endpoint.
async fn put_for(payloads: &Payloads, retention: Retention) -> Result<Stored, StoreError> {
    let pointer = pointer();
    let metadata = Metadata::describe(&pointer, &KeptHeaders::default()).unwrap();
    let body = bytes::Bytes::from_static(b"{}");
    let (key, kind) = (
        pointer.object().unwrap(),
        "application/json;  charset=utf-8",
    );
    payloads
        .put(key, body, pointer.sha256, kind, &metadata, retention)
        .await
}

fn payloads(stub: &Stub) -> Payloads {
    Payloads::new(&environment(stub), "bucket".to_owned())
}

fn endpoints(stub: &Stub) -> Endpoints {
    Endpoints::new(&environment(stub), "endpoints".to_owned())
}

#[tokio::test]
async fn an_endpoint_is_its_config_or_nothing() {
    let config = r#"{"Item":{"config":{"S":"{\"name\":\"stripe\",\"scheme\":\"stripe\"}"}}}"#;
    let stub = Stub::new([
        Step::Answer(200, config),
        Step::Answer(200, "{}"),
        Step::Answer(200, r#"{"Item":{"name":{"S":"stripe"}}}"#),
    ])
    .await;
    let endpoints = endpoints(&stub);
    let text = endpoints.find(&name()).await.unwrap().unwrap();
    assert!(Endpoint::from_json(&text).is_ok());
    assert_eq!(endpoints.find(&name()).await.unwrap(), None);
    assert!(!is_transient(endpoints.find(&name()).await));
    let asked = &stub.requests()[0];
    assert_eq!(asked.header("x-amz-target"), "DynamoDB_20120810.GetItem");
    assert_eq!(asked.header("content-type"), "application/x-amz-json-1.0");
    assert_eq!(
        asked.json(),
        serde_json::json!({
            "TableName": "endpoints",
            "Key": {"name": {"S": "stripe"}},
            "ProjectionExpression": "config",
        })
    );
}

#[test]
fn nothing_shows_a_secret() {
    let pairs = [
        ("AWS_REGION", "eu-central-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "CANARYKEY".to_owned()),
        ("AWS_SESSION_TOKEN", "CANARYTOKEN".to_owned()),
    ];
    let environment = environment_of(&pairs, now);
    let payloads = Payloads::new(&environment, "bucket".to_owned());
    let secrets = crate::Secrets::new(&environment, "a/".to_owned());
    let shown = format!("{environment:?} {payloads:?} {secrets:?}");
    assert!(
        shown.contains("bucket.s3.eu-central-1.amazonaws.com"),
        "{shown}"
    );
    assert!(!shown.contains("CANARY"), "{shown}");
}
