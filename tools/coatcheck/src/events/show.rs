use anyhow::Result;
use domain::Ref;
use operator::events::{Story, outcome, story};

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

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    stack::run(&args.stack, args.json, host, async |stack, console| {
        show(args, stack, console).await
    })
}

async fn show(args: &Args, stack: &Stack, console: &Console) -> Result<Exit> {
    let story = story(stack, &args.reference).await?;
    if console.json() {
        console.line(&story.as_json())?;
        return Ok(Exit::Good);
    }
    for (name, value) in story.attributes() {
        let value = value.escape_debug();
        console.say(format_args!("{name:<14} {value}"))?;
    }
    console.say("")?;
    tell(&story, console)?;
    Ok(Exit::Good)
}

fn tell(story: &Story, console: &Console) -> Result<()> {
    let Story {
        records, silent, ..
    } = story;
    if !records.is_empty() {
        let mut rows = table(["processor", "at", "tries", "outcome"]);
        for record in records {
            rows.add_row([
                record.processor.clone(),
                record.at.clone(),
                record.attempts.to_string(),
                // Colour codes count as width, so a coloured column is the last.
                paint(
                    tone(&record.state),
                    &outcome(record).escape_debug().to_string(),
                ),
            ]);
        }
        console.say(rows)?;
    }
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
