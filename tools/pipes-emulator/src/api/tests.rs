//! The API through `aws-sdk-pipes`, over a socket, with an engine that only pretends.

use std::sync::Mutex;
use std::time::Duration;

use aws_sdk_pipes::Client;
use aws_sdk_pipes::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_pipes::types::{
    DynamoDbStreamStartPosition as Start, PipeSourceDynamoDbStreamParameters as StreamParameters,
    PipeSourceParameters, PipeState, PipeTargetParameters, RequestedPipeState,
    UpdatePipeSourceDynamoDbStreamParameters, UpdatePipeSourceParameters,
};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::*;
use crate::clock::Clock;
use crate::pipes::Pipes;
use crate::runner::checkpoint::Checkpoints;

const ROLE: &str = "arn:aws:iam::000000000000:role/r";
const QUEUE: &str = "arn:aws:sqs:us-east-1:000000000000:q";
const STREAM: &str =
    "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2026-11-21T00:00:00.000";

/// Says of a pipe with `bad` in its description that it could not work, and writes down what it runs.
#[derive(Default)]
struct Pretend {
    runs: Arc<Mutex<Vec<String>>>,
}

impl Engine for Pretend {
    async fn check(&self, definition: &Definition) -> Result<(), String> {
        match definition.description.as_deref() {
            Some("bad") => Err("the role may not".to_owned()),
            _ => Ok(()),
        }
    }

    async fn run(
        &self,
        definition: Definition,
        checkpoints: Checkpoints,
        mut stop: watch::Receiver<bool>,
    ) {
        let seen = checkpoints
            .get("shard")
            .and_then(|checkpoint| checkpoint.after)
            .unwrap_or_default();
        checkpoints.advance("shard", &format!("{seen}+"));
        let _gone = stop.wait_for(|stop| *stop).await;
        self.runs
            .lock()
            .unwrap()
            .push(format!("{} after {seen:?}", definition.name));
    }
}

struct Server {
    client: Client,
    url: String,
    runs: Arc<Mutex<Vec<String>>>,
}

async fn server() -> Server {
    let engine = Pretend::default();
    let runs = Arc::clone(&engine.runs);
    let pipes = Pipes::new(engine, Clock::system());
    let place = Place {
        region: "us-east-1".to_owned(),
        account: "000000000000".to_owned(),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router(Api { pipes, place })).await });
    let config = aws_sdk_pipes::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(&url)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .build();
    Server {
        client: Client::from_conf(config),
        url,
        runs,
    }
}

impl Server {
    async fn create(&self, name: &str) {
        let request = self
            .client
            .create_pipe()
            .name(name)
            .role_arn(ROLE)
            .source(QUEUE)
            .target(QUEUE);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.current_state, Some(PipeState::Creating));
        self.reaches(name, &PipeState::Running).await;
    }

    async fn reaches(&self, name: &str, state: &PipeState) {
        for _ in 0..200 {
            let answer = self.client.describe_pipe().name(name).send().await.unwrap();
            if answer.current_state.as_ref() == Some(state) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{name} does not reach {state}");
    }

    /// Sends a raw body; gives the status, the error type and the answer.
    async fn raw(&self, path: &str, body: &Value) -> (String, Value) {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let address = self.url.strip_prefix("http://").unwrap();
        let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
        let body = body.to_string();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), serde_json::from_str(body).unwrap())
    }
}

