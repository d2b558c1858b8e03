use anyhow::Result;
use domain::{Timestamp, format_time};
use operator::{
    dlq::{self, DeadLetter, Dlq, Letter},
    said,
};

use super::NAMES;
use crate::{
    console::Console,
    host::Host,
    output::{EXIT_CODES, Exit, Report},
    stack::{self, Stack},
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

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    stack::run(&args.stack, args.json, host, async |stack, console| {
        show(args, stack, console).await
    })
}

async fn show(args: &Args, stack: &Stack, console: &Console) -> Result<Exit> {
    let dlq = Dlq::named(&stack.description, &args.name)?;
    let letters = dlq::show(stack, &dlq, args.limit).await?;
    let now = (stack.now)();
    if console.json() {
        letters
            .iter()
            .try_for_each(|letter| console.line(&letter.as_json()))?;
        return Ok(Exit::Good);
    }
    if letters.is_empty() {
        let depth = dlq::depth(stack, &dlq).await?;
        console.note(dlq.nothing(&depth));
        return Ok(Exit::Good);
    }
    let mut shown = table(["ref", "type", "received", "receives", "waits", "reason"]);
    for letter in &letters {
        shown.add_row(cells(letter, now));
    }
    console.say(shown)?;
    if letters.iter().any(DeadLetter::is_unknown) {
        console.note(dlq.where_to_look(&stack.description));
    }
    if letters.len() == args.limit {
        console.note("there may be more: --limit shows them");
    }
    Ok(Exit::Good)
}

fn cells(letter: &DeadLetter, now: Timestamp) -> [String; 6] {
    let held = &letter.held;
    let (name, kind, received) = match &letter.letter {
        Letter::Event(event) => (
            event.reference.to_string(),
            event.kind.escape_debug().to_string(),
            event.received_at.map(format_time),
        ),
        Letter::Other(_) => (format!("message {}", held.id), String::new(), None),
    };
    let waits = held.sent_at.map(|at| said(at.duration_until(now)));
    let reason = match (&letter.letter, letter.reason()) {
        (_, None) => "none is known".to_owned(),
        // A processor's own words may hold anything.
        (Letter::Event(_), Some(reason)) => reason.escape_debug().to_string(),
        (Letter::Other(_), Some(what)) => what,
    };
    [
        name,
        kind,
        received.unwrap_or_default(),
        held.receives.to_string(),
        waits.unwrap_or_default(),
        reason,
    ]
}

#[cfg(test)]
mod tests {
    use operator::{dlq::Held, events::Record};

    use super::*;

    fn letter(body: &str, record: Option<Record>) -> DeadLetter {
        let held = Held {
            id: "m1".to_owned(),
            body: body.to_owned(),
            sent_at: "2026-11-22T02:00:00Z".parse().ok(),
            receives: 4,
            receipt: String::new(),
        };
        DeadLetter {
            letter: Letter::of(&held),
            held,
            record,
        }
    }

    const EVENT: &str =
        r#"{"type":"invoice.paid","ref":"stripe/evt_1","receivedat":"2026-11-21T20:59:57.414Z"}"#;

    #[test]
    fn a_line_says_which_event_why_and_how_long_it_waits() {
        let now = "2026-11-22T05:00:00Z".parse().unwrap();
        assert_eq!(
            cells(&letter(EVENT, None), now),
            [
                "stripe/evt_1",
                "invoice.paid",
                "2026-11-21T20:59:57.414Z",
                "4",
                "3 h",
                "none is known"
            ]
        );
        let record = Record {
            state: "failed".to_owned(),
            failure: Some("reject".to_owned()),
            reason: Some("no\namount".to_owned()),
            ..Record::default()
        };
        let failed = cells(&letter(EVENT, Some(record)), now);
        assert_eq!(failed[5], "reject: no\\namount (0 tries)");
        let other = cells(&letter("hello", None), now);
        assert_eq!(
            (&*other[0], &*other[5]),
            ("message m1", "no JSON, so no event")
        );
    }
}
