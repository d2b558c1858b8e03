//! The adapters over the SDK's own client, with answers in the services' form.

use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use aws_smithy_runtime_api::{client::orchestrator::HttpResponse, http::StatusCode};
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use domain::{
    Digest, Endpoint, EndpointDirectory, EndpointName, EventKey, Inserted, KeptHeaders, KeyStore,
    Metadata, ObjectKey, PayloadStore, Pointer, PointerStore, Retention, StoreError, Stored,
    Timestamp,
};

use crate::{Endpoints, Payloads, Pointers, Secrets};

fn name() -> EndpointName {
    "stripe".to_owned().try_into().unwrap()
}

pub(crate) fn pointer() -> Pointer {
    let received_at = "2026-11-21T20:59:57.414Z".parse().unwrap();
    let mut pointer = testkit::pointer("evt_1", received_at);
    pointer.event.ordering_key = Some("cus_1".into());
    pointer.size = 2;
    pointer
}

pub(crate) fn transient<T: std::fmt::Debug>(outcome: Result<T, StoreError>) -> bool {
    match outcome.unwrap_err() {
        StoreError::Transient { .. } => true,
        StoreError::Permanent { .. } => false,
    }
}

/// An answer of S3, which speaks XML.
fn s3_answer(status: u16, code: &'static str) -> impl Fn() -> HttpResponse + Send + Sync + 'static {
    move || {
        let body = format!("<Error><Code>{code}</Code><Message>m</Message></Error>");
        HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body))
    }
}

/// An answer of DynamoDB or Secrets Manager, which speak JSON.
pub(crate) fn json_answer(
    status: u16,
    body: &'static str,
) -> impl Fn() -> HttpResponse + Send + Sync + 'static {
    move || HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body))
}

async fn put(rules: &[&Rule]) -> Result<Stored, StoreError> {
    put_for(rules, Retention::default()).await
}

async fn put_for(rules: &[&Rule], retention: Retention) -> Result<Stored, StoreError> {
    let payloads = Payloads::over(
        mock_client!(aws_sdk_s3, RuleMode::Sequential, rules),
        "bucket",
    );
    let pointer = pointer();
    let metadata = Metadata::describe(&pointer, &KeptHeaders::default()).unwrap();
    payloads
        .put(
            pointer.object().unwrap(),
            Bytes::from_static(b"{}"),
            pointer.sha256,
            "application/json",
            &metadata,
            retention,
        )
        .await
}

#[tokio::test]
async fn a_payload_is_put_once_with_its_digest_for_s3_to_check() {
    let digest = "paWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaU=";
    let rule = mock!(aws_sdk_s3::Client::put_object)
        .match_requests(move |call| {
            call.if_none_match() == Some("*")
                && call.checksum_sha256() == Some(digest)
                && call.key() == Some("payloads/a/x")
                && call.tagging().is_none()
                && call
                    .metadata()
                    .is_some_and(|metadata| metadata["event-key"] == "evt_1")
        })
        .then_output(|| aws_sdk_s3::operation::put_object::PutObjectOutput::builder().build());
    assert_eq!(put(&[&rule]).await.unwrap(), Stored::New);
}

#[tokio::test]
async fn a_payload_of_an_endpoint_with_fewer_days_has_their_tag() {
    let rule = mock!(aws_sdk_s3::Client::put_object)
        .match_requests(|call| call.tagging() == Some("retention-days=22"))
        .then_output(|| aws_sdk_s3::operation::put_object::PutObjectOutput::builder().build());
    let retention = serde_json::from_str("22").unwrap();
    assert_eq!(put_for(&[&rule], retention).await.unwrap(), Stored::New);
}

#[tokio::test]
async fn a_payload_that_is_there_already_is_stored() {
    let rule = mock!(aws_sdk_s3::Client::put_object)
        .then_http_response(s3_answer(412, "PreconditionFailed"));
    assert_eq!(put(&[&rule]).await.unwrap(), Stored::AlreadyThere);
}

