use anyhow::Result;
use domain::Ref;
use operator::events::{Reverification, verify};
use serde::Serialize;

use crate::{
    host::Host,
    output::{Exit, Report},
    stack,
    table::{Tone, paint},
};

#[derive(clap::Args)]
#[command(after_help = "\
Example:
  coatcheck events verify billing/evt_1

The command verifies the stored bytes and signature headers as of the time when the event was received,
with the keys that the endpoint's secret has today. If the key has been removed since, the command says so.")]
pub(crate) struct Args {
    /// The event's ref.
    #[arg(value_name = "REF")]
    reference: Ref,
    #[command(flatten)]
    common: stack::CommandArgs,
}

pub(super) fn run(args: &Args, host: &Host) -> Result<Report> {
    args.common.run(host, async |stack, terminal| {
        let reference = &args.reference;
        let result = verify(stack, reference).await?;
        let (exit, text) = match &result {
            Reverification::Valid { key_id } => (
                Exit::Good,
                format!(
                    "{} {reference}: the signature of the stored payload is valid, by the key {key_id}",
                    paint(Tone::Good, "valid")
                ),
            ),
            Reverification::Invalid { code, why } => (
                Exit::Bad,
                format!(
                    "{} {reference}: {why} ({code})",
                    paint(Tone::Bad, "invalid")
                ),
            ),
        };
        if terminal.json() {
            terminal.line(&VerifiedEvent {
                reference: reference.to_string(),
                result: &result,
            })?;
        } else {
            terminal.say(text)?;
        }
        Ok(exit)
    })
}

/// The result, with the event that it is about.
#[derive(Serialize)]
struct VerifiedEvent<'a> {
    #[serde(rename = "ref")]
    reference: String,
    #[serde(flatten)]
    result: &'a Reverification,
}
