use anyhow::Result;
use operator::{
    dlq::{Back, Depth, depths},
    in_queue,
};
use serde_json::json;

use super::NAMES;
use crate::{
    console::Console,
    host::Host,
    output::{EXIT_CODES, Exit, Report},
    stack::{self, Stack},
    table::{Tone, paint, table},
};

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  coatcheck dlq ls
  coatcheck dlq ls --fail-if-any --json

{NAMES} Numbers are about right: SQS counts no more exactly than that.

{EXIT_CODES}"))]
pub(crate) struct Args {
    /// Ends with 1 if there is anything in any of them.
    #[arg(long)]
    fail_if_any: bool,
    /// Answers with JSON, one DLQ a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    stack: stack::Args,
}

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    stack::run(&args.stack, args.json, host, async |stack, console| {
        list(args, stack, console).await
    })
}

async fn list(args: &Args, stack: &Stack, console: &Console) -> Result<Exit> {
    let depths = depths(stack).await?;
    let mut shown = table(["name", "in flight", "way back", "events"]);
    for (dlq, depth) in &depths {
        let way = match dlq.back {
            Back::Queue { .. } => "queue",
            Back::Stream { .. } => "stream",
        };
        if console.json() {
            console.line(&json!({
                "name": dlq.name,
                "visible": depth.visible,
                "in_flight": depth.in_flight,
                "delayed": depth.delayed,
                "way_back": way,
                "url": dlq.url,
            }))?;
            continue;
        }
        let tone = if any(depth) { Tone::Bad } else { Tone::Good };
        shown.add_row([
            dlq.name.clone(),
            depth.in_flight.to_string(),
            way.to_owned(),
            paint(tone, &depth.visible.to_string()),
        ]);
    }
    if !console.json() {
        console.say(shown)?;
    }
    Ok(exit(
        args.fail_if_any,
        depths.iter().map(|(_, depth)| depth),
    ))
}

/// Also what somebody looks at just now: it is there.
fn any(depth: &Depth) -> bool {
    in_queue(depth) > 0
}

fn exit<'a>(fail_if_any: bool, mut depths: impl Iterator<Item = &'a Depth>) -> Exit {
    if fail_if_any && depths.any(any) {
        Exit::Bad
    } else {
        Exit::Good
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fails_if_any_only_where_it_is_to() {
        let empty = Depth::default();
        let looked_at = Depth {
            in_flight: 1,
            ..empty
        };
        for (fail, depths, expected) in [
            (true, [empty, empty], Exit::Good),
            (true, [empty, looked_at], Exit::Bad),
            (false, [empty, looked_at], Exit::Good),
        ] {
            assert_eq!(exit(fail, depths.iter()), expected);
        }
    }
}
