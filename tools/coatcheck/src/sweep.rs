//! `coatcheck sweep`: what the scheduled function does, for any span of time.

use anyhow::{Result, ensure};
use domain::format_time;
use operator::sweep::{self, Span, SweepCounts, SweepFinding};

use crate::{
    host::Host,
    output::{Exit, Report},
    stack::{self, Stack},
    terminal::Terminal,
    when,
};

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  coatcheck sweep --since 6h --dry-run
  coatcheck sweep --since 2026-11-20 --until 2026-11-21

A crash can leave a payload without its pointer. The command finds such payloads and writes their
pointers, and so routes their events. You can run it as often as you like. The scheduled function does
the same for the last hours; use the command for a time when that function did not run.

In the direct lane, it sends admit another message about each object that was not processed: one message
per object, and {} at most. It does so only if no message about the object can still be waiting: the
queue of admit is empty, or admit has processed a delivery that arrived an hour later.", sweep::ANNOUNCE_AT_MOST))]
pub(crate) struct Args {
    /// The start of the span: 6h or 7d ago, a date, or a time.
    #[arg(long, value_name = "TIME")]
    since: String,
    /// The end of the span. The default is now.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Only print what the command would do.
    #[arg(long)]
    dry_run: bool,
    /// Skip younger payloads: their delivery may still be running, or the provider may retry it.
    #[arg(long, value_name = "LENGTH", default_value = "15m")]
    older_than: String,
    #[command(flatten)]
    common: stack::CommandArgs,
}

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    args.common.run(host, async |stack, terminal| {
        work(args, stack, terminal).await
    })
}

async fn work(args: &Args, stack: &Stack, terminal: &Terminal) -> Result<Exit> {
    let now = (stack.now)();
    let since = when::moment(&args.since, now)?;
    let until = match &args.until {
        Some(text) => when::moment(text, now)?,
        None => now,
    };
    ensure!(since < until, "--since is not before --until");
    let older_than = when::length(&args.older_than)?;
    let progress = terminal.progress("sweeping, shards done:", None);
    let span = Span { since, until };
    let swept = sweep::sweep(stack, span, older_than, args.dry_run, &progress).await;
    drop(progress);
    for found in &swept.findings {
        if terminal.json() {
            terminal.line(found)?;
        } else {
            terminal.say(line(found))?;
        }
    }
    tell(terminal, &swept.counts)?;
    match swept.problem {
        Some(problem) => Err(problem.into()),
        None if swept.counts.tally.unreadable + swept.counts.tally.dangling > 0 => Ok(Exit::Bad),
        None => Ok(Exit::Good),
    }
}

fn tell(terminal: &Terminal, counts: &SweepCounts) -> Result<()> {
    if terminal.json() {
        return terminal.line(counts);
    }
    let SweepCounts { tally, dry_run } = counts;
    let rescued = if *dry_run { "to be rescued" } else { "rescued" };
    terminal.say(format_args!(
        "{} payloads: {} {rescued}, {} announced again, {} not announced because a message may be waiting, {} left for the next sweep, {} superseded, {} of erased events, {} dangling, {} unreadable, {} too young, {} expired",
        tally.payloads, tally.rescued, tally.announced, tally.waiting, tally.left, tally.superseded, tally.erased, tally.dangling, tally.unreadable, tally.young, tally.expired
    ))
}

fn line(found: &SweepFinding) -> String {
    let word = found.finding;
    let text = |part: &Option<String>| part.clone().unwrap_or_default();
    let (event, key, message) = (
        text(&found.reference),
        text(&found.key),
        text(&found.message),
    );
    let details = match word {
        "rescued" => {
            let at = found.received_at.map(format_time).unwrap_or_default();
            format!("{event}  received {at}")
        }
        "dangling" => format!("{event}: its payload {key} is gone"),
        "erased" => format!("{event}: {key} is left; `coatcheck erase {event}` deletes it"),
        "superseded" | "expired" => format!("{event}  {key}"),
        "unreadable" => format!("{key}: {message}"),
        "failed" => match &found.bucket {
            Some(bucket) => format!("{bucket}: {message}"),
            None => message,
        },
        _ => key,
    };
    format!("{word:<12}{details}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_was_found_where() {
        let found = |finding| SweepFinding {
            finding,
            reference: Some("stripe/evt_1".to_owned()),
            key: Some("payloads/a".to_owned()),
            bucket: Some("2026-11-22T05#a".to_owned()),
            message: Some("no".to_owned()),
            received_at: "2026-11-22T05:00:00Z".parse().ok(),
        };
        for (word, expected) in [
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
            (
                "erased",
                "erased      stripe/evt_1: payloads/a is left; `coatcheck erase stripe/evt_1` deletes it",
            ),
            ("unreadable", "unreadable  payloads/a: no"),
            ("failed", "failed      2026-11-22T05#a: no"),
        ] {
            assert_eq!(line(&found(word)), expected);
        }
    }
}
