//! A function as a child process.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use bytes::Bytes;
use serde_json::json;
use tokio::process::{Child, Command};

use crate::delivery::Object;
use crate::server::{DESTINATION, Seen, Server};
use crate::tls::Identity;

/// The time limit for each step of a function.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running function that waits for an event.
pub(crate) struct Function {
    server: Server,
    process: Child,
    pub(crate) pid: u32,
    /// From its start to its first request for an event.
    pub(crate) init: Duration,
}

impl Function {
    /// Starts a bootstrap with the environment that Lambda and Terraform give it.
    pub(crate) async fn start(program: &Path) -> anyhow::Result<Self> {
        Self::start_with(program, None).await
    }

    /// The same. With an identity, it reaches everything but the Runtime API over TLS.
    pub(crate) async fn start_with(
        program: &Path,
        identity: Option<&Identity>,
    ) -> anyhow::Result<Self> {
        let server = Server::start(identity).await?;
        let destination = json!({
            "kind": "http",
            "url": format!("{}{DESTINATION}", server.aws),
            "method": "POST",
            "auth": {"type": "none"},
            "sign": "standard-webhooks",
            "body": "payload",
            "success": ["2xx"],
            "timeout_s": 30,
            "allow_private": true,
        });
        let breaker = json!({"failures_in_a_row": 5, "failure_rate": 0.5, "pause_s": 30, "longest_pause_s": 900});
        let started = Instant::now();
        let mut command = Command::new(program);
        command.env_clear();
        if let Some(identity) = identity {
            command.env("SSL_CERT_FILE", identity.file());
        }
        let process = command
            .env("AWS_LAMBDA_RUNTIME_API", server.runtime_api.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "bench")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "bench")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "bench")
            .env("AWS_REGION", "eu-central-1")
            .env("AWS_ACCESS_KEY_ID", "bench")
            .env("AWS_SECRET_ACCESS_KEY", "bench")
            .env("AWS_SESSION_TOKEN", "bench")
            .env("AWS_ENDPOINT_URL", &server.aws)
            .env("LOG_LEVEL", "info")
            .env("PAYLOADS_BUCKET", "bench-payloads")
            .env("EVENTS_TABLE", "bench-events")
            .env("ENDPOINTS_TABLE", "bench-endpoints")
            .env("KEYS_PREFIX", "bench/endpoints/")
            .env("STACK", "bench")
            .env("POINTER_TTL_DAYS", "90")
            .env("PAYLOAD_RETENTION_DAYS", "30")
            .env("ADMIT_QUEUE_URL", "https://bench/admit")
            .env("ADMIT_DLQ_URL", "https://bench/admit-dlq")
            .env("BREAKER", breaker.to_string())
            .env("DELIVERIES_TABLE", "bench-deliveries")
            .env("DESTINATION", destination.to_string())
            .env("DLQ_URL", "https://bench/deliver-dlq")
            .env("PROCESSED_TABLE", "bench-processed")
            .env("PROCESSED_TTL_DAYS", "90")
            .env("QUEUE_URL", "https://bench/deliver")
            .env("RETRY_FOR_S", "259200")
            .env("SECRET_ID", "bench/subscriptions/deliver")
            .env("SUBSCRIPTION", "deliver")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} cannot be started: build it first", program.display()))?;
        let pid = process.id().context("it ended at once")?;
        let mut function = Self {
            server,
            process,
            pid,
            init: Duration::ZERO,
        };
        match function.seen().await? {
            Seen::Next => function.init = started.elapsed(),
            other => bail!("it began with {other:?}"),
        }
        Ok(function)
    }

    async fn seen(&mut self) -> anyhow::Result<Seen> {
        tokio::select! {
            seen = self.server.seen() => seen,
            ended = self.process.wait() => bail!("the function ended: {}", ended?),
            () = tokio::time::sleep(PATIENCE) => bail!("the function does nothing"),
        }
    }

    /// Sends it one event, and waits until it asks for the next. Returns the time to its
    /// response. The payload must arrive in S3 unchanged, the pointer after it, and the response
    /// must say so.
    pub(crate) async fn invoke(&mut self, event: Bytes, sha256: &str) -> anyhow::Result<Duration> {
        let started = Instant::now();
        self.server.send(event)?;
        let mut steps = 0;
        let mut took = Duration::ZERO;
        loop {
            match (steps, self.seen().await?) {
                (0, Seen::Payload(stored)) if stored == sha256 => {}
                (1, Seen::Pointer) => {}
                (2, Seen::Response(response)) => {
                    took = started.elapsed();
                    let response: serde_json::Value = serde_json::from_slice(&response)?;
                    let status = response
                        .get("statusCode")
                        .and_then(serde_json::Value::as_u64);
                    anyhow::ensure!(status == Some(200), "the function refused: {response}");
                }
                (3, Seen::Next) => return Ok(took),
                (_, Seen::Error(error)) => bail!("the function failed: {error}"),
                (_, Seen::Response(response)) => {
                    bail!(
                        "an answer before all was stored: {}",
                        String::from_utf8_lossy(&response)
                    )
                }
                (_, other) => bail!("out of turn: {other:?}"),
            }
            steps += 1;
        }
    }

    /// How often it asked AWS so far.
    pub(crate) fn requests(&self) -> usize {
        self.server.requests()
    }

    /// Stores an object where it finds it.
    pub(crate) async fn hold(&self, object: Object) {
        self.server.hold(object).await;
    }

    /// Sends it one message about that object, and waits until it asks for the next. It must
    /// write this many items and not fail. Returns the time to its response.
    pub(crate) async fn judge(&mut self, event: Bytes, items: usize) -> anyhow::Result<Duration> {
        let started = Instant::now();
        self.server.send(event)?;
        let (mut written, mut took) = (0, None);
        loop {
            match self.seen().await? {
                Seen::Pointer if took.is_none() => written += 1,
                Seen::Response(response) if response.ends_with(br#"{"batchItemFailures":[]}"#) => {
                    took = Some(started.elapsed());
                }
                Seen::Next => {
                    anyhow::ensure!(written == items, "it wrote {written} items");
                    return took.context("it gave no answer");
                }
                other => bail!("unexpected: {other:?}"),
            }
        }
    }

    /// Sends it the messages of so many events, and waits until it asks for the next. The payload
    /// must arrive at the destination once for each and unchanged, before the response says so.
    pub(crate) async fn forward(
        &mut self,
        messages: Bytes,
        events: usize,
        sha256: &str,
    ) -> anyhow::Result<()> {
        self.server.send(messages)?;
        let mut steps = 0;
        loop {
            match self.seen().await? {
                Seen::Payload(posted) if steps < events && posted == sha256 => {}
                Seen::Response(response)
                    if steps == events && response.ends_with(br#"{"batchItemFailures":[]}"#) => {}
                Seen::Next if steps == events + 1 => return Ok(()),
                other => bail!("out of turn: {other:?}"),
            }
            steps += 1;
        }
    }

    /// Ends it.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        Ok(self.process.kill().await?)
    }
}
