//! `coatcheck dlq redrive`: on its way again.

mod by_hand;
mod moved;
mod outcome;
mod rows;

use anyhow::{Result, bail};
use aws::{
    Queue,
    operator::{Depth, Moves, Started},
};

use operator::Pace;

use self::{by_hand::Hands, outcome::Outcome};
use super::{Dlq, NAMES, messages, name::Back, nothing};
use crate::{
    console::Console,
    host::Host,
    interrupt,
    output::{EXIT_CODES, Exit, Report},
    stack::{self, Explained, Stack},
};

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  coatcheck dlq redrive invoices --dry-run
  coatcheck dlq redrive invoices --rate 50
  coatcheck dlq redrive processor:slow --yes

{NAMES} Mend the cause first: `coatcheck dlq show NAME` tells it.

Of a buffered subscription and of a processor's inbox SQS itself moves the messages back into their queue.
An ordered subscription and the router read the stream: there each event gets a row that brings it
through the stream once more, in the order in which they came, and then leaves the DLQ. A row for the
router reaches every buffered subscription; a processor that is done with the event skips it. What is no
event, or has no pointer any more, stays and is told, and the command ends with 1.

Ctrl-C stops it where it is: what is moved stays moved. To begin anew moves nothing twice.

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
    let dlq = Dlq::named(&stack.made_of, &args.name)?;
    let queue = Queue::new(&stack.sdk, dlq.url.to_owned());
    let depth = queue.depth().await.explained()?;
    if args.dry_run {
        return dry_run(&dlq, &depth, console);
    }
    if depth.visible == 0 {
        console.note(nothing(&dlq, &depth));
        console.either(&Outcome::of(&dlq))?;
        return Ok(Exit::Good);
    }
    let question = format!("About {} go {}.", messages(depth.visible), way(&dlq));
    if depth.visible > FEW && !args.yes && !console.confirm(&question, "say --yes")? {
        bail!("nothing is moved");
    }
    let outcome = go(args, &dlq, &queue, &depth, stack, console).await?;
    console.either(&outcome)?;
    Ok(outcome.exit())
}

async fn go(
    args: &Args,
    dlq: &Dlq<'_>,
    queue: &Queue,
    depth: &Depth,
    stack: &Stack,
    console: &Console,
) -> Result<Outcome> {
    let interrupt = interrupt::listen();
    let hands = |progress| Hands {
        letters: queue,
        pace: Pace::of(args.rate.map(u32::from)),
        interrupt: &interrupt,
        progress,
    };
    let title = format!("moving the events of {}", dlq.name);
    match dlq.back {
        Back::Queue { url, arn } => {
            let moves = Moves::new(&stack.sdk);
            match moved::start(&moves, dlq.arn, arn, args.rate, console).await? {
                (Started::Taken, task) => {
                    let progress = console.progress(title, Some(depth.visible));
                    moved::follow(&moves, dlq, &task, &interrupt, &progress).await
                }
                (Started::Unknown, _) => {
                    console
                        .note("this cloud moves no messages by itself: they are moved one by one");
                    let progress = console.progress(title, Some(depth.visible));
                    let to = Queue::new(&stack.sdk, url.to_owned());
                    hands(&progress)
                        .empty(dlq, async |held| {
                            to.send(&held.body).await.explained()?;
                            Ok(by_hand::Fate::Moved)
                        })
                        .await
                }
            }
        }
        Back::Stream { to } => {
            let progress = console.progress(title, Some(depth.visible));
            let rows = rows::Rows::new(stack, to);
            hands(&progress)
                .empty(dlq, async |held| rows.route(held).await)
                .await
        }
    }
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
            way(dlq)
        ))?;
    }
    Ok(Exit::Good)
}

fn way(dlq: &Dlq<'_>) -> String {
    match dlq.back {
        Back::Queue { .. } => format!("back into the queue of {}", dlq.name),
        Back::Stream { to: "-router" } => {
            "through the stream to every buffered subscription that takes them".to_owned()
        }
        Back::Stream { .. } => format!(
            "through the stream to {}, after later events that it has had already",
            dlq.name
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::sample;

    #[test]
    fn it_says_where_they_go() {
        let made_of = sample();
        let of = |name| way(&Dlq::named(&made_of, name).unwrap());
        assert_eq!(of("invoices"), "back into the queue of invoices");
        assert!(of("router").contains("every buffered subscription"));
        assert!(of("ledger").contains("after later events"));
    }
}