#[tokio::test]
async fn two_writers_at_once_try_again() {
    let conflict = mock!(aws_sdk_s3::Client::put_object)
        .then_http_response(s3_answer(409, "ConditionalRequestConflict"));
    let there = mock!(aws_sdk_s3::Client::put_object)
        .then_http_response(s3_answer(412, "PreconditionFailed"));
    assert_eq!(
        put(&[&conflict, &there]).await.unwrap(),
        Stored::AlreadyThere
    );
    assert_eq!((conflict.num_calls(), there.num_calls()), (1, 1));
}

#[tokio::test]
async fn s3_says_later_or_never() {
    for (status, code, later) in [
        (503, "SlowDown", true),
        (500, "InternalError", true),
        (400, "BadDigest", true),
        (400, "RequestTimeout", true),
        (400, "ExpiredToken", true),
        (403, "AccessDenied", false),
        (404, "NoSuchBucket", false),
        (400, "KMS.DisabledException", false),
    ] {
        let rule = mock!(aws_sdk_s3::Client::put_object)
            .sequence()
            .http_response(s3_answer(status, code))
            .repeatedly()
            .build();
        assert_eq!(transient(put(&[&rule]).await), later, "{code}");
    }
}

async fn insert(rule: &Rule) -> Result<Inserted, StoreError> {
    let client = mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [rule]);
    Pointers::over(client, "events").insert(&pointer()).await
}

#[tokio::test]
async fn every_attribute_that_a_pipe_reads_is_always_written() {
    let rule = mock!(aws_sdk_dynamodb::Client::put_item)
        .match_requests(|call| {
            let item = call.item().unwrap();
            let text = |value: &str| AttributeValue::S(value.to_owned());
            let names = [
                "pk",
                "sk",
                "group",
                "ref",
                "id",
                "type",
                "endpoint",
                "subject",
                "occurred_at",
                "received_at",
                "content_type",
                "size",
                "sha256",
                "dataref",
                "traceparent",
                "replayid",
                "replayforce",
                "scheme",
                "key_id",
                "expires_at",
                "time_bucket",
            ];
            call.condition_expression() == Some("attribute_not_exists(pk)")
                && names.iter().all(|name| item.contains_key(*name))
                && item["pk"] == text("stripe#cus_1")
                && item["sk"] == text("evt_1")
                && item["ref"] == text("stripe/cus_1/evt_1")
                && item["subject"] == text("evt_1")
                && item["replayid"] == text("")
                && item["replayforce"] == text("false")
                && item["size"] == AttributeValue::N("2".into())
                && item["received_at"] == text("2026-11-21T20:59:57.414Z")
                && item["time_bucket"] == text("2026-11-21T20#a")
                && !item.contains_key("request_id")
        })
        .then_output(|| aws_sdk_dynamodb::operation::put_item::PutItemOutput::builder().build());
    assert_eq!(insert(&rule).await.unwrap(), Inserted::New);
}

/// An object's bytes, length and name are elsewhere: this item is all that is left of the delivery.
#[tokio::test]
async fn a_pointer_with_its_payload_has_it_and_the_headers() {
    let rule = mock!(aws_sdk_dynamodb::Client::put_item)
        .match_requests(|call| {
            let item = call.item().unwrap();
            let of = |name: &str| item[name].as_s().unwrap().clone();
            of("dataref") == "data:;base64,AP8="
                && of("signature-headers") == r#"[["x-sig","a"]]"#
                && of("time_bucket") == "2026-11-21T20#a"
                && item["expires_at"] == AttributeValue::N("1797886797".into())
        })
        .then_output(|| aws_sdk_dynamodb::operation::put_item::PutItemOutput::builder().build());
    let client = mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [&rule]);
    let mut whole = pointer();
    whole.expires_at = whole.received_at + domain::SignedDuration::from_hours(90 * 24);
    let kept = KeptHeaders {
        signature: domain::Headers::from_pairs([("x-sig", "a")]),
        ..KeptHeaders::default()
    };
    let metadata = Metadata::describe(&whole, &kept).unwrap();
    let month = domain::SignedDuration::from_hours(30 * 24);
    let inline = whole.with_inline(&[0, 0xff], &metadata, month);
    let inserted = Pointers::over(client, "events").insert(&inline).await;
    assert_eq!(inserted.unwrap(), Inserted::New);
}

