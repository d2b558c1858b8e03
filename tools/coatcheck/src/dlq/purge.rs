use anyhow::{Result, bail};
use operator::{dlq, in_queue, plural};
use serde_json::json;

use super::name;
use crate::{
    host::Host,
    output::{Exit, Report},
    stack,
};

#[derive(clap::Args)]
#[command(after_help = "\
Example:
  coatcheck dlq show invoices --limit 1000 --json > deleted.jsonl && coatcheck dlq purge invoices

SQS takes up to a minute, and also deletes messages that arrive meanwhile. The payloads and pointers of
the events stay: `coatcheck replay` can still send them.")]
pub(crate) struct Args {
    #[command(flatten)]
    dlq: name::Args,
    /// Do not ask for confirmation.
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    common: stack::CommandArgs,
}

pub(super) fn run(args: &Args, host: &Host) -> Result<Report> {
    args.common.run(host, async |stack, terminal| {
        let dlq = args.dlq.find(stack)?;
        let count = in_queue(&dlq::depth(stack, &dlq).await?);
        let what = format!("{} from the DLQ of {}", plural(count, "message"), dlq.name);
        let question = format!("This deletes about {what}.");
        if !args.yes && !terminal.confirm(&question, "pass --yes")? {
            bail!("nothing was deleted");
        }
        dlq::purge(stack, &dlq).await?;
        if terminal.json() {
            terminal.line(&json!({ "name": dlq.name, "purged": count }))?;
        } else {
            terminal.say(format_args!(
                "deleting about {what}: this takes up to a minute"
            ))?;
        }
        Ok(Exit::Good)
    })
}