fn stream_parameters() -> StreamParameters {
    StreamParameters::builder()
        .starting_position(Start::TrimHorizon)
        .batch_size(10)
        .maximum_retry_attempts(3)
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_pipe_lives_from_create_to_delete() {
    let server = server().await;
    let client = &server.client;
    server.create("p").await;
    let again = client
        .create_pipe()
        .name("p")
        .role_arn(ROLE)
        .source(QUEUE)
        .target(QUEUE)
        .send()
        .await;
    let again = again.unwrap_err().into_service_error();
    assert!(again.is_conflict_exception(), "{again:?}");

    let answer = client.stop_pipe().name("p").send().await.unwrap();
    assert_eq!(answer.current_state, Some(PipeState::Stopping));
    assert_eq!(answer.desired_state, Some(RequestedPipeState::Stopped));
    server.reaches("p", &PipeState::Stopped).await;
    assert!(
        client
            .stop_pipe()
            .name("p")
            .send()
            .await
            .unwrap_err()
            .into_service_error()
            .is_conflict_exception()
    );

    client.start_pipe().name("p").send().await.unwrap();
    server.reaches("p", &PipeState::Running).await;

    client.delete_pipe().name("p").send().await.unwrap();
    for _ in 0..200 {
        match client.describe_pipe().name("p").send().await {
            Ok(answer) => assert_eq!(answer.current_state, Some(PipeState::Deleting)),
            Err(error) => {
                assert!(error.into_service_error().is_not_found_exception());
                break;
            }
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(client.list_pipes().send().await.unwrap().pipes().is_empty());
    assert_eq!(
        *server.runs.lock().unwrap(),
        ["p after \"\"", "p after \"+\""],
        "the checkpoint is kept"
    );
}

#[tokio::test]
async fn a_pipe_that_cannot_work_says_why() {
    let server = server().await;
    let client = &server.client;
    let request = client
        .create_pipe()
        .name("p")
        .role_arn(ROLE)
        .source(QUEUE)
        .target(QUEUE)
        .description("bad");
    request.send().await.unwrap();
    server.reaches("p", &PipeState::CreateFailed).await;
    let answer = client.describe_pipe().name("p").send().await.unwrap();
    assert_eq!(answer.state_reason(), Some("the role may not"));

    server.create("q").await;
    client
        .update_pipe()
        .name("q")
        .role_arn(ROLE)
        .description("bad")
        .send()
        .await
        .unwrap();
    server.reaches("q", &PipeState::UpdateFailed).await;
    let answer = client.describe_pipe().name("q").send().await.unwrap();
    assert_eq!(answer.description(), None, "the old declaration goes on");
    assert!(server.runs.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_was_declared_is_described() {
    let server = server().await;
    let source = PipeSourceParameters::builder()
        .dynamo_db_stream_parameters(stream_parameters())
        .build();
    let target = PipeTargetParameters::builder()
        .input_template(r#"{"id":<$.eventID>}"#)
        .build();
    let request = server
        .client
        .create_pipe()
        .name("p")
        .role_arn(ROLE)
        .source(STREAM)
        .target(QUEUE);
    let request = request
        .source_parameters(source.clone())
        .target_parameters(target.clone())
        .tags("a", "b");
    request
        .desired_state(RequestedPipeState::Stopped)
        .send()
        .await
        .unwrap();
    server.reaches("p", &PipeState::Stopped).await;
    let answer = server
        .client
        .describe_pipe()
        .name("p")
        .send()
        .await
        .unwrap();
    let parameters = answer
        .source_parameters()
        .unwrap()
        .dynamo_db_stream_parameters()
        .unwrap();
    assert_eq!(parameters.maximum_retry_attempts(), Some(3));
    assert_eq!(
        parameters.maximum_record_age_in_seconds(),
        Some(-1),
        "the default is told"
    );
    assert_eq!(answer.target_parameters(), Some(&target));
    assert_eq!(
        answer
            .log_configuration()
            .unwrap()
            .level()
            .unwrap()
            .as_str(),
        "OFF"
    );
    assert_eq!(
        answer.arn(),
        Some("arn:aws:pipes:us-east-1:000000000000:pipe/p")
    );
    assert!(answer.creation_time().unwrap().secs() > 1_700_000_000);

    let update = UpdatePipeSourceDynamoDbStreamParameters::builder()
        .batch_size(5)
        .maximum_retry_attempts(1)
        .build();
    let update = UpdatePipeSourceParameters::builder()
        .dynamo_db_stream_parameters(update)
        .build();
    let request = server
        .client
        .update_pipe()
        .name("p")
        .role_arn(ROLE)
        .source_parameters(update);
    request
        .desired_state(RequestedPipeState::Running)
        .send()
        .await
        .unwrap();
    server.reaches("p", &PipeState::Running).await;
    let answer = server
        .client
        .describe_pipe()
        .name("p")
        .send()
        .await
        .unwrap();
    let parameters = answer
        .source_parameters()
        .unwrap()
        .dynamo_db_stream_parameters()
        .unwrap();
    assert_eq!(
        (parameters.batch_size(), parameters.starting_position()),
        (Some(5), &Start::TrimHorizon)
    );
    assert_eq!(
        answer.target_parameters(),
        Some(&target),
        "what was not named stays"
    );
}

#[tokio::test]
async fn refusals_name_the_field() {
    let server = server().await;
    let parameters = StreamParameters::builder()
        .starting_position(Start::Latest)
        .batch_size(11)
        .build()
        .unwrap();
    let source = PipeSourceParameters::builder()
        .dynamo_db_stream_parameters(parameters)
        .build();
    let request = server
        .client
        .create_pipe()
        .name("p")
        .role_arn(ROLE)
        .source(STREAM)
        .target(QUEUE);
    let error = request
        .source_parameters(source)
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    let aws_sdk_pipes::operation::create_pipe::CreatePipeError::ValidationException(error) = error
    else {
        panic!("{error:?}")
    };
    let fields: Vec<&str> = error
        .field_list()
        .iter()
        .map(aws_sdk_pipes::types::ValidationExceptionField::name)
        .collect();
    assert_eq!(
        fields,
        ["SourceParameters.DynamoDBStreamParameters.BatchSize"]
    );
    assert!(error.message().unwrap().contains("above the 10"));
    let error = server
        .client
        .describe_pipe()
        .name("gone")
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(error.is_not_found_exception());
}

#[tokio::test]
async fn unknown_fields_are_refused_by_name_and_path() {
    let server = server().await;
    let good = json!({"RoleArn": ROLE, "Source": STREAM, "Target": QUEUE,
        "SourceParameters": {"DynamoDBStreamParameters": {"StartingPosition": "LATEST", "BatchSize": 1}}});
    for (pointer, field, path) in [
        ("", "Speed", "Speed"),
        ("/SourceParameters", "Kind", "SourceParameters.Kind"),
        (
            "/SourceParameters/DynamoDBStreamParameters",
            "Foo",
            "SourceParameters.DynamoDBStreamParameters.Foo",
        ),
        (
            "/SourceParameters",
            "KinesisStreamParameters",
            "SourceParameters.KinesisStreamParameters",
        ),
    ] {
        let mut body = good.clone();
        body.pointer_mut(pointer).unwrap()[field] = json!({});
        let (head, answer) = server.raw("/v1/pipes/p", &body).await;
        assert!(
            head.starts_with("HTTP/1.1 400")
                && head.contains("x-amzn-errortype: ValidationException"),
            "{head}"
        );
        assert_eq!(answer["fieldList"][0]["name"], path, "{answer}");
        assert!(
            answer["message"].as_str().unwrap().contains(field),
            "{answer}"
        );
    }
    let (_, answer) = server
        .raw("/v1/pipes/p", &json!({"RoleArn": ROLE, "Source": QUEUE}))
        .await;
    assert_eq!(answer["fieldList"][0]["name"], "Target");
    let mut body = good.clone();
    body["SourceParameters"]["DynamoDBStreamParameters"]["BatchSize"] = json!("1");
    let (_, answer) = server.raw("/v1/pipes/p", &body).await;
    assert_eq!(
        answer["fieldList"][0]["name"],
        "SourceParameters.DynamoDBStreamParameters.BatchSize"
    );
    let mut body = good;
    body["SourceParameters"]["DynamoDBStreamParameters"]
        .as_object_mut()
        .unwrap()
        .remove("StartingPosition");
    let (_, answer) = server.raw("/v1/pipes/p", &body).await;
    assert_eq!(
        answer["fieldList"][0]["name"],
        "SourceParameters.DynamoDBStreamParameters.StartingPosition"
    );
    let (head, _) = server.raw("/v2/pipes", &json!({})).await;
    assert!(
        head.contains("x-amzn-errortype: UnknownOperationException"),
        "{head}"
    );
}

#[tokio::test]
async fn lists_come_in_pages() {
    let server = server().await;
    for name in ["a-1", "a-2", "a-3", "b-1"] {
        server.create(name).await;
    }
    let page = server
        .client
        .list_pipes()
        .name_prefix("a-")
        .limit(2)
        .send()
        .await
        .unwrap();
    let names: Vec<&str> = page.pipes().iter().filter_map(|pipe| pipe.name()).collect();
    assert_eq!(names, ["a-1", "a-2"]);
    let rest = server
        .client
        .list_pipes()
        .name_prefix("a-")
        .limit(2)
        .set_next_token(page.next_token);
    let rest = rest.send().await.unwrap();
    assert_eq!(rest.pipes().len(), 1);
    assert_eq!(rest.next_token(), None);
    let stopped = server
        .client
        .list_pipes()
        .current_state(PipeState::Stopped)
        .send()
        .await
        .unwrap();
    assert_eq!(stopped.pipes().len(), 0);
    let error = server
        .client
        .list_pipes()
        .limit(0)
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(error.is_validation_exception());
}

#[tokio::test]
async fn tags_are_kept() {
    let server = server().await;
    server.create("p").await;
    let arn = "arn:aws:pipes:us-east-1:000000000000:pipe/p";
    server
        .client
        .tag_resource()
        .resource_arn(arn)
        .tags("a", "1")
        .tags("b", "2")
        .send()
        .await
        .unwrap();
    server
        .client
        .untag_resource()
        .resource_arn(arn)
        .tag_keys("a")
        .tag_keys("c")
        .send()
        .await
        .unwrap();
    let answer = server
        .client
        .list_tags_for_resource()
        .resource_arn(arn)
        .send()
        .await
        .unwrap();
    let tags = answer.tags().unwrap();
    assert_eq!(
        (tags.len(), tags.get("b").map(String::as_str)),
        (1, Some("2"))
    );
    let other = server
        .client
        .list_tags_for_resource()
        .resource_arn(format!("{arn}x"))
        .send()
        .await;
    assert!(
        other
            .unwrap_err()
            .into_service_error()
            .is_not_found_exception()
    );
}