#[tokio::test]
async fn a_duplicate_of_a_pointer_with_its_payload_names_no_object() {
    let old = r#"{"__type":"x#ConditionalCheckFailedException","Item":{"sk":{"S":"evt_1"},"sha256":{"S":"1111111111111111111111111111111111111111111111111111111111111111"},"dataref":{"S":"data:;base64,e30="}}}"#;
    let rule = mock!(aws_sdk_dynamodb::Client::put_item).then_http_response(json_answer(400, old));
    let Inserted::Duplicate { key, .. } = insert(&rule).await.unwrap() else {
        panic!("it is one");
    };
    assert_eq!(key, None);
}

#[tokio::test]
async fn a_pointer_of_the_direct_lane_names_its_request_and_lies_where_its_object_does() {
    let rule = mock!(aws_sdk_dynamodb::Client::put_item)
        .match_requests(|call| {
            let item = call.item().unwrap();
            let text = |value: &str| AttributeValue::S(value.to_owned());
            item["request_id"] == text("req-1") && item["time_bucket"] == text("2026-11-21T20#1")
        })
        .then_output(|| aws_sdk_dynamodb::operation::put_item::PutItemOutput::builder().build());
    let client = mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [&rule]);
    let key = "incoming/1/2026-11-21T20/stripe/req-1".to_owned();
    let direct = Pointer {
        dataref: domain::DataRef::Object {
            bucket: "payloads".to_owned(),
            key: ObjectKey::from_stored(key),
        },
        ..pointer()
    };
    let inserted = Pointers::over(client, "events").insert(&direct).await;
    assert_eq!(inserted.unwrap(), Inserted::New);
}

#[tokio::test]
async fn a_second_pointer_is_a_duplicate_and_tells_the_first_digest() {
    let old = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed","Item":{"sk":{"S":"evt_1"},"sha256":{"S":"1111111111111111111111111111111111111111111111111111111111111111"},"dataref":{"S":"s3://payloads/payloads/1"}}}"#;
    let rule = mock!(aws_sdk_dynamodb::Client::put_item).then_http_response(json_answer(400, old));
    let first = Inserted::Duplicate {
        event_key: EventKey::from_stored("evt_1".into()),
        sha256: Digest([0x11; 32]),
        key: Some(ObjectKey::from_stored("payloads/1".to_owned())),
    };
    assert_eq!(insert(&rule).await.unwrap(), first);
    let before = r#"{"__type":"x#ConditionalCheckFailedException","Item":{"sk":{"S":"evt_1"},"sha256":{"S":"1111111111111111111111111111111111111111111111111111111111111111"},"bucket":{"S":"payloads"},"key":{"S":"payloads/1"}}}"#;
    let rule =
        mock!(aws_sdk_dynamodb::Client::put_item).then_http_response(json_answer(400, before));
    assert_eq!(insert(&rule).await.unwrap(), first);
    let bare = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"m"}"#;
    let rule = mock!(aws_sdk_dynamodb::Client::put_item).then_http_response(json_answer(400, bare));
    assert!(
        !transient(insert(&rule).await),
        "an item that is no pointer is nothing to build on"
    );
}

