use anyhow::Result;
use domain::Ref;
use operator::events::{Verdict, verify};

use crate::{
    host::Host,
    output::{EXIT_CODES, Exit, Report},
    stack,
    table::{Tone, paint},
};

#[derive(clap::Args)]
#[command(after_help = format!("\
Example:
  coatcheck events verify billing/evt_1

Judges the stored bytes and the stored signature headers by the clock of the moment when the event came, under the
keys that the endpoint's secret holds today. A key that is gone since cannot be tried: the answer says so.

{EXIT_CODES}"))]
pub(crate) struct Args {
    /// The event's ref.
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
        let reference = &args.reference;
        let verdict = verify(stack, reference).await?;
        let (exit, text) = match &verdict {
            Verdict::Valid { key_id } => (
                Exit::Good,
                format!(
                    "{} {reference}: payload and signature are good, under the key {key_id}",
                    paint(Tone::Good, "valid")
                ),
            ),
            Verdict::Invalid { code, why } => (
                Exit::Bad,
                format!(
                    "{} {reference}: {why} ({code})",
                    paint(Tone::Bad, "invalid")
                ),
            ),
        };
        if console.json() {
            console.line(&verdict.as_json(reference))?;
        } else {
            console.say(text)?;
        }
        Ok(exit)
    })
}
