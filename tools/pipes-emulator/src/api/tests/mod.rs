//! The API through `aws-sdk-pipes`, over a socket, with an engine that only pretends.

mod life;
mod lists;
mod refusals;
mod targets;

use std::sync::Mutex;
use std::time::Duration;

use aws_sdk_pipes::Client;
use aws_sdk_pipes::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_pipes::operation::create_pipe::builders::CreatePipeFluentBuilder;
use aws_sdk_pipes::operation::describe_pipe::DescribePipeOutput;
use aws_sdk_pipes::types::{
    DynamoDbStreamStartPosition as Start, PipeSourceDynamoDbStreamParameters as StreamParameters,
    PipeSourceParameters, PipeState, PipeTargetParameters, RequestedPipeState,
    UpdatePipeSourceDynamoDbStreamParameters, UpdatePipeSourceParameters,
};
use emulator::Clock;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::*;
use crate::pipes::Pipes;
use crate::runner::checkpoint::Checkpoints;

const ROLE: &str = "arn:aws:iam::000000000000:role/r";
const QUEUE: &str = "arn:aws:sqs:us-east-1:000000000000:q";
const STREAM: &str =
    "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2026-11-21T00:00:00.000";

/// Reports a pipe with `bad` in its description as one that could not work, and records what it
/// runs.
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
    fn request(&self, name: &str, source: &str) -> CreatePipeFluentBuilder {
        let request = self.client.create_pipe().name(name).role_arn(ROLE);
        request.source(source).target(QUEUE)
    }

    async fn describe(&self, name: &str) -> DescribePipeOutput {
        self.client.describe_pipe().name(name).send().await.unwrap()
    }

    async fn create(&self, name: &str) {
        let answer = self.request(name, QUEUE).send().await.unwrap();
        assert_eq!(answer.current_state, Some(PipeState::Creating));
        self.reaches(name, &PipeState::Running).await;
    }

    async fn reaches(&self, name: &str, state: &PipeState) {
        for _ in 0..200 {
            let answer = self.describe(name).await;
            if answer.current_state.as_ref() == Some(state) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{name} does not reach {state}");
    }

    /// Sends a raw body; returns the status, the error type and the answer.
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
