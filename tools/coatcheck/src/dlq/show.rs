use anyhow::Result;
use domain::{Timestamp, format_time};
use operator::{
    dlq::{self, Content, DeadLetter},
    format_duration,
};

use super::name;
use crate::{
    host::Host,
    output::{Exit, Report},
    sight, stack,
    table::table,
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck dlq show invoices
  coatcheck dlq show router --limit 100 --json | jq -r .event.ref

The command receives the messages and releases them at once, so other readers miss them for half a
minute at most. SQS returns them in no order. Of an ordered subscription it returns the first messages
of each ordering key only. The reason is what the processor recorded about its last attempt.")]
pub(crate) struct Args {
    #[command(flatten)]
    dlq: name::Args,
    /// Show at most this many messages.
    #[arg(short = 'n', long, default_value_t = 10, value_name = "COUNT")]
    limit: usize,
    #[command(flatten)]
    sight: sight::Args,
    #[command(flatten)]
    common: stack::CommandArgs,
}

pub(super) fn run(args: &Args, host: &Host) -> Result<Report> {
    args.common.run(host, async |stack, terminal| {
        let dlq = args.dlq.find(stack)?;
        let dead_letters = dlq::show(&args.sight.of(stack), &dlq, args.limit).await?;
        if terminal.json() {
            terminal.lines(&dead_letters)?;
            return Ok(Exit::Good);
        }
        if dead_letters.is_empty() {
            let depth = dlq::depth(stack, &dlq).await?;
            terminal.note(dlq.why_empty(&depth));
            return Ok(Exit::Good);
        }
        let now = (stack.now)();
        let mut shown = table(["ref", "type", "received", "receives", "age", "reason"]);
        for dead_letter in &dead_letters {
            shown.add_row(cells(dead_letter, now));
        }
        terminal.say(shown)?;
        if dead_letters.iter().any(DeadLetter::is_unknown) {
            terminal.note(dlq.where_to_look(&stack.description));
        }
        if dead_letters.len() == args.limit {
            terminal.note("there may be more: raise --limit");
        } else if dlq.is_fifo() {
            let depth = dlq::depth(stack, &dlq).await?;
            if let Some(note) = dlq.unseen(dead_letters.len(), &depth) {
                terminal.note(note);
            }
        }
        Ok(Exit::Good)
    })
}

fn cells(dead_letter: &DeadLetter, now: Timestamp) -> [String; 6] {
    let held = &dead_letter.held;
    let (name, kind, received) = match &dead_letter.content {
        Content::Event(event) => (
            event.reference.to_string(),
            event.kind.escape_debug().to_string(),
            event.received_at.map(format_time),
        ),
        Content::Other(_) => (format!("message {}", held.id), String::new(), None),
    };
    let age = held
        .sent_at
        .map(|at| format_duration(at.duration_until(now)));
    let reason = match (&dead_letter.content, dead_letter.reason()) {
        (_, None) => "unknown".to_owned(),
        // A processor's text may contain anything.
        (Content::Event(_), Some(reason)) => reason.escape_debug().to_string(),
        (Content::Other(_), Some(what)) => what,
    };
    [
        name,
        kind,
        received.unwrap_or_default(),
        held.receives.to_string(),
        age.unwrap_or_default(),
        reason,
    ]
}

#[cfg(test)]
mod tests {
    use operator::{dlq::Held, events::Record};

    use super::*;

    fn dead_letter(body: &str, record: Option<Record>) -> DeadLetter {
        let held = Held {
            id: "m1".to_owned(),
            body: body.to_owned(),
            sent_at: "2026-11-22T02:00:00Z".parse().ok(),
            receives: 4,
            group: None,
            receipt: String::new(),
        };
        DeadLetter {
            content: Content::of(&held),
            held,
            record,
        }
    }

    const EVENT: &str =
        r#"{"type":"invoice.paid","ref":"stripe/evt_1","receivedat":"2026-11-21T20:59:57.414Z"}"#;

    #[test]
    fn a_row_says_which_event_why_and_how_long_it_waits() {
        let now = "2026-11-22T05:00:00Z".parse().unwrap();
        assert_eq!(
            cells(&dead_letter(EVENT, None), now),
            [
                "stripe/evt_1",
                "invoice.paid",
                "2026-11-21T20:59:57.414Z",
                "4",
                "3 h",
                "unknown"
            ]
        );
        let record = Record {
            state: "failed".to_owned(),
            failure: Some("reject".to_owned()),
            reason: Some("no\namount".to_owned()),
            ..Record::default()
        };
        let failed = cells(&dead_letter(EVENT, Some(record)), now);
        assert_eq!(failed[5], "reject: no\\namount (0 attempts)");
        let other = cells(&dead_letter("hello", None), now);
        assert_eq!(
            (&*other[0], &*other[5]),
            ("message m1", "not JSON, so not an event")
        );
    }
}
