use anyhow::{Result, bail};
use operator::{
    dlq::{self, Dlq},
    in_queue,
};
use serde_json::json;

use super::NAMES;
use crate::{
    console::Console,
    host::Host,
    output::{EXIT_CODES, Exit, Report},
    stack::{self, Stack},
};

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  coatcheck dlq show invoices --json > gone.jsonl && coatcheck dlq purge invoices

{NAMES} SQS deletes within a minute, and also what comes while it deletes. The events' payloads and
pointers stay where they are: `coatcheck replay` can still send them.

{EXIT_CODES}"))]
pub(crate) struct Args {
    /// Whose DLQ.
    name: String,
    /// Does not ask.
    #[arg(long, short)]
    yes: bool,
    /// Answers with one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    stack: stack::Args,
}

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    stack::run(&args.stack, args.json, host, async |stack, console| {
        purge(args, stack, console).await
    })
}

async fn purge(args: &Args, stack: &Stack, console: &Console) -> Result<Exit> {
    let dlq = Dlq::named(&stack.description, &args.name)?;
    let count = in_queue(&dlq::depth(stack, &dlq).await?);
    let question = format!(
        "About {count} messages of the DLQ of {} are deleted for good.",
        dlq.name
    );
    if !args.yes && !console.confirm(&question, "say --yes")? {
        bail!("nothing is deleted");
    }
    dlq::purge(stack, &dlq).await?;
    if console.json() {
        console.line(&json!({ "name": dlq.name, "purged": count }))?;
    } else {
        console.say(format_args!(
            "about {count} messages of the DLQ of {} are being deleted; it takes up to a minute",
            dlq.name
        ))?;
    }
    Ok(Exit::Good)
}
