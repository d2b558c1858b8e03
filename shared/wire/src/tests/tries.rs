//! What is tried again, and what a failure that stays is.

use super::*;

const FOUND: &str = r#"{"Item":{"config":{"S":"{}"}}}"#;

/// The first and the second time; the third is answered.
#[tokio::test]
async fn what_may_pass_is_tried_again_twice() {
    for step in [
        Step::Close,
        Step::Answer(500, "{}"),
        Step::Answer(503, "no JSON"),
        Step::Answer(400, r#"{"__type":"x#ThrottlingException"}"#),
        Step::Answer(
            400,
            r#"{"__type":"x#ProvisionedThroughputExceededException:http://x"}"#,
        ),
    ] {
        let stub = Stub::new([step, step, Step::Answer(200, FOUND)]).await;
        let found = endpoints(&stub).find(&name()).await;
        assert!(found.unwrap().is_some(), "{step:?}");
        let stub = Stub::new([step, step, step, Step::Answer(200, FOUND)]).await;
        assert!(
            is_transient(endpoints(&stub).find(&name()).await),
            "{step:?}"
        );
        assert_eq!(stub.requests().len(), 3, "{step:?}");
    }
}

#[tokio::test]
async fn dynamodb_says_later_or_never() {
    for (status, body, later) in [
        (400, r#"{"__type":"x#TransactionConflictException"}"#, true),
        (400, r#"{"__type":"x#ExpiredTokenException"}"#, true),
        (429, "{}", true),
        // No answer of DynamoDB.
        (200, "<html>", true),
        (302, "", true),
        (
            400,
            r#"{"__type":"x#AccessDeniedException","Message":"m"}"#,
            false,
        ),
        (400, r#"{"__type":"x#ResourceNotFoundException"}"#, false),
        (400, r#"{"__type":"x#ValidationException"}"#, false),
        (400, r#"{"__type":"x#UnrecognizedClientException"}"#, false),
        (403, "no JSON", false),
    ] {
        let stub = Stub::new([Step::Answer(status, body)]).await;
        let outcome = endpoints(&stub).find(&name()).await;
        assert_eq!(is_transient(outcome), later, "{status} {body}");
        assert_eq!(stub.requests().len(), 1, "{status} {body}");
    }
}

#[tokio::test]
async fn s3_says_later_or_never() {
    for (status, body, later, requests) in [
        (503, "<Error><Code>SlowDown</Code></Error>", true, 3),
        (500, "<Error><Code>InternalError</Code></Error>", true, 3),
        (400, "<Error><Code>RequestTimeout</Code></Error>", true, 3),
        (400, "<?xml?><Error><Code>BadDigest</Code></Error>", true, 1),
        (400, "<Error><Code>ExpiredToken</Code></Error>", true, 1),
        (403, "<Error><Code>AccessDenied</Code></Error>", false, 1),
        (404, "<Error><Code>NoSuchBucket</Code></Error>", false, 1),
        (
            400,
            "<Error><Code>KMS.DisabledException</Code></Error>",
            false,
            1,
        ),
    ] {
        let stub = Stub::new([Step::Answer(status, body); 3]).await;
        assert_eq!(is_transient(put(&payloads(&stub)).await), later, "{body}");
        assert_eq!(stub.requests().len(), requests, "{body}");
    }
}

/// A refusal of a signature repeats the request, with the session token.
#[tokio::test]
async fn a_refused_signature_shows_nothing_of_the_request() {
    let refusal = r#"{"__type":"x#InvalidSignatureException","message":"It does not match.\n\nThe Canonical String should have been\nx-amz-security-token:CANARYTOKEN"}"#;
    let stub = Stub::new([Step::Answer(400, refusal)]).await;
    let error = endpoints(&stub).find(&name()).await.unwrap_err();
    let shown = format!("{error:?} {}", with_causes(&error));
    assert!(
        shown.contains("InvalidSignatureException: It does not match."),
        "{shown}"
    );
    assert!(!shown.contains("CANARY"), "{shown}");
}
