use anyhow::Result;
use domain::Ref;
use operator::events::{EventDetails, details, outcome};

use crate::{
    host::Host,
    output::{Exit, Report},
    sight, stack,
    table::{Tone, paint, table},
    terminal::Terminal,
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck events show billing/evt_1
  coatcheck events show billing/evt_1 --json | jq .pointer.key")]
pub(crate) struct Args {
    /// The event's ref, from a response, a log or `events ls`.
    #[arg(value_name = "REF")]
    reference: Ref,
    #[command(flatten)]
    sight: sight::Args,
    #[command(flatten)]
    common: stack::CommandArgs,
}

pub(super) fn run(args: &Args, host: &Host) -> Result<Report> {
    args.common.run(host, async |stack, terminal| {
        let details = details(&args.sight.of(stack), &args.reference).await?;
        if terminal.json() {
            terminal.line(&details)?;
            return Ok(Exit::Good);
        }
        for (name, value) in details.attributes() {
            let value = value.escape_debug();
            terminal.say(format_args!("{name:<14} {value}"))?;
        }
        for (name, value) in details.declared().iter() {
            let (name, value) = (format!("attribute {name}"), value.escape_debug());
            terminal.say(format_args!("{name:<14} {value}"))?;
        }
        terminal.say("")?;
        tell(&details, terminal)?;
        Ok(Exit::Good)
    })
}

fn tell(details: &EventDetails, terminal: &Terminal) -> Result<()> {
    let EventDetails {
        records,
        unrecorded,
        ..
    } = details;
    if !records.is_empty() {
        let mut rows = table(["by", "at", "attempts", "outcome"]);
        for record in records {
            rows.add_row([
                details.delivered_to(record).map_or_else(
                    || record.processor.clone(),
                    |subscription| format!("delivery to {subscription}"),
                ),
                record.at.clone(),
                record.attempts.to_string(),
                // Colour codes count as width, so a coloured column comes last.
                paint(
                    tone(&record.state),
                    &outcome(record).escape_debug().to_string(),
                ),
            ]);
        }
        terminal.say(rows)?;
    }
    if !unrecorded.is_empty() {
        terminal.note(format!(
            "no record from {}: the event is still on its way, or the target keeps no records \
             (see `coatcheck subscriptions status` and `coatcheck dlq ls`)",
            unrecorded.join(", ")
        ));
    } else if records.is_empty() {
        terminal.note("no subscription takes events of this endpoint and type");
    }
    Ok(())
}

fn tone(state: &str) -> Tone {
    match state {
        "completed" => Tone::Good,
        "failed" => Tone::Bad,
        _ => Tone::Attention,
    }
}
