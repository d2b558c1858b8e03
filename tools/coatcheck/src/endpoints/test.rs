//! `coatcheck endpoints test`.

use std::{fmt, time::Duration};

use anyhow::{Context, Result, bail};
use domain::{Ref, format_time};
use operator::{
    endpoints::{Found, find},
    events,
    stack::TEST_TYPE,
};
use serde::Serialize;
use tokio::time::{Instant, sleep};

use crate::{
    console::Console,
    host::Host,
    interrupt,
    output::{EXIT_CODES, Exit, Report},
    provider::{self, Answer, Draft, Nonces, One, Poster, Provider, Taken, draft},
    stack::{self, Stack},
    when,
};

/// A request to an API Gateway ends after 29 s.
const ANSWER_WITHIN: Duration = Duration::from_secs(35);

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  coatcheck endpoints test billing
  coatcheck endpoints test billing --key 2026-11-22

The delivery takes the provider's way: its URL, its scheme, its newest key. Its event has the type
coatcheck.test, which only subscriptions get that name it (types = [\"coatcheck.test\"]).

{EXIT_CODES}"))]
pub(super) struct Args {
    /// The endpoint's name.
    name: String,
    /// The key to sign with instead of the newest, by its id.
    #[arg(long, value_name = "ID")]
    key: Option<String>,
    /// How long to wait for the pointer after the answer.
    #[arg(long, value_name = "LENGTH", default_value = "15s")]
    timeout: String,
    #[command(flatten)]
    stack: stack::Args,
    /// Answers with one JSON object.
    #[arg(long)]
    json: bool,
}

/// What became of the test.
#[derive(Serialize)]
struct Outcome<'a> {
    good: bool,
    endpoint: &'a str,
    url: &'a str,
    key_id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    answer: One<'a>,
    /// When the pointer says it was received; none if there is no pointer.
    received_at: Option<String>,
    /// Why the pointer was not waited for, or not found.
    problem: Option<&'static str>,
}

impl fmt::Display for Outcome<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "POST {} (key {})", self.url, self.key_id)?;
        write!(f, "{}", self.answer)?;
        if let Some(at) = &self.received_at {
            write!(f, "\nstored: its pointer is there, received at {at}")?;
        }
        if let Some(problem) = self.problem {
            write!(f, "\n{problem}")?;
        }
        Ok(())
    }
}

/// What was seen of the pointer.
enum Seen {
    /// When the event was received.
    There(String),
    Missing(&'static str),
    /// Nobody can know where to look.
    Unknown(&'static str),
}

pub(super) fn run(args: &Args, host: &Host) -> Result<Report> {
    let patience = Duration::try_from(when::length(&args.timeout)?).context("--timeout")?;
    stack::run(&args.stack, args.json, host, async |stack, console| {
        let interrupt = interrupt::listen();
        let work = test(args, patience, stack, console);
        tokio::select! {
            exit = work => exit,
            () = interrupt.wait() => Ok(Exit::Interrupted),
        }
    })
}

async fn test(args: &Args, patience: Duration, stack: &Stack, console: &Console) -> Result<Exit> {
    let found = find(stack, &args.name).await?;
    if !found.endpoint.enabled {
        console.note(format!("{} is disabled: it refuses everything", args.name));
    }
    let provider = provider::listed(stack, &found, args.key.as_deref()).await?;
    let now = (stack.now)();
    let wanted = Draft {
        kind: Some(TEST_TYPE),
        size: None,
        nonce: Nonces::new()?.of(0),
        now,
    };
    let sample = draft(&provider, wanted).with_context(|| no_test(&args.name))?;
    let headers = provider.sign(&sample.headers, &sample.body, now)?;
    let taken = provider.rehearse(&headers, &sample.body, now)?;
    let bytes = sample.body.len();
    let poster = Poster::new(&provider.url, ANSWER_WITHIN)?;
    let started = Instant::now();
    let posted = poster.post(&headers, sample.body);
    let what = format!("the answer of {}", provider.url);
    let answer = match console.patiently(what, posted).await {
        Ok(answer) => answer,
        Err(problem) => bail!("{}: {problem}", provider.url),
    };
    let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let seen = if answer.is_good() {
        Some(look(stack, &found, &answer, &taken, patience, console).await?)
    } else {
        None
    };
    let outcome = outcome(&provider, &args.name, &answer, seen, bytes, took_ms);
    console.either(&outcome)?;
    Ok(if outcome.good { Exit::Good } else { Exit::Bad })
}

fn no_test(name: &str) -> String {
    format!(
        "{name} cannot be tested so: an event of another type than {TEST_TYPE} would be a real one to subscriptions. \
         `coatcheck send --endpoint {name}` sends what you give it"
    )
}

/// Waits for the pointer.
async fn look(
    stack: &Stack,
    found: &Found,
    answer: &Answer,
    taken: &Taken,
    patience: Duration,
    console: &Console,
) -> Result<Seen> {
    let Some(reference) = reference(found, answer, taken)? else {
        return Ok(Seen::Unknown(
            "the answer names no event, and this scheme's events have no name before: see `coatcheck events ls`",
        ));
    };
    let progress = console.progress("waiting for the pointer", None);
    let started = Instant::now();
    loop {
        if let Some(image) = events::find(stack, &reference).await? {
            let at = image.get("received_at").cloned().unwrap_or_default();
            return Ok(Seen::There(at));
        }
        if started.elapsed() >= patience {
            return Ok(Seen::Missing(
                "it was answered as taken, and there is no pointer: `coatcheck doctor`, then the log of ingest",
            ));
        }
        progress.add(1);
        sleep(Duration::from_millis(250)).await;
    }
}

/// The event's name: as the answer has it, or, where the provider wants another answer, as
/// it must be.
fn reference(found: &Found, answer: &Answer, taken: &Taken) -> Result<Option<Ref>> {
    if let Some(text) = &answer.reference {
        let reference = text
            .parse()
            .with_context(|| format!("the answer names the event {text:?}, which is no ref"))?;
        return Ok(Some(reference));
    }
    Ok(taken.key_is_known.then(|| Ref {
        endpoint: found.endpoint.name.clone(),
        ordering_key: taken.event.ordering_key.clone(),
        event_key: taken.event.key.clone(),
    }))
}

fn outcome<'a>(
    provider: &'a Provider,
    endpoint: &'a str,
    answer: &'a Answer,
    seen: Option<Seen>,
    bytes: usize,
    took_ms: u64,
) -> Outcome<'a> {
    let (received_at, problem, is_seen) = match seen {
        Some(Seen::There(at)) => {
            let at = at.parse().map_or(at, format_time);
            (Some(at), None, true)
        }
        Some(Seen::Missing(problem)) => (None, Some(problem), false),
        Some(Seen::Unknown(problem)) => (None, Some(problem), true),
        None => (None, None, false),
    };
    Outcome {
        good: answer.is_good() && is_seen,
        endpoint,
        url: &provider.url,
        key_id: provider.key_id(),
        kind: TEST_TYPE,
        answer: One::new(answer, bytes, took_ms, 0),
        received_at,
        problem,
    }
}
