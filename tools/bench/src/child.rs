//! A function as a child process.

use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use bytes::Bytes;
use runtime::Settings;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};

use crate::delivery::Object;
use crate::program::Program;
use crate::seen::{Expected, Seen};
use crate::server::Server;
use crate::tls::Identity;
use crate::{cpu, environment};

/// The time limit for each step of a function. Under callgrind it takes some fifty times as long
/// as usual.
const PATIENCE: Duration = Duration::from_secs(180);

/// What of its output is shown if it fails.
const SHOWN_BYTES: usize = 4_000;

/// Wall time and processor time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spent {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
}

/// A running function that waits for an event.
pub(crate) struct Function {
    server: Server,
    process: Child,
    output: Output,
    pub(crate) pid: u32,
    /// From its start to its first request for an event.
    pub(crate) init: Spent,
}

impl Function {
    /// Starts a program with the environment that Lambda and Terraform give it. With an identity,
    /// it reaches everything but the Runtime API over TLS. `under` is a command that runs it.
    pub(crate) async fn start(
        program: &Program,
        identity: Option<&Identity>,
        under: &[String],
    ) -> anyhow::Result<Self> {
        let server = Server::start(identity).await?;
        let words: Vec<_> = under.iter().chain(&program.command).collect();
        let (first, rest) = words.split_first().context("no command")?;
        let mut settings = Settings::of_process();
        let path = settings.text("PATH");
        settings.done()?;
        let started = Instant::now();
        let mut process = Command::new(first)
            .args(rest)
            .env_clear()
            .env("PATH", path)
            .envs(environment::of(server.runtime_api, &server.aws, identity))
            .envs(
                program
                    .environment
                    .iter()
                    .map(|(name, value)| (name, value)),
            )
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{first} cannot be started: build it first"))?;
        let output = Output::default();
        output.read(process.stdout.take().context("no output")?);
        output.read(process.stderr.take().context("no output")?);
        let pid = process.id().context("it ended at once")?;
        let mut function = Self {
            server,
            process,
            output,
            pid,
            init: Spent::default(),
        };
        // What it does before it asks is its own affair.
        loop {
            match function.seen().await? {
                Seen::Next => break,
                Seen::Error(error) => bail!("it cannot start: {error}{}", function.output.shown()),
                _ => {}
            }
        }
        function.init = Spent {
            wall: started.elapsed(),
            cpu: cpu::of_process(pid)?,
        };
        Ok(function)
    }

    async fn seen(&mut self) -> anyhow::Result<Seen> {
        tokio::select! {
            seen = self.server.seen() => seen,
            ended = self.process.wait() => {
                bail!("the function ended: {}{}", ended?, self.output.shown())
            }
            () = tokio::time::sleep(PATIENCE) => {
                bail!("the function does nothing{}", self.output.shown())
            }
        }
    }

    /// Sends it one event, and waits until it asks for the next. Fails if it does not do what is
    /// expected. Returns the time to its response.
    pub(crate) async fn invoke(
        &mut self,
        event: Bytes,
        expected: &Expected,
    ) -> anyhow::Result<Duration> {
        let started = Instant::now();
        self.server.send(event)?;
        let (mut all, mut took) = (Vec::new(), Duration::ZERO);
        loop {
            match self.seen().await? {
                Seen::Next => break,
                Seen::Error(error) => {
                    bail!("the function failed: {error}{}", self.output.shown())
                }
                seen => {
                    if matches!(seen, Seen::Response(_)) {
                        took = started.elapsed();
                    }
                    all.push(seen);
                }
            }
        }
        let met = expected.met_by(&all);
        met.with_context(|| format!("the function did wrong{}", self.output.shown()))?;
        Ok(took)
    }

    /// How often it asked AWS so far.
    pub(crate) fn requests(&self) -> usize {
        self.server.requests()
    }

    /// Bytes that it has written to its log so far.
    pub(crate) fn logged(&self) -> u64 {
        self.output.bytes.load(Ordering::Relaxed)
    }

    /// Stores an object where it finds it.
    pub(crate) async fn hold(&self, object: Object) {
        self.server.hold(object).await;
    }

    /// Ends it.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        Ok(self.process.kill().await?)
    }

    /// Asks it to end, so that what runs it can write down what it counted, and waits.
    pub(crate) async fn end(mut self) -> anyhow::Result<()> {
        let pid = self.pid.to_string();
        let asked = Command::new("kill").args(["-TERM", &pid]).status().await?;
        anyhow::ensure!(asked.success(), "process {pid} takes no signal");
        tokio::time::timeout(PATIENCE, self.process.wait()).await??;
        Ok(())
    }
}

/// What a function writes.
#[derive(Clone, Default)]
struct Output {
    bytes: Arc<AtomicU64>,
    last: Arc<Mutex<Vec<u8>>>,
}

impl Output {
    /// Reads all of it, so that the function never waits for a reader.
    fn read(&self, mut from: impl AsyncRead + Unpin + Send + 'static) {
        let output = self.clone();
        // It ends with the function.
        tokio::spawn(async move {
            let mut buffer = vec![0; 64 * 1024];
            while let Ok(read @ 1..) = from.read(&mut buffer).await {
                output.bytes.fetch_add(read as u64, Ordering::Relaxed);
                let mut last = output.last.lock().unwrap_or_else(PoisonError::into_inner);
                last.extend(buffer.get(..read).unwrap_or_default());
                let surplus = last.len().saturating_sub(SHOWN_BYTES);
                last.drain(..surplus);
            }
        });
    }

    fn shown(&self) -> String {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match last.as_slice() {
            [] => String::new(),
            last => format!("; it wrote:\n{}", String::from_utf8_lossy(last)),
        }
    }
}
