use anyhow::Result;
use operator::{
    in_queue,
    subscriptions::{Pipe, Status, status},
};

use crate::{
    host::Host,
    output::{Exit, Report},
    stack,
    table::{paint, table},
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck subscriptions status
  coatcheck subscriptions status invoices
  coatcheck subscriptions status router --json | jq .state

SQS counts messages only approximately.")]
pub(crate) struct Args {
    /// The name of a subscription, `router` or `fan`. The default is all of them.
    name: Option<String>,
    #[command(flatten)]
    common: stack::CommandArgs,
}

pub(super) fn run(args: &Args, host: &Host) -> Result<Report> {
    args.common.run(host, async |stack, terminal| {
        let pipes = match &args.name {
            Some(name) => vec![Pipe::named(&stack.description, name)?],
            None => Pipe::all(&stack.description),
        };
        let rows = status(stack, pipes).await?;
        if terminal.json() {
            terminal.lines(&rows)?;
            return Ok(Exit::Good);
        }
        let mut shown = table([
            "name",
            "waiting",
            "in flight",
            "delayed",
            "dead letters",
            "dlq",
            "state",
        ]);
        rows.iter().for_each(|row| shown.add_row(cells(row)));
        terminal.say(shown)?;
        let remarks: Vec<String> = rows.iter().flat_map(Status::remarks).collect();
        if !remarks.is_empty() {
            terminal.say(format_args!("\n{}", remarks.join("\n")))?;
        }
        Ok(Exit::Good)
    })
}

fn cells(row: &Status<'_>) -> [String; 7] {
    let number = |depth: Option<u64>| depth.map_or_else(|| "-".to_owned(), |n| n.to_string());
    [
        row.pipe.owner.to_owned(),
        number(row.queue.map(|queue| queue.visible)),
        number(row.queue.map(|queue| queue.in_flight)),
        number(row.queue.map(|queue| queue.delayed)),
        number(row.dead_letters.as_ref().map(in_queue)),
        in_queue(&row.dlq).to_string(),
        paint(row.meaning().tone, row.state()),
    ]
}

#[cfg(test)]
mod tests {
    use operator::{
        dlq::Depth,
        subscriptions::{PipeState, TargetState},
    };

    use super::*;
    use crate::stack::sample;

    #[test]
    fn a_row_has_the_numbers_of_the_queues() {
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
                breaker: None,
                target: description
                    .subscriptions
                    .get(name)
                    .map(|one| (one, TargetState::Missing)),
                queue: pipe.queue_url.map(|_| depth(12)),
                dead_letters: pipe.dead_letters_url.map(|_| Depth::default()),
                dlq: depth(0),
            })
        };
        assert_eq!(of("invoices")[..6], ["invoices", "12", "2", "1", "-", "3"]);
        assert!(of("invoices")[6].contains("TARGET_MISSING"));
        assert_eq!(of("router")[..6], ["router", "-", "-", "-", "0", "3"]);
    }
}
