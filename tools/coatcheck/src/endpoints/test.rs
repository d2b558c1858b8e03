//! `coatcheck endpoints test`.

use std::{fmt, time::Duration};

use anyhow::{Context, Result, bail};
use domain::{Ref, format_time};
use operator::{
    endpoints::{DeployedEndpoint, find},
    events,
    stack::TEST_TYPE,
};
use provider::{Draft, ExpectedEvent, Nonces, Poster, Provider, Reply, draft};
use serde::Serialize;
use tokio::time::{Instant, sleep};

use crate::{
    host::Host,
    interrupt,
    output::{Exit, Report},
    sender::{self, Sent},
    stack::{self, Stack},
    terminal::Terminal,
    when,
};

/// A request to an API Gateway ends after 29 s.
const ANSWER_WITHIN: Duration = Duration::from_secs(35);

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck endpoints test billing
  coatcheck endpoints test billing --key 2026-11-22

The command sends what the provider would send: to the endpoint's URL, signed by its scheme with its
newest key. The event has the type coatcheck.test, which only subscriptions that name it receive
(types = [\"coatcheck.test\"]).")]
pub(crate) struct Args {
    /// The endpoint's name.
    name: String,
    /// Sign with the key of this id instead of the newest.
    #[arg(long, value_name = "ID")]
    key: Option<String>,
    /// How long to wait for the pointer after the response.
    #[arg(long, value_name = "LENGTH", default_value = "15s")]
    timeout: String,
    #[command(flatten)]
    common: stack::CommandArgs,
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
    sent: Sent<'a>,
    /// When the pointer says it was received; none if there is no pointer.
    received_at: Option<String>,
    /// Why the pointer was not waited for, or not found.
    problem: Option<&'static str>,
}

impl fmt::Display for Outcome<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "POST {} (key {})", self.url, self.key_id)?;
        write!(f, "{}", self.sent)?;
        if let Some(at) = &self.received_at {
            write!(f, "\nstored: its pointer exists, received at {at}")?;
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
    /// The name is not known in advance.
    Unknown(&'static str),
}

pub(super) fn run(args: &Args, host: &Host) -> Result<Report> {
    let patience = Duration::try_from(when::length(&args.timeout)?).context("--timeout")?;
    args.common.run(host, async |stack, terminal| {
        let interrupt = interrupt::listen();
        let work = test(args, patience, stack, terminal);
        tokio::select! {
            exit = work => exit,
            () = interrupt.wait() => Ok(Exit::Interrupted),
        }
    })
}

async fn test(args: &Args, patience: Duration, stack: &Stack, terminal: &Terminal) -> Result<Exit> {
    let found = find(stack, &args.name).await?;
    if !found.endpoint.enabled {
        terminal.note(format!(
            "{} is disabled: it refuses every delivery",
            args.name
        ));
    }
    let provider = sender::listed(stack, &found, args.key.as_deref()).await?;
    let now = (stack.now)();
    let wanted = Draft {
        kind: Some(TEST_TYPE),
        size: None,
        nonce: Nonces::new()?.of(0),
        now,
    };
    let sample = draft(&provider, wanted).with_context(|| no_test(&args.name))?;
    let headers = provider.sign(&sample.headers, &sample.body, now)?;
    let expected = provider.rehearse(&headers, &sample.body, now)?;
    let bytes = sample.body.len();
    let poster = Poster::new(&provider.url, ANSWER_WITHIN)?;
    let posted = poster.post(&headers, sample.body);
    let what = format!("{} to reply", provider.url);
    let reply = match terminal.patiently(what, posted).await {
        Ok(reply) => reply,
        Err(problem) => bail!("{}: {problem}", provider.url),
    };
    let seen = if reply.is_good() {
        Some(look(stack, &found, &reply, &expected, patience, terminal).await?)
    } else {
        None
    };
    let outcome = outcome(&provider, &args.name, &reply, seen, bytes);
    terminal.either(&outcome)?;
    Ok(if outcome.good { Exit::Good } else { Exit::Bad })
}

fn no_test(name: &str) -> String {
    format!(
        "{name} cannot be tested with this command: an event of another type than {TEST_TYPE} would look real to \
         subscriptions. Use `coatcheck send --endpoint {name}` with a body of yours"
    )
}

/// Waits for the pointer.
async fn look(
    stack: &Stack,
    found: &DeployedEndpoint,
    reply: &Reply,
    expected: &ExpectedEvent,
    patience: Duration,
    terminal: &Terminal,
) -> Result<Seen> {
    let Some(reference) = reference(found, reply, expected)? else {
        return Ok(Seen::Unknown(
            "the reply does not name the event, and this scheme does not allow predicting its name: see `coatcheck events ls`",
        ));
    };
    let progress = terminal.progress("waiting for the pointer", None);
    let started = Instant::now();
    loop {
        if let Some(image) = events::find(stack, &reference).await? {
            let at = image.get("received_at").cloned().unwrap_or_default();
            return Ok(Seen::There(at));
        }
        if started.elapsed() >= patience {
            return Ok(Seen::Missing(
                "the endpoint accepted the delivery, but its pointer does not exist: see `coatcheck doctor`, then the log of ingest",
            ));
        }
        progress.add(1);
        sleep(Duration::from_millis(250)).await;
    }
}

/// The event's name: as the reply has it, or, where the provider wants another reply, as
/// it must be.
fn reference(
    found: &DeployedEndpoint,
    reply: &Reply,
    expected: &ExpectedEvent,
) -> Result<Option<Ref>> {
    let text = &reply.body.reference;
    if !text.is_empty() {
        let reference = text
            .parse()
            .with_context(|| format!("the reply names the event {text:?}, which is not a ref"))?;
        return Ok(Some(reference));
    }
    Ok(expected.key_is_known.then(|| Ref {
        endpoint: found.endpoint.name.clone(),
        ordering_key: expected.event.ordering_key.clone(),
        event_key: expected.event.key.clone(),
    }))
}

fn outcome<'a>(
    provider: &'a Provider,
    endpoint: &'a str,
    reply: &'a Reply,
    seen: Option<Seen>,
    bytes: usize,
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
    let took_ms = u64::try_from(reply.took.as_millis()).unwrap_or(u64::MAX);
    Outcome {
        good: reply.is_good() && is_seen,
        endpoint,
        url: &provider.url,
        key_id: provider.key_id(),
        kind: TEST_TYPE,
        sent: Sent::new(reply, bytes, took_ms, 0),
        received_at,
        problem,
    }
}
