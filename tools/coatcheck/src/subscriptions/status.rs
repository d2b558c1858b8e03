use anyhow::Result;
use operator::{
    in_queue,
    subscriptions::{Pipe, Status, status},
};

use crate::{
    console::Console,
    host::Host,
    output::{EXIT_CODES, Exit, Report},
    stack::{self, Stack},
    table::{paint, table},
};

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  coatcheck subscriptions status
  coatcheck subscriptions status invoices
  coatcheck subscriptions status router --json | jq .state

Numbers of messages are about right: SQS counts no more exactly than that.

{EXIT_CODES}"))]
pub(crate) struct Args {
    /// A subscription, or `router`; without it all are shown.
    name: Option<String>,
    /// Answers with JSON, one pipe a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    stack: stack::Args,
}

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    stack::run(&args.stack, args.json, host, async |stack, console| {
        show(args, stack, console).await
    })
}

async fn show(args: &Args, stack: &Stack, console: &Console) -> Result<Exit> {
    let pipes = match &args.name {
        Some(name) => vec![Pipe::named(&stack.description, name)?],
        None => Pipe::all(&stack.description),
    };
    let rows = status(stack, pipes).await?;
    if console.json() {
        rows.iter()
            .try_for_each(|row| console.line(&row.as_json()))?;
        return Ok(Exit::Good);
    }
    let mut shown = table([
        "name",
        "waiting",
        "in flight",
        "delayed",
        "letters",
        "dlq",
        "state",
    ]);
    for row in &rows {
        shown.add_row(cells(row));
    }
    console.say(shown)?;
    let remarks: Vec<String> = rows.iter().flat_map(Status::remarks).collect();
    if !remarks.is_empty() {
        console.say("")?;
        remarks.iter().try_for_each(|remark| console.say(remark))?;
    }
    Ok(Exit::Good)
}

fn cells(row: &Status<'_>) -> [String; 7] {
    let number = |depth: Option<u64>| depth.map_or_else(|| "-".to_owned(), |n| n.to_string());
    [
        row.pipe.name.to_owned(),
        number(row.queue.map(|queue| queue.visible)),
        number(row.queue.map(|queue| queue.in_flight)),
        number(row.queue.map(|queue| queue.delayed)),
        number(row.letters.as_ref().map(in_queue)),
        in_queue(&row.dlq).to_string(),
        paint(row.meaning().tone, row.state()),
    ]
}

#[cfg(test)]
mod tests {
    use operator::{
        dlq::Depth,
        subscriptions::{PipeState, Seen},
    };

    use super::*;
    use crate::stack::sample;

    #[test]
    fn a_line_has_the_numbers_of_what_there_is() {
        let description = sample();
        let of = |name| {
            let pipe = Pipe::named(&description, name).unwrap();
            let depth = |visible| Depth {
                visible,
                in_flight: 2,
                delayed: 1,
                kept_s: 0,
            };
            cells(&Status {
                pipe,
                status: PipeState {
                    current: "RUNNING".to_owned(),
                    ..PipeState::default()
                },
                target: description
                    .subscriptions
                    .get(name)
                    .map(|one| (one, Seen::Missing)),
                queue: pipe.queue_url.map(|_| depth(12)),
                letters: pipe.letters_url.map(|_| Depth::default()),
                dlq: depth(0),
            })
        };
        assert_eq!(of("invoices")[..6], ["invoices", "12", "2", "1", "-", "3"]);
        assert!(of("invoices")[6].contains("TARGET_MISSING"));
        assert_eq!(of("router")[..6], ["router", "-", "-", "-", "0", "3"]);
    }
}
