//! A run: providers send, trouble is made, then quiet, and a look at everything.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use e2e::{Destination, Environments, Stack};
use fastrand::Rng;
use futures_util::future::try_join_all;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{
    audit::{Verdict, judge},
    collect::Collector,
    flows::{FLOWS, ORDERED},
    ledger::{Book, Ledger},
    machine::Usage,
    outside::Outside,
    plant::{Plant, plant},
    providers::{Providers, Shares, Worker},
    report::{Load, Report},
    trouble::Trouble,
};

/// How long a provider repeats what failed after the last event was begun.
const REPEATING: Duration = Duration::from_secs(60);
/// Between two looks at a stack that settles.
const LOOK: Duration = Duration::from_secs(5);
/// While it is loaded: so long all providers send, and so long a quarter of them.
const BURST: Duration = Duration::from_secs(5);

/// What to do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// How long events are begun.
    pub time: Duration,
    /// How long the stack may take afterwards.
    pub settle: Duration,
    /// Decides all.
    pub seed: u64,
    /// How many providers send at once.
    pub providers: u64,
    /// As much as goes, and no trouble.
    pub is_load: bool,
    /// Something is spoiled before the last look, to see whether it is found.
    pub plant: Option<Plant>,
}

/// Runs it.
///
/// # Errors
/// If the stack is not one of the end-to-end suite, or a service refuses what the driver asks.
pub async fn run(stack: &Stack, destination: &Destination, plan: &Plan) -> Result<Report> {
    anyhow::ensure!(stack.outputs.local, "only a local cloud bears this");
    for name in FLOWS.iter().flat_map(crate::flows::Flow::wants) {
        stack.subscription(name)?;
    }
    let outside = Outside::of(stack);
    give_secrets(stack, &outside).await?;
    let hurried = Hurried::queue(stack, &outside).await?;
    let ledger = Ledger::default();
    let providers = providers(stack, &ledger, destination, plan).await?;
    let environments = Environments::of(stack)?;
    let before = Usage::now(environments);
    let end = Instant::now() + plan.time;
    let trouble = async {
        if plan.is_load {
            return Ok(None);
        }
        Trouble::new(stack, plan.seed)?.make(end).await.map(Some)
    };
    let (trouble, ()) = tokio::try_join!(trouble, send(&providers, plan, end))?;
    let (busy, used) = Usage::now(environments).since(&before);
    let (latency, most_in_flight) = providers.speed().await;

    let book = ledger.copy();
    eprintln!(
        "    {} events were sent; waiting until all are where they belong",
        book.sent.len()
    );
    let begun = Instant::now();
    let verdict = settle(stack, destination, &book, plan).await?;
    hurried.give_back(&outside).await?;
    Ok(Report {
        verdict,
        book,
        settled: begun.elapsed(),
        trouble,
        load: Load {
            time: plan.time,
            latency,
            most_in_flight,
            busy,
            used,
        },
    })
}

async fn providers<'a>(
    stack: &'a Stack,
    ledger: &'a Ledger,
    destination: &'a Destination,
    plan: &Plan,
) -> Result<Providers<'a>> {
    let shares = Shares {
        duplicates: 5,
        altered: if plan.is_load { 0 } else { 4 },
        forged: 5,
        never_again: if plan.is_load { 0 } else { 10 },
    };
    // Ids of two runs differ, whatever the seed.
    let run = format!("{:x}", e2e::now().as_second());
    Providers::new(stack, ledger, destination, shares, run).await
}

async fn send(providers: &Providers<'_>, plan: &Plan, end: Instant) -> Result<()> {
    let begun = Instant::now();
    let workers = (0..plan.providers).map(async |number| {
        let pause = |rng: &mut Rng| {
            if !plan.is_load {
                return Duration::from_millis(rng.u64(100..1_200));
            }
            // Three quarters of them rest between two bursts.
            let rests = begun.elapsed().as_secs() / BURST.as_secs() % 2 == 1;
            if rests && number % 4 != 0 {
                BURST
            } else {
                Duration::ZERO
            }
        };
        let mut worker = Worker::new(providers, plan.seed, number, end + REPEATING);
        worker.work(end, pause).await
    });
    try_join_all(workers).await?;
    Ok(())
}