#[tokio::test]
async fn dynamodb_says_later_or_never() {
    for (status, body, later) in [
        (
            400,
            r#"{"__type":"x#ProvisionedThroughputExceededException"}"#,
            true,
        ),
        (400, r#"{"__type":"x#ThrottlingException"}"#, true),
        (400, r#"{"__type":"x#TransactionConflictException"}"#, true),
        (500, r#"{"__type":"x#InternalServerError"}"#, true),
        (400, r#"{"__type":"x#AccessDeniedException"}"#, false),
        (400, r#"{"__type":"x#ResourceNotFoundException"}"#, false),
        (400, r#"{"__type":"x#ValidationException"}"#, false),
    ] {
        let rule = mock!(aws_sdk_dynamodb::Client::put_item)
            .sequence()
            .http_response(json_answer(status, body))
            .repeatedly()
            .build();
        assert_eq!(transient(insert(&rule).await), later, "{body}");
    }
}

#[tokio::test]
async fn an_endpoint_is_its_config_or_nothing() {
    use aws_sdk_dynamodb::operation::get_item::GetItemOutput;
    let config = r#"{"name":"stripe","scheme":"stripe"}"#;
    let found = mock!(aws_sdk_dynamodb::Client::get_item).then_output(move || {
        GetItemOutput::builder()
            .item("config", AttributeValue::S(config.into()))
            .build()
    });
    let unknown =
        mock!(aws_sdk_dynamodb::Client::get_item).then_output(|| GetItemOutput::builder().build());
    let client = mock_client!(aws_sdk_dynamodb, RuleMode::Sequential, [&found, &unknown]);
    let endpoints = Endpoints::over(client, "endpoints");
    let text = endpoints.find(&name()).await.unwrap().unwrap();
    assert!(Endpoint::from_json(&text).is_ok());
    assert_eq!(endpoints.find(&name()).await.unwrap(), None);
}

const NO_SUCH_VERSION: &str = r#"{"__type":"ResourceNotFoundException","Message":"m"}"#;

fn version(stage: &'static str, answer: impl Fn() -> HttpResponse + Send + Sync + 'static) -> Rule {
    mock!(aws_sdk_secretsmanager::Client::get_secret_value)
        .match_requests(move |call| {
            call.secret_id() == Some("coatcheck/endpoints/stripe")
                && call.version_stage() == Some(stage)
        })
        .then_http_response(answer)
}

async fn keys(current: &Rule, previous: &Rule) -> Result<Vec<String>, StoreError> {
    let client = mock_client!(
        aws_sdk_secretsmanager,
        RuleMode::MatchAny,
        [current, previous]
    );
    let ring = Secrets::over(client, "coatcheck/endpoints/")
        .keys(&name())
        .await?;
    Ok(ring
        .live(Timestamp::UNIX_EPOCH)
        .map(|key| key.secret.expose().to_owned())
        .collect())
}

#[tokio::test]
async fn keys_are_those_of_both_versions() {
    let current = version("AWSCURRENT", json_answer(200, r#"{"SecretString":"new"}"#));
    let previous = version("AWSPREVIOUS", json_answer(200, r#"{"SecretString":"old"}"#));
    assert_eq!(keys(&current, &previous).await.unwrap(), ["new", "old"]);
    let never = version("AWSPREVIOUS", json_answer(400, NO_SUCH_VERSION));
    assert_eq!(keys(&current, &never).await.unwrap(), ["new"]);
}

#[tokio::test]
async fn a_previous_version_that_cannot_be_read_now_is_not_taken_for_none() {
    let current = version("AWSCURRENT", json_answer(200, r#"{"SecretString":"new"}"#));
    let denied = version(
        "AWSPREVIOUS",
        json_answer(400, r#"{"__type":"AccessDeniedException"}"#),
    );
    assert!(!transient(keys(&current, &denied).await));
}

#[tokio::test]
async fn a_secret_without_a_value_is_ours_to_fix_and_no_error_shows_a_value() {
    let previous = version("AWSPREVIOUS", json_answer(400, NO_SUCH_VERSION));
    for (status, body) in [
        (400, NO_SUCH_VERSION),
        (200, "{}"),
        (200, r#"{"SecretString":"{hunter2"}"#),
    ] {
        let current = version("AWSCURRENT", json_answer(status, body));
        let error = keys(&current, &previous).await.unwrap_err();
        assert!(!format!("{error:?} {error}").contains("hunter2"));
        assert!(matches!(error, StoreError::Permanent { .. }), "{body}");
    }
}
