//! `coatcheck dlq redrive`: sends dead letters back.

use anyhow::{Result, bail};
use operator::{
    dlq::{self, Depth, Dlq, RedriveOutcome, Selection},
    plural,
};

use super::name;
use crate::{
    host::Host,
    interrupt,
    output::{Exit, Report},
    stack::{self, Stack},
    terminal::Terminal,
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck dlq redrive invoices --dry-run
  coatcheck dlq redrive invoices --rate 50
  coatcheck dlq redrive processor:slow --yes
  coatcheck dlq redrive invoices --message 5fea7756-0ea4-451a-a703-a558b933e274

Fix the cause first: `coatcheck dlq show NAME` shows it.

For a buffered subscription or a processor's inbox, SQS itself moves the messages back to their queue;
those that you name with --message are moved one by one.
An ordered subscription and the router read the stream: each event gets a row that sends it through the
stream again, oldest first, and then leaves the DLQ. A row for the router reaches every buffered
subscription; a processor that has completed the event skips it. A message that is not an event, or
whose event has no pointer, stays in the DLQ, is listed, and makes the exit code 1.

Ctrl-C stops the redrive. What was moved stays moved, and you can start it again.")]
pub(crate) struct Args {
    #[command(flatten)]
    dlq: name::Args,
    #[command(flatten)]
    messages: name::Messages,
    /// Move at most this many messages per second, up to 500.
    #[arg(
        long,
        value_name = "PER SECOND",
        value_parser = clap::value_parser!(u16).range(1..=500)
    )]
    rate: Option<u16>,
    /// Only print how many messages would be moved.
    #[arg(long, conflicts_with = "ids")]
    dry_run: bool,
    /// Do not ask for confirmation above 100 messages.
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    common: stack::CommandArgs,
}

/// Above this number the command asks.
const FEW: u64 = 100;

pub(super) fn run(args: &Args, host: &Host) -> Result<Report> {
    args.common.run(host, async |stack, terminal| {
        let dlq = args.dlq.find(stack)?;
        if let Some(named) = args.messages.named()? {
            let count = args.messages.count().try_into()?;
            return redrive(args, &dlq, (&named, count), stack, terminal).await;
        }
        let depth = dlq::depth(stack, &dlq).await?;
        if args.dry_run {
            return dry_run(&dlq, &depth, terminal);
        }
        if depth.visible == 0 {
            terminal.note(dlq.why_empty(&depth));
            terminal.either(&RedriveOutcome::new(&dlq))?;
            return Ok(Exit::Good);
        }
        let question = format!("This sends about {}.", what(&dlq, &depth));
        let is_asked = depth.visible > FEW && !args.yes;
        if is_asked && !terminal.confirm(&question, "pass --yes")? {
            bail!("nothing was moved");
        }
        let all = Selection::All {
            // You answer for the number that you were asked about.
            at_most: is_asked.then_some(depth.visible),
        };
        redrive(args, &dlq, (&all, depth.visible), stack, terminal).await
    })
}

async fn redrive(
    args: &Args,
    dlq: &Dlq<'_>,
    (selection, count): (&Selection, u64),
    stack: &Stack,
    terminal: &Terminal,
) -> Result<Exit> {
    let title = format!("moving the messages of {}", dlq.name);
    let progress = terminal.progress(title, Some(count));
    let stop = interrupt::listen();
    let outcome = dlq::redrive(stack, dlq, selection, args.rate, &progress, &stop).await?;
    drop(progress);
    terminal.either(&outcome)?;
    Ok(exit(&outcome))
}

/// What goes where.
fn what(dlq: &Dlq<'_>, depth: &Depth) -> String {
    let messages = plural(depth.visible, "message");
    format!("{messages} {}", dlq.describe_path())
}

fn dry_run(dlq: &Dlq<'_>, depth: &Depth, terminal: &Terminal) -> Result<Exit> {
    if terminal.json() {
        terminal.line(&serde_json::json!({
            "name": dlq.name,
            "would_move": depth.visible,
            "in_flight": depth.in_flight,
        }))?;
    } else {
        terminal.say(format_args!("would send about {}", what(dlq, depth)))?;
    }
    Ok(Exit::Good)
}

fn exit(outcome: &RedriveOutcome) -> Exit {
    if outcome.interrupted {
        Exit::Interrupted
    } else if outcome.stayed.is_empty() {
        Exit::Good
    } else {
        Exit::Bad
    }
}
