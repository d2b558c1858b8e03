//! Payloads that are fetched.

use std::error::Error as _;

use domain::ObjectKey;

use super::*;
use crate::{ObjectBody, Redemption};

fn key() -> ObjectKey {
    ObjectKey::from_stored("payloads/a/b=c d".to_owned())
}

async fn open(stub: &Stub) -> Result<Option<ObjectBody>, StoreError> {
    Redemption::new(&environment(stub))
        .open("bucket", &key())
        .await
}

async fn all(body: &mut ObjectBody) -> Result<Vec<u8>, StoreError> {
    let mut all = Vec::new();
    while let Some(bytes) = body.next().await? {
        all.extend_from_slice(&bytes);
    }
    Ok(all)
}

#[tokio::test]
async fn gives_the_bytes_of_the_object_named_and_keeps_the_connection() {
    let stub = Stub::new([Step::Answer(200, "bytes"), Step::Answer(200, "")]).await;
    let redemption = Redemption::new(&environment(&stub));
    let mut object = redemption.open("bucket", &key()).await.unwrap().unwrap();
    assert_eq!(object.size(), Some(5));
    assert_eq!(all(&mut object).await.unwrap(), b"bytes");
    assert!(object.next().await.unwrap().is_none());
    let mut empty = redemption.open("bucket", &key()).await.unwrap().unwrap();
    assert_eq!(empty.size(), Some(0));
    assert!(empty.next().await.unwrap().is_none());
    let seen = stub.requests();
    assert_eq!(seen[0].line, "GET /bucket/payloads/a/b%3Dc%20d HTTP/1.1");
    assert_eq!(seen[0].header("x-amz-security-token"), "CANARYTOKEN");
    assert_eq!((stub.connections(), seen.len()), (1, 2));
}

/// More than an answer of any other service may have.
#[tokio::test]
async fn a_long_object_comes_in_pieces() {
    let long: &'static str = Box::leak("0123456789".repeat(300_000).into_boxed_str());
    let stub = Stub::new([Step::Answer(200, long)]).await;
    let mut object = open(&stub).await.unwrap().unwrap();
    let first = object.next().await.unwrap().unwrap();
    assert!(first.len() < long.len());
    let rest = all(&mut object).await.unwrap();
    assert!([&first[..], &rest].concat() == long.as_bytes());
}

#[tokio::test]
async fn a_missing_object_is_no_failure() {
    let stub = Stub::new([Step::Answer(404, "<Error><Code>NoSuchKey</Code></Error>")]).await;
    assert!(open(&stub).await.unwrap().is_none());
}

#[tokio::test]
async fn access_denied_tells_both_causes() {
    let stub = Stub::new([Step::Answer(
        403,
        "<Error><Code>AccessDenied</Code></Error>",
    )])
    .await;
    let error = open(&stub).await.unwrap_err();
    let why = error.source().unwrap().to_string();
    for word in ["s3:GetObject", "s3:ListBucket"] {
        assert!(why.contains(word), "{why}");
    }
    assert!(!is_transient(Err::<(), _>(error)));
}

#[tokio::test]
async fn other_refusals_are_sorted_as_everywhere() {
    for (status, body, later, requests) in [
        (503, "<Error><Code>SlowDown</Code></Error>", true, 3),
        (500, "", true, 3),
        (404, "<Error><Code>NoSuchBucket</Code></Error>", false, 1),
        (
            400,
            "<Error><Code>KMS.DisabledException</Code></Error>",
            false,
            1,
        ),
    ] {
        let stub = Stub::new([Step::Answer(status, body); 3]).await;
        assert_eq!(is_transient(open(&stub).await), later, "{body}");
        assert_eq!(stub.requests().len(), requests, "{body}");
    }
}

#[tokio::test]
async fn what_may_pass_is_tried_again_before_the_first_byte() {
    let busy = Step::Answer(503, "<Error><Code>SlowDown</Code></Error>");
    let stub = Stub::new([busy, Step::Close, Step::Answer(200, "bytes")]).await;
    let mut object = open(&stub).await.unwrap().unwrap();
    assert_eq!(all(&mut object).await.unwrap(), b"bytes");
}

/// Its end was announced, and did not come: these bytes are no payload, now or when asked again.
#[tokio::test]
async fn a_body_that_is_cut_off_has_no_end() {
    let stub = Stub::new([Step::Cut("byte"), Step::Answer(200, "bytes")]).await;
    let redemption = Redemption::new(&environment(&stub));
    let mut object = redemption.open("bucket", &key()).await.unwrap().unwrap();
    assert_eq!(object.size(), Some(5));
    assert_eq!(object.next().await.unwrap().unwrap(), "byte");
    assert!(is_transient(object.next().await));
    assert!(is_transient(object.next().await));
    // It is not used again.
    let mut object = redemption.open("bucket", &key()).await.unwrap().unwrap();
    assert_eq!(all(&mut object).await.unwrap(), b"bytes");
    assert_eq!(stub.connections(), 2);
}

#[tokio::test]
async fn a_body_that_stalls_is_given_up() {
    let stub = Stub::new([Step::Stall("byte")]).await;
    let mut object = open(&stub).await.unwrap().unwrap();
    assert_eq!(object.next().await.unwrap().unwrap(), "byte");
    tokio::time::pause();
    let began = tokio::time::Instant::now();
    assert!(is_transient(object.next().await));
    assert_eq!(began.elapsed().as_secs(), 20);
}

/// Buckets have hosts of their own, and their connections.
#[tokio::test]
async fn each_claim_is_read_from_its_own_bucket() {
    let stub = Stub::new([Step::Answer(200, "1"), Step::Answer(200, "2")]).await;
    let redemption = Redemption::new(&environment(&stub));
    for bucket in ["one", "other"] {
        let mut object = redemption.open(bucket, &key()).await.unwrap().unwrap();
        all(&mut object).await.unwrap();
    }
    let lines: Vec<_> = stub.requests().into_iter().map(|seen| seen.line).collect();
    assert!(lines[0].starts_with("GET /one/") && lines[1].starts_with("GET /other/"));
}
