//! `coatcheck replay`: routes events again, from their pointers.

use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use domain::Ref;
use operator::{
    plural,
    replay::{self, Journal, ReplayJob, ReplayJobs, ReplayOptions, ReplayOutcome, ReplayTally},
};

use crate::{
    host::Host,
    interrupt,
    output::{Exit, Report},
    selection::Selection,
    stack::{self, Stack},
    terminal::Terminal,
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck replay billing/evt_1 --subscription invoices
  coatcheck replay --endpoint billing --type 'invoice.*' --since 2026-11-20 --until 2026-11-21 --dry-run
  coatcheck replay --since 6h --subscription invoices --force --yes
  coatcheck replay --resume r-20261122T101500-3fa9

A replayed event takes the route of a new one, and its `replayid` says that it is a replay. A processor
that has completed the event skips it, unless you use --force. The command reads the events table, so you
can replay events as long as the table keeps them. To all subscriptions, or to an ordered one, events go
through the stream; to a buffered subscription they go into its queue.

Ctrl-C stops the replay between two events, and prints the command that resumes it.")]
pub(crate) struct Args {
    /// The event to replay. Or select events by --endpoint, --type, --since and --until.
    #[arg(value_name = "REF")]
    reference: Option<Ref>,
    #[command(flatten)]
    selection: Selection,
    /// Send the events to this subscription only. The default is all that take them.
    #[arg(long, value_name = "NAME")]
    subscription: Option<String>,
    /// Let processors handle events again that they have completed.
    #[arg(long)]
    force: bool,
    /// Only print how many events would be sent.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask for confirmation above 100 events.
    #[arg(short, long)]
    yes: bool,
    /// Send at most this many events per second.
    #[arg(long, default_value_t = 100, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    rate: u32,
    /// Resume a replay that was stopped.
    #[arg(long, value_name = "ID", conflicts_with_all = ["reference", "endpoint", "kinds", "since", "until", "subscription", "force", "dry_run", "yes"])]
    resume: Option<String>,
    #[command(flatten)]
    common: stack::CommandArgs,
}

/// Above this number the command asks.
const MANY: u64 = 100;

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    ensure!(
        args.reference.is_none() || !args.selection.is_given(),
        "give one ref or a selection, not both"
    );
    ensure!(
        args.reference.is_some() || args.selection.is_given() || args.resume.is_some(),
        "which events? Give a ref, or one or more of --endpoint, --type, --since and --until, or --resume"
    );
    let jobs = jobs(host)?;
    let options = ReplayOptions {
        subscription: args.subscription.as_deref(),
        force: args.force,
        rate: args.rate,
    };
    args.common.run(host, async |stack, terminal| {
        match (&args.reference, &args.resume) {
            (Some(reference), _) => {
                // One event needs no journal.
                tell(
                    terminal,
                    &replay::one(stack, reference, options, args.dry_run).await?,
                )?;
                Ok(Exit::Good)
            }
            (None, Some(id)) => go_on(id, &jobs, stack, terminal).await,
            (None, None) => selected(args, options, &jobs, stack, terminal).await,
        }
    })
}

/// The folder of jobs: `COATCHECK_STATE_DIR`, or the system's folder for state.
fn jobs(host: &Host) -> Result<ReplayJobs> {
    let dir = |name: &str| {
        (host.env)(name)
            .filter(|text| !text.is_empty())
            .map(PathBuf::from)
    };
    let base = dir("COATCHECK_STATE_DIR")
        .or_else(|| dir("XDG_STATE_HOME").map(|base| base.join("coatcheck")))
        .or_else(|| dir("HOME").map(|home| home.join(".local/state/coatcheck")))
        .context("no folder for the state of the replay: set COATCHECK_STATE_DIR or HOME")?;
    Ok(ReplayJobs::new(base.join("replays")))
}

async fn selected(
    args: &Args,
    options: ReplayOptions<'_>,
    jobs: &ReplayJobs,
    stack: &Stack,
    terminal: &Terminal,
) -> Result<Exit> {
    let query = args.selection.query(stack)?;
    let progress = terminal.progress("counting", None);
    let job = replay::count(stack, query, options, &progress).await?;
    drop(progress);
    if args.dry_run || job.total == 0 {
        tell(terminal, &ReplayOutcome::of(&job, true))?;
        return Ok(Exit::Good);
    }
    let whom = whom(options.subscription);
    let question = format!(
        "This sends {} to {whom}. Continue?",
        plural(job.total, "event")
    );
    if job.total > MANY && !args.yes && !terminal.confirm(&question, "pass --yes")? {
        bail!("nothing was replayed");
    }
    let journal = jobs.begin(&job.id)?;
    journal.keep(&job)?;
    finish(job, journal, stack, terminal).await
}

async fn go_on(id: &str, jobs: &ReplayJobs, stack: &Stack, terminal: &Terminal) -> Result<Exit> {
    let (job, journal) = jobs.resume(id)?;
    job.check(stack)?;
    terminal.note(format!(
        "resuming {id}: {} of {} done",
        job.tally.done(),
        job.total
    ));
    finish(job, journal, stack, terminal).await
}

/// Runs the replay until it is done or stopped.
async fn finish(
    mut job: ReplayJob,
    journal: Journal,
    stack: &Stack,
    terminal: &Terminal,
) -> Result<Exit> {
    let progress = terminal.progress("replaying", Some(job.total));
    let stop = interrupt::listen();
    let worked = replay::work(&mut job, &journal, stack, &progress, &stop).await;
    drop(progress);
    if !matches!(worked, Ok(true)) {
        terminal.note(format!(
            "{} of {} done; to resume: coatcheck replay --resume {}",
            job.tally.done(),
            job.total,
            job.id
        ));
    }
    if !worked? {
        return Ok(Exit::Interrupted);
    }
    journal.end();
    tell(terminal, &ReplayOutcome::of(&job, false))?;
    Ok(Exit::Good)
}

fn tell(terminal: &Terminal, outcome: &ReplayOutcome) -> Result<()> {
    if terminal.json() {
        return terminal.line(outcome);
    }
    let ReplayOutcome {
        id, events, tally, ..
    } = outcome;
    let whom = whom(outcome.subscription.as_deref());
    let Some(id) = id else {
        return terminal.say(format_args!(
            "{} would go to {whom}",
            plural(*events, "event")
        ));
    };
    let ReplayTally {
        sent,
        gone,
        without_payload,
    } = tally;
    terminal.say(format_args!(
        "{} sent to {whom}, as {id}",
        plural(*sent, "event")
    ))?;
    if gone + without_payload > 0 {
        terminal.note(format!(
            "not sent: {gone} whose pointer has expired, {without_payload} whose payload has expired"
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
