//! `coatcheck sweep`: what the scheduled function does, by hand and as far back as is wanted.

use anyhow::{Result, ensure};
use domain::format_time;
use operator::sweep::{self, Found, Span, Tally};

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

Of the direct lane it tells admit of what was not judged, once for each object and of {} at most, if
no message can be waiting for it: admit's queue is empty, or a delivery that came an hour later was judged.

{EXIT_CODES}", sweep::ANNOUNCE_AT_MOST))]
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
    let older_than = when::length(&args.older_than)?;
    let progress = console.progress("shards of hours", None);
    let span = Span { since, until };
    let swept = sweep::sweep(stack, span, older_than, args.dry_run, &progress).await;
    drop(progress);
    for found in &swept.findings {
        if console.json() {
            console.line(found)?;
        } else {
            console.say(line(found))?;
        }
    }
    tell(console, &swept.tally, args.dry_run)?;
    match swept.problem {
        Some(problem) => Err(problem.into()),
        None if swept.tally.unreadable + swept.tally.dangling > 0 => Ok(Exit::Bad),
        None => Ok(Exit::Good),
    }
}

fn tell(console: &Console, tally: &Tally, dry: bool) -> Result<()> {
    if console.json() {
        return console.line(&sweep::as_json(tally, dry));
    }
    let rescued = if dry { "to be rescued" } else { "rescued" };
    console.say(format_args!(
        "{} payloads: {} {rescued}, {} announced once more, {} not announced as a message may be under way, {} left to be announced, {} superseded, {} dangling, {} unreadable, {} too young to judge, {} past their time",
        tally.payloads, tally.rescued, tally.announced, tally.waiting, tally.left, tally.superseded, tally.dangling, tally.unreadable, tally.young, tally.expired
    ))
}

fn line(found: &Found) -> String {
    let word = found.finding;
    let text = |part: &Option<String>| part.clone().unwrap_or_default();
    let (event, key, message) = (
        text(&found.reference),
        text(&found.key),
        text(&found.message),
    );
    let told = match word {
        "rescued" => {
            let at = found.received_at.map(format_time).unwrap_or_default();
            format!("{event}  received {at}")
        }
        "dangling" => format!("{event}: its payload {key} is gone"),
        "superseded" | "expired" => format!("{event}  {key}"),
        "unreadable" => format!("{key}: {message}"),
        "failed" => match &found.bucket {
            Some(bucket) => format!("{bucket}: {message}"),
            None => message,
        },
        _ => key,
    };
    format!("{word:<12}{told}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_was_found_where() {
        let found = |finding| Found {
            finding,
            reference: Some("stripe/evt_1".to_owned()),
            key: Some("payloads/a".to_owned()),
            bucket: Some("2026-11-22T05#a".to_owned()),
            message: Some("no".to_owned()),
            received_at: "2026-11-22T05:00:00Z".parse().ok(),
        };
        for (word, said) in [
            (
                "rescued",
                "rescued     stripe/evt_1  received 2026-11-22T05:00:00.000Z",
            ),
            ("announced", "announced   payloads/a"),
            (
                "dangling",
                "dangling    stripe/evt_1: its payload payloads/a is gone",
            ),
            ("superseded", "superseded  stripe/evt_1  payloads/a"),
            ("unreadable", "unreadable  payloads/a: no"),
            ("failed", "failed      2026-11-22T05#a: no"),
        ] {
            assert_eq!(line(&found(word)), said);
        }
    }
}
