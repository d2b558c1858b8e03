//! `coatcheck dlq redrive`: on its way again.

use anyhow::{Result, bail};
use operator::dlq::{self, Depth, Dlq, Outcome, messages};

use super::NAMES;
use crate::{
    console::Console,
    host::Host,
    interrupt,
    output::{EXIT_CODES, Exit, Report},
    stack::{self, Stack},
};

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  coatcheck dlq redrive invoices --dry-run
  coatcheck dlq redrive invoices --rate 50
  coatcheck dlq redrive processor:slow --yes

{NAMES} Fix the cause first: `coatcheck dlq show NAME` tells it.

Of a buffered subscription and of a processor's inbox SQS itself moves the messages back into their queue.
An ordered subscription and the router read the stream: there each event gets a row that brings it
through the stream once more, in the order in which they came, and then leaves the DLQ. A row for the
router reaches every buffered subscription; a processor that is done with the event skips it. What is no
event, or has no pointer any more, stays and is told, and the command ends with 1.

Ctrl-C stops it where it is: what is moved stays moved. To begin again moves nothing twice.

{EXIT_CODES}"))]
pub(crate) struct Args {
    /// Whose DLQ.
    name: String,
    /// Moves at most so many a second, up to 500.
    #[arg(
        long,
        value_name = "PER SECOND",
        value_parser = clap::value_parser!(u16).range(1..=500)
    )]
    rate: Option<u16>,
    /// Only says how many there are.
    #[arg(long)]
    dry_run: bool,
    /// Does not ask, however many there are.
    #[arg(long, short)]
    yes: bool,
    /// Answers with one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    stack: stack::Args,
}

/// More than these, and it asks.
const FEW: u64 = 100;

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    stack::run(&args.stack, args.json, host, async |stack, console| {
        redrive(args, stack, console).await
    })
}

async fn redrive(args: &Args, stack: &Stack, console: &Console) -> Result<Exit> {
    let dlq = Dlq::named(&stack.description, &args.name)?;
    let depth = dlq::depth(stack, &dlq).await?;
    if args.dry_run {
        return dry_run(&dlq, &depth, console);
    }
    if depth.visible == 0 {
        console.note(dlq.nothing(&depth));
        console.either(&Outcome::of(&dlq))?;
        return Ok(Exit::Good);
    }
    let question = format!("About {} go {}.", messages(depth.visible), dlq.way());
    if depth.visible > FEW && !args.yes && !console.confirm(&question, "say --yes")? {
        bail!("nothing is moved");
    }
    let title = format!("moving the events of {}", dlq.name);
    let progress = console.progress(title, Some(depth.visible));
    let stop = interrupt::listen();
    let outcome = dlq::redrive(stack, &dlq, &depth, args.rate, &progress, &stop).await?;
    drop(progress);
    console.either(&outcome)?;
    Ok(exit(&outcome))
}

fn dry_run(dlq: &Dlq<'_>, depth: &Depth, console: &Console) -> Result<Exit> {
    if console.json() {
        console.line(&serde_json::json!({
            "name": dlq.name,
            "would_move": depth.visible,
            "in_flight": depth.in_flight,
        }))?;
    } else {
        console.say(format_args!(
            "about {} would go {}",
            messages(depth.visible),
            dlq.way()
        ))?;
    }
    Ok(Exit::Good)
}

fn exit(outcome: &Outcome) -> Exit {
    if outcome.interrupted {
        Exit::Interrupted
    } else if outcome.stayed.is_empty() {
        Exit::Good
    } else {
        Exit::Bad
    }
}
