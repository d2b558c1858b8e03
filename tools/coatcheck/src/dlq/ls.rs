use anyhow::Result;
use operator::{
    dlq::{Depth, ListedDlq, list},
    in_queue,
};

use crate::{
    host::Host,
    output::{Exit, Report},
    stack,
    table::{Tone, paint, table},
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck dlq ls
  coatcheck dlq ls --fail-if-any --json

Every subscription has a DLQ. So have the router, admit (for the direct lane), and the inbox of each
processor of kind queue. SQS counts messages only approximately.")]
pub(crate) struct Args {
    /// Exit with 1 if any DLQ has a message.
    #[arg(long)]
    fail_if_any: bool,
    #[command(flatten)]
    common: stack::CommandArgs,
}

pub(super) fn run(args: &Args, host: &Host) -> Result<Report> {
    args.common.run(host, async |stack, terminal| {
        let dlqs = list(stack).await?;
        if terminal.json() {
            terminal.lines(&dlqs)?;
        } else {
            let mut shown = table(["name", "in flight", "redrive to", "events"]);
            dlqs.iter().for_each(|one| shown.add_row(cells(one)));
            terminal.say(shown)?;
        }
        Ok(exit(args.fail_if_any, &dlqs))
    })
}

fn cells(one: &ListedDlq<'_>) -> [String; 4] {
    let depth = &one.depth;
    let tone = if any(depth) { Tone::Bad } else { Tone::Good };
    [
        one.dlq.name.clone(),
        depth.in_flight.to_string(),
        one.redriven_to().to_owned(),
        paint(tone, &depth.visible.to_string()),
    ]
}

/// Messages that a reader holds count too.
fn any(depth: &Depth) -> bool {
    in_queue(depth) > 0
}

fn exit(fail_if_any: bool, dlqs: &[ListedDlq<'_>]) -> Exit {
    if fail_if_any && dlqs.iter().any(|one| any(&one.depth)) {
        Exit::Bad
    } else {
        Exit::Good
    }
}

#[cfg(test)]
mod tests {
    use operator::dlq::Dlq;

    use super::*;

    #[test]
    fn fails_if_any_only_if_you_ask_for_it() {
        let description = stack::sample();
        for (fail, in_flight, expected) in [
            (true, 0, Exit::Good),
            (true, 1, Exit::Bad),
            (false, 1, Exit::Good),
        ] {
            let dlqs = ["router", "invoices"].map(|name| ListedDlq {
                dlq: Dlq::named(&description, name).unwrap(),
                depth: Depth {
                    in_flight,
                    ..Depth::default()
                },
            });
            assert_eq!(exit(fail, &dlqs), expected);
        }
    }
}
