//! Kills of functions, as Lambda may end an environment at any moment. Only the local cloud
//! has processes that can be killed.

use std::{
    fs,
    path::PathBuf,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use aws_sdk_sqs::{Client, types::QueueAttributeName};
use e2e::{Environments, Stack};
use tokio::task::JoinHandle;

/// Between two kills: a new environment takes a while to start and to begin its work.
const PAUSE: Duration = Duration::from_millis(250);

/// Environments of some functions, killed one after the other until it ends.
pub(crate) struct Kills {
    is_over: Arc<AtomicBool>,
    killing: JoinHandle<usize>,
    functions: Vec<String>,
    log: PathBuf,
    hits_before: usize,
}

impl Kills {
    /// None where nothing can be killed: on AWS.
    pub(crate) fn begin(stack: &Stack, functions: &[&str]) -> Option<Self> {
        if !stack.outputs.local {
            return None;
        }
        let environments = Environments::of(stack).unwrap();
        let functions: Vec<String> = functions
            .iter()
            .map(|name| stack.outputs.functions[*name].name.clone())
            .collect();
        let log = stack.dir.join("logs/ministack.log");
        let is_over = Arc::new(AtomicBool::new(false));
        let killing = tokio::spawn({
            let (is_over, functions) = (Arc::clone(&is_over), functions.clone());
            async move {
                let mut killed = 0;
                while !is_over.load(Ordering::Relaxed) {
                    killed += usize::from(kill_one(environments, &functions));
                    tokio::time::sleep(PAUSE).await;
                }
                killed
            }
        });
        Some(Self {
            hits_before: hits(&log, &functions),
            is_over,
            killing,
            functions,
            log,
        })
    }

    /// How many environments were killed so far while they served an invocation.
    pub(crate) fn hits(&self) -> usize {
        hits(&self.log, &self.functions) - self.hits_before
    }

    /// How many environments were killed, and how many of them while they served an
    /// invocation.
    pub(crate) async fn end(self) -> (usize, usize) {
        self.is_over.store(true, Ordering::Relaxed);
        let hits = self.hits();
        (self.killing.await.unwrap(), hits)
    }
}

/// The local cloud reports each invocation whose process died.
fn hits(log: &PathBuf, functions: &[String]) -> usize {
    let log = fs::read(log).unwrap();
    let is_hit = |line: &str| {
        let died = "Runtime exited before returning a response";
        let of = |name: &String| line.contains(&format!("Lambda {name}: {died}"));
        functions.iter().any(of)
    };
    let log = String::from_utf8_lossy(&log);
    log.lines().filter(|line| is_hit(line)).count()
}

/// Kills one of the processes that this cloud has started for these functions, if there are
/// any.
fn kill_one(environments: Environments, functions: &[String]) -> bool {
    let mut running = environments.running();
    running.retain(|(_, name)| functions.contains(name));
    let Some((pid, _)) = fastrand::choice(&running) else {
        return false;
    };
    let mut kill = Command::new("kill");
    kill.args(["-KILL", &pid.to_string()]);
    kill.status().is_ok_and(|status| status.success())
}

/// A queue of the local cloud that delivers a message again soon after its first
/// receiver died.
pub(crate) struct Hurried {
    sqs: Client,
    url: String,
    before: String,
}

impl Hurried {
    const ATTRIBUTE: QueueAttributeName = QueueAttributeName::VisibilityTimeout;

    /// By its name without the stack's.
    pub(crate) async fn queue(stack: &Stack, name: &str) -> Self {
        let sqs = Client::new(&stack.sdk);
        let name = format!("{}-{name}", stack.outputs.stack.stack);
        let queue = sqs.get_queue_url().queue_name(name).send().await.unwrap();
        let url = queue.queue_url.unwrap();
        let look = sqs.get_queue_attributes().queue_url(&url);
        let seen = look.attribute_names(Self::ATTRIBUTE).send().await.unwrap();
        let before = seen.attributes.unwrap()[&Self::ATTRIBUTE].clone();
        let hurried = Self { sqs, url, before };
        hurried.set("10").await;
        hurried
    }

    pub(crate) async fn give_back(self) {
        self.set(&self.before).await;
    }

    async fn set(&self, seconds: &str) {
        self.sqs
            .set_queue_attributes()
            .queue_url(&self.url)
            .attributes(Self::ATTRIBUTE, seconds)
            .send()
            .await
            .unwrap();
    }
}
