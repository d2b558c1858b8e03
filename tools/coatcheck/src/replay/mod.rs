//! `coatcheck replay`: routes events again, from their pointers.

mod job;
mod route;
mod work;

use anyhow::{Result, bail, ensure};
use domain::{Ref, SignedDuration, Timestamp, format_time};
use serde_json::json;

use self::{
    job::{Job, Jobs, Tally},
    route::Route,
};
use crate::{
    console::Console,
    events::{self, Selection},
    host::Host,
    output::{EXIT_CODES, Exit, Report},
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
    let jobs = Jobs::of(host)?;
    stack::run(&args.stack, args.json, host, async |stack, console| match (
        &args.reference,
        &args.resume,
    ) {
        (Some(reference), _) => one(args, reference, stack, console).await,
        (None, Some(id)) => go_on(id, &jobs, stack, console).await,
        (None, None) => selected(args, &jobs, stack, console).await,
    })
}

/// One event; nothing of it needs to be remembered.
async fn one(args: &Args, reference: &Ref, stack: &Stack, console: &Console) -> Result<Exit> {
    let pointer = events::pointer(stack, reference).await?;
    let of = |name| pointer.get(name).map_or("", String::as_str);
    let kind = of("type");
    match &args.subscription {
        Some(name) => ensure!(
            stack.subscription(name)?.takes(of("endpoint"), kind),
            "the subscription {name} does not take {kind} of {}",
            of("endpoint")
        ),
        None => ensure!(
            takers(stack).any(|one| one.takes(of("endpoint"), kind)),
            "no subscription takes {kind} of {}",
            of("endpoint")
        ),
    }
    ensure!(
        !without_payload(stack, of("received_at").parse()?)?,
        "the payload of {reference} has expired ({} days): nobody could redeem it",
        stack.made_of.days.payloads
    );
    let mut tally = Tally::default();
    let id = new_id((stack.now)());
    if !args.dry_run {
        let route = Route::to(stack, args.subscription.as_deref(), &id, args.force)?;
        route
            .send(std::slice::from_ref(&pointer), (stack.now)())
            .await?;
        tally.sent = 1;
    }
    let whom = args.subscription.as_deref();
    tell(console, &id, whom, 1, &tally, args.dry_run)?;
    Ok(Exit::Good)
}

async fn selected(args: &Args, jobs: &Jobs, stack: &Stack, console: &Console) -> Result<Exit> {
    let now = (stack.now)();
    let query = args.selection.query(stack, now)?;
    let id = new_id(now);
    let subscription = args.subscription.as_deref();
    // Before anything is counted: is there such a subscription?
    Route::to(stack, subscription, &id, args.force)?;
    let mut job = Job::new(id, args, stack, query);
    job.total = work::count(&job, stack, console).await?;
    if args.dry_run || job.total == 0 {
        tell(console, &job.id, subscription, job.total, &job.tally, true)?;
        return Ok(Exit::Good);
    }
    let whom = whom(subscription);
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
    let made_of = &stack.made_of;
    ensure!(
        (&job.stack, &job.region) == (&made_of.stack, &made_of.region),
        "the replay {id} is of the stack {} in {}: say --stack and --region",
        job.stack,
        job.region
    );
    console.note(format!(
        "going on with {id}: {} of {} are done",
        job.tally.done(),
        job.total
    ));
    finish(job, journal, stack, console).await
}

/// Works until it is done or stopped.
async fn finish(
    mut job: Job,
    journal: job::Journal,
    stack: &Stack,
    console: &Console,
) -> Result<Exit> {
    let worked = work::work(&mut job, &journal, stack, console).await;
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
    let subscription = job.subscription.as_deref();
    tell(console, &job.id, subscription, job.total, &job.tally, false)?;
    Ok(Exit::Good)
}

fn tell(
    console: &Console,
    id: &str,
    subscription: Option<&str>,
    total: u64,
    tally: &Tally,
    dry: bool,
) -> Result<()> {
    let whom = whom(subscription);
    if console.json() {
        return console.line(&json!({
            "replayid": if dry { None } else { Some(id) },
            "subscription": subscription,
            "events": total,
            "sent": tally.sent,
            "gone": tally.gone,
            "without_payload": tally.without_payload,
        }));
    }
    if dry {
        return console.say(format_args!("{total} events would go to {whom}"));
    }
    console.say(format_args!(
        "{} events sent to {whom}, as {id}",
        tally.sent
    ))?;
    if tally.gone + tally.without_payload > 0 {
        console.note(format!(
            "left out: {} whose pointer has expired, {} whose payload has",
            tally.gone, tally.without_payload
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

fn takers(stack: &Stack) -> impl Iterator<Item = &stack::Subscription> {
    stack.made_of.subscriptions.values()
}

/// Whether the lifecycle has removed the payload of an event of this time.
fn without_payload(stack: &Stack, received_at: Timestamp) -> Result<bool> {
    let kept = SignedDuration::from_hours(24 * i64::from(stack.made_of.days.payloads));
    Ok(received_at < (stack.now)().checked_sub(kept)?)
}

/// Unique, and a person sees when it was.
fn new_id(now: Timestamp) -> String {
    let at: String = format_time(now)
        .chars()
        .take("2026-11-21T20:59:57".len())
        .filter(|c| !matches!(c, '-' | ':'))
        .collect();
    format!("r-{at}-{:04x}", fastrand::u16(..))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_when_it_was() {
        let id = new_id("2026-11-22T10:15:00.250Z".parse().unwrap());
        assert!(id.starts_with("r-20261122T101500-"), "{id}");
        assert_eq!(id.len(), "r-20261122T101500-3fa9".len());
    }
}
