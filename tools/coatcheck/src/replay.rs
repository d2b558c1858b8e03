//! `coatcheck replay`: routes events again, from their pointers.

use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use domain::Ref;
use operator::replay::{self, Job, Jobs, Journal, Outcome, Tally, Wish};

use crate::{
    console::Console,
    host::Host,
    interrupt,
    output::{EXIT_CODES, Exit, Report},
    selection::Selection,
    stack::{self, Stack},
};

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  coatcheck replay billing/evt_1 --subscription invoices
  coatcheck replay --endpoint billing --type 'invoice.*' --since 2026-11-20 --until 2026-11-21 --dry-run
  coatcheck replay --since 6h --subscription invoices --force --yes
  coatcheck replay --resume r-20261122T101500-3fa9

A replayed event goes the way of a new one and says so (`replayid`). A processor that is done with it passes it
over, unless --force. It works from the events table, so for as long as that keeps them. To all
subscriptions and to an ordered one the events pass the stream; to a buffered one they go into its queue.
Ctrl-C stops it between two events; the command to go on with is printed.

{EXIT_CODES}"))]
pub(crate) struct Args {
    /// One event; or a selection by --endpoint, --type, --since and --until.
    #[arg(value_name = "REF")]
    reference: Option<Ref>,
    #[command(flatten)]
    selection: Selection,
    /// To this subscription alone, if it takes the event; without it to all.
    #[arg(long, value_name = "NAME")]
    subscription: Option<String>,
    /// Processors take it again though they are done with it.
    #[arg(long)]
    force: bool,
    /// Says how many events it would be.
    #[arg(long)]
    dry_run: bool,
    /// Does not ask above 100 events.
    #[arg(short, long)]
    yes: bool,
    /// At most so many events a second.
    #[arg(long, default_value_t = 100, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    rate: u32,
    /// Goes on with a replay that was stopped.
    #[arg(long, value_name = "ID", conflicts_with_all = ["reference", "endpoint", "kinds", "since", "until", "subscription", "force", "dry_run", "yes"])]
    resume: Option<String>,
    /// Answers with one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    stack: stack::Args,
}

/// More than these are asked about.
const MANY: u64 = 100;

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    ensure!(
        args.reference.is_none() || !args.selection.is_given(),
        "give one ref or a selection, not both"
    );
    ensure!(
        args.reference.is_some() || args.selection.is_given() || args.resume.is_some(),
        "which events? Give a ref, or at least one of --endpoint, --type, --since and --until; or --resume"
    );
    let jobs = jobs(host)?;
    let wish = Wish {
        subscription: args.subscription.as_deref(),
        force: args.force,
        rate: args.rate,
    };
    stack::run(&args.stack, args.json, host, async |stack, console| match (
        &args.reference,
        &args.resume,
    ) {
        (Some(reference), _) => {
            // Nothing of it needs to be remembered.
            tell(
                console,
                &replay::one(stack, reference, wish, args.dry_run).await?,
            )?;
            Ok(Exit::Good)
        }
        (None, Some(id)) => go_on(id, &jobs, stack, console).await,
        (None, None) => selected(args, wish, &jobs, stack, console).await,
    })
}

/// `COATCHECK_STATE_DIR`, or where the system keeps such things.
fn jobs(host: &Host) -> Result<Jobs> {
    let dir = |name: &str| {
        (host.env)(name)
            .filter(|text| !text.is_empty())
            .map(PathBuf::from)
    };
    let base = dir("COATCHECK_STATE_DIR")
        .or_else(|| dir("XDG_STATE_HOME").map(|base| base.join("coatcheck")))
        .or_else(|| dir("HOME").map(|home| home.join(".local/state/coatcheck")))
        .context("nowhere to keep how far the replay is: set COATCHECK_STATE_DIR or HOME")?;
    Ok(Jobs::new(base.join("replays")))
}

async fn selected(
    args: &Args,
    wish: Wish<'_>,
    jobs: &Jobs,
    stack: &Stack,
    console: &Console,
) -> Result<Exit> {
    let query = args.selection.query(stack)?;
    let progress = console.progress("counting", None);
    let job = replay::count(stack, query, wish, &progress).await?;
    drop(progress);
    if args.dry_run || job.total == 0 {
        tell(console, &Outcome::of(&job, true))?;
        return Ok(Exit::Good);
    }
    let whom = whom(wish.subscription);
    let question = format!("{} events, to {whom}. Replay them?", job.total);
    if job.total > MANY && !args.yes && !console.confirm(&question, "say --yes")? {
        bail!("nothing was replayed");
    }
    let journal = jobs.begin(&job.id)?;
    journal.keep(&job)?;
    finish(job, journal, stack, console).await
}

async fn go_on(id: &str, jobs: &Jobs, stack: &Stack, console: &Console) -> Result<Exit> {
    let (job, journal) = jobs.resume(id)?;
    job.check(stack)?;
    console.note(format!(
        "going on with {id}: {} of {} are done",
        job.tally.done(),
        job.total
    ));
    finish(job, journal, stack, console).await
}

/// Works until it is done or stopped.
async fn finish(mut job: Job, journal: Journal, stack: &Stack, console: &Console) -> Result<Exit> {
    let progress = console.progress("replaying", Some(job.total));
    let stop = interrupt::listen();
    let worked = replay::work(&mut job, &journal, stack, &progress, &stop).await;
    drop(progress);
    if !matches!(worked, Ok(true)) {
        console.note(format!(
            "{} of {} are done; go on with: coatcheck replay --resume {}",
            job.tally.done(),
            job.total,
            job.id
        ));
    }
    if !worked? {
        return Ok(Exit::Interrupted);
    }
    journal.end();
    tell(console, &Outcome::of(&job, false))?;
    Ok(Exit::Good)
}

fn tell(console: &Console, outcome: &Outcome) -> Result<()> {
    if console.json() {
        return console.line(outcome);
    }
    let Outcome {
        id, events, tally, ..
    } = outcome;
    let whom = whom(outcome.subscription.as_deref());
    let Some(id) = id else {
        return console.say(format_args!("{events} events would go to {whom}"));
    };
    let Tally {
        sent,
        gone,
        without_payload,
    } = tally;
    console.say(format_args!("{sent} events sent to {whom}, as {id}"))?;
    if gone + without_payload > 0 {
        console.note(format!(
            "left out: {gone} whose pointer has expired, {without_payload} whose payload has"
        ));
    }
    Ok(())
}

fn whom(subscription: Option<&str>) -> String {
    match subscription {
        Some(name) => format!("the subscription {name}"),
        None => "all subscriptions that take them".to_owned(),
    }
}
