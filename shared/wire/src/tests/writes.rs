//! What S3 is asked, and what it says.

use super::*;

#[tokio::test]
async fn a_payload_is_put_once_with_its_digest_for_s3_to_check() {
    let stub = Stub::new([Step::Answer(200, "")]).await;
    assert_eq!(put(&payloads(&stub)).await.unwrap(), Stored::New);
    let seen = &stub.requests()[0];
    assert_eq!(seen.line, "PUT /bucket/payloads/a/x HTTP/1.1");
    assert_eq!(seen.body, b"{}");
    for (name, value) in [
        ("content-length", "2"),
        ("content-type", "application/json;  charset=utf-8"),
        ("if-none-match", "*"),
        (
            "x-amz-checksum-sha256",
            "paWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaU=",
        ),
        ("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
        ("x-amz-date", "20261121T210000Z"),
        ("x-amz-meta-event-key", "evt_1"),
        ("x-amz-meta-endpoint", "stripe"),
        ("x-amz-security-token", "CANARYTOKEN"),
        // A tag costs money, and a right.
        ("x-amz-tagging", ""),
        // Nothing of X-Ray: decision 0058.
        ("x-amzn-trace-id", ""),
    ] {
        assert_eq!(seen.header(name), value, "{name}");
    }
}

/// What AWS's own library signs for the request that arrived.
#[tokio::test]
async fn the_signature_is_that_of_the_sdk() {
    use aws_sigv4::{
        http_request::{
            PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
            UriPathNormalizationMode, sign,
        },
        sign::v4,
    };
    let config = r#"{"Item":{"config":{"S":"{}"}}}"#;
    let steps = ["", config, "bytes"].map(|text| Step::Answer(200, text));
    let stub = Stub::new(steps).await;
    let retention = serde_json::from_str("22").unwrap();
    put_for(&payloads(&stub), retention).await.unwrap();
    endpoints(&stub).find(&name()).await.unwrap();
    let key = domain::ObjectKey::from_stored("payloads/a/b=c d".to_owned());
    let redemption = crate::Redemption::new(&environment(&stub));
    redemption.open("bucket", &key).await.unwrap().unwrap();
    let identity = aws_credential_types::Credentials::new(
        "AKIDEXAMPLE",
        "CANARYKEY",
        Some("CANARYTOKEN".to_owned()),
        None,
        "test",
    )
    .into();
    let seen = stub.requests();
    assert_eq!(seen[0].header("x-amz-tagging"), "retention-days=22");
    let json = SignableBody::Bytes(&seen[1].body);
    let nothing = SignableBody::Bytes(b"");
    let bodies = [SignableBody::UnsignedPayload, json, nothing];
    for ((seen, body), service) in seen.iter().zip(bodies).zip(["s3", "dynamodb", "s3"]) {
        let mut settings = SigningSettings::default();
        if service == "s3" {
            settings.percent_encoding_mode = PercentEncodingMode::Single;
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        }
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region("eu-central-1")
            .name(service)
            .time(now().into())
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let mut parts = seen.line.split(' ');
        let method = parts.next().unwrap();
        let url = format!("{}{}", stub.url(), parts.next().unwrap());
        let own = ["authorization", "x-amz-date", "x-amz-security-token"];
        let headers = seen.headers.iter().map(|(n, v)| (n.as_str(), v.as_str()));
        let headers = headers.filter(|(name, _)| !own.contains(name));
        // hyper adds it where we did not, after the signature.
        let headers = headers.filter(|(name, _)| service == "s3" || *name != "content-length");
        let request = SignableRequest::new(method, url, headers, body).unwrap();
        let (signed, _) = sign(request, &params).unwrap().into_parts();
        let mut signed = signed.headers();
        let (_, expected) = signed.find(|(name, _)| *name == "authorization").unwrap();
        assert_eq!(seen.header("authorization"), expected, "{service}");
    }
}

#[tokio::test]
async fn a_payload_that_is_there_already_is_stored() {
    let stub = Stub::new([Step::Answer(
        412,
        "<Error><Code>PreconditionFailed</Code></Error>",
    )]);
    let stub = stub.await;
    assert_eq!(put(&payloads(&stub)).await.unwrap(), Stored::AlreadyThere);
}

const CONFLICT: Step = Step::Answer(
    409,
    "<Error><Code>ConditionalRequestConflict</Code></Error>",
);

#[tokio::test]
async fn two_writers_at_once_try_again() {
    let stub = Stub::new([CONFLICT, CONFLICT, Step::Answer(412, "")]).await;
    assert_eq!(put(&payloads(&stub)).await.unwrap(), Stored::AlreadyThere);
    let stub = Stub::new([CONFLICT; 9]).await;
    assert!(is_transient(put(&payloads(&stub)).await));
    assert_eq!(stub.requests().len(), 5);
}

/// The answer to the first request is lost: the second finds its own object.
#[tokio::test]
async fn a_write_whose_answer_was_lost_is_stored() {
    let stub = Stub::new([Step::Close, Step::Answer(412, "")]).await;
    assert_eq!(put(&payloads(&stub)).await.unwrap(), Stored::AlreadyThere);
}
