//! `coatcheck sweep`: what the scheduled function does, by hand and as far back as is wanted.

use std::sync::Mutex;

use ::sweep::{Finding, Options, Span, Stores, SweepError, Tally};
use anyhow::{Result, ensure};
use domain::{SignedDuration, format_time};
use serde_json::{Value, json};

use crate::{
    console::Console,
    host::Host,
    output::{EXIT_CODES, Exit, Report},
    stack::{self, Stack},
    when,
};

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  coatcheck sweep --since 6h --dry-run
  coatcheck sweep --since 2026-11-20 --until 2026-11-21

Looks through the payloads for those that have no pointer, which a crash between the two leaves behind, and gives
them theirs: their events are routed then. To sweep twice does nothing twice. The scheduled function does
the same for the last hours; by hand it is for a time when that one did not run.

{EXIT_CODES}"))]
pub(crate) struct Args {
    /// From then on: 6h, 7d ago, a day, or a moment.
    #[arg(long, value_name = "TIME")]
    since: String,
    /// Up to then; without it up to now.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Says what it would do.
    #[arg(long)]
    dry_run: bool,
    /// Leaves payloads alone that are younger: their delivery may be going on, or its
    /// provider try again.
    #[arg(long, value_name = "LENGTH", default_value = "15m")]
    older_than: String,
    /// Answers with JSON: one finding a line, and the sum.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    stack: stack::Args,
}

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    stack::run(&args.stack, args.json, host, async |stack, console| {
        work(args, stack, console).await
    })
}

async fn work(args: &Args, stack: &Stack, console: &Console) -> Result<Exit> {
    let now = (stack.now)();
    let since = when::moment(&args.since, now)?;
    let until = match &args.until {
        Some(text) => when::moment(text, now)?,
        None => now,
    };
    ensure!(since < until, "--since is not before --until");
    let made_of = &stack.made_of;
    let options = Options {
        dry_run: args.dry_run,
        older_than: when::length(&args.older_than)?,
        pointer_ttl: SignedDuration::from_hours(24 * i64::from(made_of.days.pointers)),
        stop_at: None,
    };
    let stores = Stores::of(
        &stack.sdk,
        made_of.bucket.clone(),
        made_of.tables.events.clone(),
        made_of.admit.queue_url.clone(),
    );
    let progress = console.progress("shards of hours", None);
    let findings = Mutex::new(Vec::new());
    let outcome = ::sweep::sweep(
        &stores,
        Span { since, until },
        &options,
        &stack.now,
        &|so_far| progress.set(u64::try_from(so_far.done).unwrap_or(u64::MAX)),
        // Told at the end: a reader that is gone must not stop the sweep.
        &|finding| {
            if let Ok(mut findings) = findings.lock() {
                findings.push((line(finding), value(finding)));
            }
        },
    )
    .await;
    drop(progress);
    for (line, value) in findings.into_inner().unwrap_or_default() {
        if console.json() {
            console.line(&value)?;
        } else {
            console.say(line)?;
        }
    }
    let tally = match &outcome {
        Ok(tally) => tally,
        Err(error) => &error.tally,
    };
    tell(console, tally, args.dry_run)?;
    match outcome {
        Ok(tally) if tally.unreadable + tally.dangling > 0 => Ok(Exit::Bad),
        Ok(_) => Ok(Exit::Good),
        Err(error) => Err(failed(error)),
    }
}

fn failed(error: SweepError) -> anyhow::Error {
    let whole = error.to_string();
    match error.source {
        Some(cause) => anyhow::Error::from(operator::Problem::from(*cause)).context(whole),
        None => anyhow::anyhow!(whole),
    }
}

fn tell(console: &Console, tally: &Tally, dry: bool) -> Result<()> {
    if console.json() {
        return console.line(&json!({
            "payloads": tally.payloads,
            "rescued": tally.rescued,
            "announced": tally.announced,
            "superseded": tally.superseded,
            "dangling": tally.dangling,
            "unreadable": tally.unreadable,
            "young": tally.young,
            "expired": tally.expired,
            "dry_run": dry,
        }));
    }
    let rescued = if dry { "to be rescued" } else { "rescued" };
    console.say(format_args!(
        "{} payloads: {} {rescued}, {} announced once more, {} superseded, {} dangling, {} unreadable, {} too young to judge, {} past their time",
        tally.payloads, tally.rescued, tally.announced, tally.superseded, tally.dangling, tally.unreadable, tally.young, tally.expired
    ))
}

fn line(finding: &Finding<'_>) -> String {
    match finding {
        Finding::Rescued(pointer) => format!(
            "rescued     {}  received {}",
            pointer.reference(),
            format_time(pointer.received_at)
        ),
        Finding::Announced { key } => format!("announced   {key}"),
        Finding::Dangling { reference, key } => {
            format!("dangling    {reference}: its payload {key} is gone")
        }
        Finding::Superseded(pointer) => {
            format!("superseded  {}  {}", pointer.reference(), pointer.key)
        }
        Finding::Expired(pointer) => {
            format!("expired     {}  {}", pointer.reference(), pointer.key)
        }
        Finding::Unreadable { key, problem } => format!("unreadable  {key}: {problem}"),
        Finding::Failed { bucket, error, .. } => format!("failed      {bucket}: {error}"),
    }
}

fn value(finding: &Finding<'_>) -> Value {
    let of = |word, pointer: &domain::Pointer| {
        json!({
            "finding": word,
            "ref": pointer.reference().to_string(),
            "key": pointer.key.as_str(),
        })
    };
    match finding {
        Finding::Rescued(pointer) => of("rescued", pointer),
        Finding::Superseded(pointer) => of("superseded", pointer),
        Finding::Expired(pointer) => of("expired", pointer),
        Finding::Dangling { reference, key } => {
            json!({ "finding": "dangling", "ref": reference.to_string(), "key": key.as_str() })
        }
        Finding::Announced { key } => json!({ "finding": "announced", "key": key.as_str() }),
        Finding::Unreadable { key, problem } => {
            json!({ "finding": "unreadable", "key": key.as_str(), "message": problem.to_string() })
        }
        Finding::Failed { bucket, error, .. } => {
            json!({ "finding": "failed", "bucket": bucket.to_string(), "message": error.to_string() })
        }
    }
}
