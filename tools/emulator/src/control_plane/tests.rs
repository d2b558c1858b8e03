use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use super::*;

/// Answers one request, and returns it.
async fn one(
    status: &'static str,
    body: &'static str,
) -> (ControlPlane, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(format!("http://{}", listener.local_addr().unwrap()))
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::for_tests()))
        .build();
    let request = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !String::from_utf8_lossy(&request).contains("\r\n\r\n")
            || (request.starts_with(b"POST")
                && !request.ends_with(b"%2Fa")
                && !request.ends_with(b"}"))
        {
            stream.read_buf(&mut request).await.unwrap();
        }
        let answer = format!(
            "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(answer.as_bytes()).await.unwrap();
        String::from_utf8(request).unwrap()
    });
    (ControlPlane::new(&config, Clock::system()), request)
}

#[tokio::test]
async fn a_query_is_a_signed_form_and_its_refusal_is_told_by_code_and_message() {
    let (cloud, request) = one("200 OK", "<R xmlns='x'><Arn>a</Arn><Arn>b</Arn></R>").await;
    let xml = cloud
        .query("iam:GetRole", "2010-05-08", &[("RoleName", "x/a")])
        .await;
    assert_eq!(texts(&xml.unwrap(), "Arn"), ["a", "b"]);
    let request = request.await.unwrap().to_lowercase();
    assert!(request.contains("/us-east-1/iam/aws4_request"), "{request}");
    assert!(request.ends_with("action=getrole&version=2010%2d05%2d08&rolename=x%2fa"));

    let denied = "<E><Error><Code>AccessDenied</Code><Message>no</Message></Error></E>";
    let (cloud, _request) = one("403 Forbidden", denied).await;
    let failure = cloud.query("iam:GetRole", "v", &[("RoleName", "/a")]).await;
    assert_eq!(
        failure.unwrap_err().to_string(),
        "iam:GetRole: AccessDenied: no"
    );
}

#[tokio::test]
async fn what_does_not_exist_is_no_failure_and_a_refusal_is_one() {
    const CALL: &str = "apigateway:GetStage";
    let (cloud, request) = one("200 OK", r#"{"a":1}"#).await;
    let json = cloud.get(CALL, "/restapis/a?limit=500").await.unwrap();
    assert_eq!(json, Some(serde_json::json!({ "a": 1 })));
    let request = request.await.unwrap();
    assert!(
        request.starts_with("GET /restapis/a?limit=500 HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(request.contains("/us-east-1/apigateway/aws4_request"));

    let (cloud, _request) = one("404 Not Found", "{}").await;
    assert_eq!(cloud.get(CALL, "/").await.unwrap(), None);
    let (cloud, _request) = one("403 Forbidden", r#"{"message":"no"}"#).await;
    assert_eq!(
        cloud.get(CALL, "/").await.unwrap_err().to_string(),
        format!("{CALL}: no")
    );
    let (cloud, _request) = one("500 Internal Server Error", "oops").await;
    let failure = cloud.get(CALL, "/").await.unwrap_err().to_string();
    assert_eq!(failure, format!("{CALL}: 500 Internal Server Error"));
}

#[tokio::test]
async fn json_goes_to_one_address_with_an_action_or_to_a_path() {
    let body = serde_json::json!({"Records": []});
    let (cloud, request) = one("200 OK", r#"{"FailedRecordCount":0}"#).await;
    let action = Address::Action("Kinesis_20131202.PutRecords");
    let answer = cloud.json("kinesis:PutRecords", action, &body).await;
    assert_eq!(answer.unwrap(), serde_json::json!({"FailedRecordCount": 0}));
    let request = request.await.unwrap();
    assert!(request.starts_with("POST / HTTP/1.1\r\n"), "{request}");
    for part in [
        "/us-east-1/kinesis/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target,",
        "content-type: application/x-amz-json-1.1\r\n",
        "x-amz-target: Kinesis_20131202.PutRecords\r\n",
        r#"{"Records":[]}"#,
    ] {
        assert!(request.contains(part), "{part} in {request}");
    }

    let (cloud, request) = one(
        "400 Bad Request",
        r#"{"__type":"ClientException","Message":"no"}"#,
    )
    .await;
    let path = Address::Path("/v1/submitjob");
    let failure = cloud
        .json("batch:SubmitJob", path, &body)
        .await
        .unwrap_err();
    assert_eq!(failure.to_string(), "batch:SubmitJob: ClientException: no");
    let request = request.await.unwrap();
    assert!(
        request.starts_with("POST /v1/submitjob HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(
        request.contains("content-type: application/json\r\n"),
        "{request}"
    );

    let (cloud, _request) = one("200 OK", "<html/>").await;
    let failure = cloud
        .json("batch:SubmitJob", path, &body)
        .await
        .unwrap_err();
    assert_eq!(failure.to_string(), "batch:SubmitJob: 200 OK");
}