/// Looks until nothing is missing, or the time is over; then looks at everything once more.
async fn settle(
    stack: &Stack,
    destination: &Destination,
    book: &Book,
    plan: &Plan,
) -> Result<Verdict> {
    let end = Instant::now() + plan.settle;
    let mut collector = Collector::new(stack, destination);
    let mut missing: BTreeSet<String> = book.sent.keys().cloned().collect();
    loop {
        collector.read(book, &missing).await?;
        let verdict = judge(&book.sent, &book.forged, ORDERED, &collector.found);
        missing = verdict
            .lost
            .iter()
            .map(|(event, _)| event.clone())
            .collect();
        if missing.is_empty() || Instant::now() > end {
            break;
        }
        eprintln!("    {} events are still on their way", missing.len());
        sleep(LOOK).await;
    }
    // What comes twice comes late.
    sleep(LOOK).await;
    if let Some(what) = plan.plant {
        plant(stack, &collector.found, book, what).await?;
    }
    collector.read(book, &missing).await?;
    let all = book.sent.keys().chain(book.forged.keys());
    collector.read_pointers(&all.cloned().collect()).await?;
    collector.read_objects().await?;
    let mut verdict = judge(&book.sent, &book.forged, ORDERED, &collector.found);
    verdict.forged.extend(book.believed.iter().cloned());
    Ok(verdict)
}

/// What the subscriptions of HTTP destinations sign with.
async fn give_secrets(stack: &Stack, outside: &Outside<'_>) -> Result<()> {
    let value = json!({
        "signing_keys": [{"id": "new", "secret": "whsec_ZGVzdGluYXRpb24tZGVzdGluYXRpb24tMDAwMDE="}],
        "header": "Bearer chaos",
    });
    for name in ["http-answers", "http-event", "http-ordered"] {
        let id = format!("{}/subscriptions/{name}", stack.outputs.stack.stack);
        let body = json!({
            "SecretId": id, "SecretString": value.to_string(),
            "ClientRequestToken": format!("{:032x}", fastrand::u128(..)),
        });
        let call = "secretsmanager:PutSecretValue";
        outside
            .call(call, "secretsmanager.PutSecretValue", body)
            .await
            .with_context(|| format!("the secret {id}"))?;
    }
    Ok(())
}

/// The queue of `admit`, whose messages come back soon after their first reader died: otherwise it takes six minutes.
struct Hurried {
    url: String,
    before: String,
}

impl Hurried {
    const SECONDS: u32 = 20;

    async fn queue(stack: &Stack, outside: &Outside<'_>) -> Result<Self> {
        let queue = format!("{}-admit", stack.outputs.stack.stack);
        let url = outside.queue(&queue).await?;
        let body = json!({"QueueUrl": url, "AttributeNames": ["VisibilityTimeout"]});
        let asked = outside.call(
            "sqs:GetQueueAttributes",
            "AmazonSQS.GetQueueAttributes",
            body,
        );
        let seconds = asked.await?;
        let seconds = seconds.pointer("/Attributes/VisibilityTimeout");
        let seconds = seconds.and_then(Value::as_str);
        let seconds = seconds.context("a queue without a visibility timeout")?;
        set(outside, &url, &Self::SECONDS.to_string()).await?;
        let before = seconds.to_owned();
        Ok(Self { url, before })
    }

    async fn give_back(self, outside: &Outside<'_>) -> Result<()> {
        set(outside, &self.url, &self.before).await
    }
}

async fn set(outside: &Outside<'_>, url: &str, seconds: &str) -> Result<()> {
    let body = json!({"QueueUrl": url, "Attributes": {"VisibilityTimeout": seconds}});
    let call = "sqs:SetQueueAttributes";
    outside
        .call(call, "AmazonSQS.SetQueueAttributes", body)
        .await?;
    Ok(())
}
