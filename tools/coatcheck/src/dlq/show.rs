use std::time::Duration;

use anyhow::Result;
use aws::{
    Queue,
    operator::{Held, Records},
};
use futures_util::{StreamExt, TryStreamExt, stream};

use super::{Dlq, NAMES, nothing, row::Row};
use crate::{
    console::Console,
    host::Host,
    output::{EXIT_CODES, Exit, Report},
    stack::{self, Description, Explained, Stack},
    subscriptions::AT_ONCE,
    table::table,
};

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  coatcheck dlq show invoices
  coatcheck dlq show router --limit 100 --json | jq -r .event.ref

{NAMES} The messages are taken out for half a minute at most and put back at once; SQS gives them in no order.
The reason is what the processor wrote down about its last try.

{EXIT_CODES}"))]
pub(crate) struct Args {
    /// Whose DLQ.
    name: String,
    /// Shows at most so many.
    #[arg(short = 'n', long, default_value_t = 10, value_name = "COUNT")]
    limit: usize,
    /// Answers with JSON, one message a line, with the whole event.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    stack: stack::Args,
}

/// Nobody else gets them meanwhile, should this command die before it puts them back.
const HIDE: Duration = Duration::from_secs(30);

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    stack::run(&args.stack, args.json, host, async |stack, console| {
        show(args, stack, console).await
    })
}

async fn show(args: &Args, stack: &Stack, console: &Console) -> Result<Exit> {
    let dlq = Dlq::named(&stack.made_of, &args.name)?;
    let queue = Queue::new(&stack.sdk, dlq.url.to_owned());
    let mut held = Vec::new();
    let peeked = peek(&queue, args.limit, &mut held).await;
    // Before all else, and also after a failure: they are the operator's, not ours.
    let receipts: Vec<String> = held.iter().map(|one| one.receipt.clone()).collect();
    let released = queue.release(&receipts).await.explained();
    peeked?;
    released?;
    held.truncate(args.limit);

    let records = Records::new(&stack.sdk, stack.made_of.tables.processed.clone());
    let rows: Vec<Row<'_>> = stream::iter(&held)
        .map(|held| Row::read(held, &dlq, &records))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let now = (stack.now)();
    if console.json() {
        rows.iter()
            .try_for_each(|row| console.line(&row.as_json()))?;
        return Ok(Exit::Good);
    }
    if rows.is_empty() {
        let depth = queue.depth().await.explained()?;
        console.note(nothing(&dlq, &depth));
        return Ok(Exit::Good);
    }
    let mut shown = table(["ref", "type", "received", "receives", "waits", "reason"]);
    for row in &rows {
        shown.add_row(row.cells(now));
    }
    console.say(shown)?;
    if rows.iter().any(Row::is_unknown) {
        console.note(where_to_look(&dlq, &stack.made_of));
    }
    if rows.len() == args.limit {
        console.note("there may be more: --limit shows them");
    }
    Ok(Exit::Good)
}

/// Takes out as many as are wanted, each once, until there are no more.
async fn peek(queue: &Queue, limit: usize, held: &mut Vec<Held>) -> Result<()> {
    while held.len() < limit {
        let before = held.len();
        for one in queue.hold(Duration::from_secs(1), HIDE).await.explained()? {
            // SQS may give one twice; only its last receipt puts it back.
            match held.iter_mut().find(|have| have.id == one.id) {
                Some(again) => *again = one,
                None => held.push(one),
            }
        }
        if held.len() == before {
            break;
        }
    }
    Ok(())
}

fn where_to_look(dlq: &Dlq<'_>, made_of: &Description) -> String {
    let pipe = dlq.pipe.map_or_else(String::new, |pipe| {
        format!("; its pipe logs what it was answered in /aws/vendedlogs/pipes/{pipe}")
    });
    let Some(name) = dlq.processor else {
        return format!("nobody keeps records of why here{pipe}");
    };
    match made_of.processors.get(name) {
        Some(processor) if !processor.idempotency => format!(
            "{name} keeps no records: see what its function {} logs{pipe}",
            processor.function
        ),
        _ => format!(
            "no record of an event: {name} was never called with it, or could not start \
             (`coatcheck doctor` shows what its function logs){pipe}"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::sample;

    #[test]
    fn without_a_record_it_says_where_to_look() {
        let made_of = sample();
        let of = |name| where_to_look(&Dlq::named(&made_of, name).unwrap(), &made_of);
        assert!(of("invoices").contains("invoices was never called"));
        assert!(of("invoices").contains("/aws/vendedlogs/pipes/coatcheck-invoices"));
        assert!(of("router").contains("/aws/vendedlogs/pipes/coatcheck-router"));
        let slow = of("processor:slow");
        assert!(
            slow.contains("function coatcheck-slow") && !slow.contains("vendedlogs"),
            "{slow}"
        );
    }
}
