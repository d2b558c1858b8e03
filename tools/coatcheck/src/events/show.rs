use anyhow::Result;
use aws::{
    Image,
    operator::{Record, Records},
};
use domain::Ref;
use serde_json::{Map, Value, json};

use super::pointer;
use crate::{
    console::Console,
    host::Host,
    output::{EXIT_CODES, Exit, Report},
    stack::{self, Explained, Stack},
    table::{Tone, paint, table},
};

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  coatcheck events show billing/evt_1
  coatcheck events show billing/evt_1 --json | jq .pointer.key

{EXIT_CODES}"))]
pub(crate) struct Args {
    /// The event's ref, as answers, logs and `events ls` give it.
    #[arg(value_name = "REF")]
    reference: Ref,
    /// Answers with one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    stack: stack::Args,
}

/// What is shown of a pointer, in this order; the rest is the table's own.
const SHOWN: [&str; 15] = [
    "ref",
    "endpoint",
    "id",
    "type",
    "subject",
    "occurred_at",
    "received_at",
    "content_type",
    "size",
    "sha256",
    "bucket",
    "key",
    "scheme",
    "key_id",
    "traceparent",
];

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    stack::run(&args.stack, args.json, host, async |stack, console| {
        show(args, stack, console).await
    })
}

async fn show(args: &Args, stack: &Stack, console: &Console) -> Result<Exit> {
    let pointer = pointer(stack, &args.reference).await?;
    let records = Records::new(&stack.sdk, stack.made_of.tables.processed.clone());
    let records = records.of(&args.reference).await.explained()?;
    let shown = || {
        let attribute = |name| Some((name, pointer.get(name)?.as_str()));
        SHOWN.into_iter().filter_map(attribute)
    };
    if console.json() {
        let pointer: Map<String, Value> = shown()
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect();
        let processed: Vec<Value> = records.iter().map(as_json).collect();
        console.line(&json!({ "pointer": pointer, "processed": processed }))?;
        return Ok(Exit::Good);
    }
    for (name, value) in shown() {
        let value = value.escape_debug();
        console.say(format_args!("{name:<14} {value}"))?;
    }
    console.say("")?;
    tell(&pointer, &records, stack, console)?;
    Ok(Exit::Good)
}

fn tell(pointer: &Image, records: &[Record], stack: &Stack, console: &Console) -> Result<()> {
    if !records.is_empty() {
        let mut rows = table(["processor", "at", "tries", "outcome"]);
        for record in records {
            rows.add_row([
                record.processor.clone(),
                record.at.clone(),
                record.attempts.to_string(),
                // Colour codes count as width, so a coloured column is the last.
                paint(tone(&record.state), &outcome(record)),
            ]);
        }
        console.say(rows)?;
    }
    let of = |name| pointer.get(name).map_or("", String::as_str);
    let silent: Vec<&str> = stack
        .made_of
        .subscriptions
        .iter()
        .filter(|(_, one)| one.takes(of("endpoint"), of("type")))
        .filter(|(_, one)| {
            let processor = one.target.processor.as_deref();
            !records
                .iter()
                .any(|record| Some(record.processor.as_str()) == processor)
        })
        .map(|(name, _)| name.as_str())
        .collect();
    if !silent.is_empty() {
        console.note(format!(
            "nothing is known of it at {}: on its way, or a target that keeps no record \
             (`coatcheck subscriptions status` and `coatcheck dlq ls` tell more)",
            silent.join(", ")
        ));
    } else if records.is_empty() {
        console.note("no subscription takes events of this endpoint and type");
    }
    Ok(())
}

fn tone(state: &str) -> Tone {
    match state {
        "completed" => Tone::Good,
        "failed" => Tone::Bad,
        _ => Tone::Worth,
    }
}

/// What came of it, or why nothing did.
fn outcome(record: &Record) -> String {
    let state = &record.state;
    let text = match (&record.failure, &record.summary) {
        (Some(failure), _) => {
            let reason = record.reason.as_deref().unwrap_or_default();
            format!("{state}: {failure}: {reason}")
        }
        (None, Some(summary)) => format!("{state}: {summary}"),
        (None, None) => state.clone(),
    };
    text.escape_debug().to_string()
}

fn as_json(record: &Record) -> Value {
    json!({
        "processor": record.processor,
        "state": record.state,
        "at": record.at,
        "attempts": record.attempts,
        "summary": record.summary,
        "age_ms": record.age_ms,
        "failure": record.failure,
        "reason": record.reason,
        "replayid": record.replay_id,
    })
}
