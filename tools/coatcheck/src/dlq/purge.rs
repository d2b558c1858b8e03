use anyhow::{Result, bail};
use operator::{
    dlq::{self, Selection},
    in_queue, plural,
};

use super::name;
use crate::{
    host::Host,
    interrupt,
    output::{Exit, Report},
    stack,
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck dlq show invoices --limit 1000 --json > deleted.jsonl && coatcheck dlq purge invoices
  coatcheck dlq purge invoices --message 5fea7756-0ea4-451a-a703-a558b933e274

For the whole DLQ, SQS takes up to a minute, and also deletes messages that arrive meanwhile. Messages that
you name are deleted one by one. The payloads and pointers of the events stay: `coatcheck replay` can still
send them.")]
pub(crate) struct Args {
    #[command(flatten)]
    dlq: name::Args,
    #[command(flatten)]
    messages: name::Messages,
    /// Do not ask for confirmation.
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    common: stack::CommandArgs,
}

pub(super) fn run(args: &Args, host: &Host) -> Result<Report> {
    args.common.run(host, async |stack, terminal| {
        let dlq = args.dlq.find(stack)?;
        let (selection, about, count) = match args.messages.named()? {
            Some(named) => (named, "", args.messages.count().try_into()?),
            None => {
                let count = in_queue(&dlq::depth(stack, &dlq).await?);
                // You answer for the number that you were asked about.
                let at_most = (!args.yes).then_some(count);
                (Selection::All { at_most }, "about ", count)
            }
        };
        let question = format!(
            "This deletes {about}{} from the DLQ of {}.",
            plural(count, "message"),
            dlq.name
        );
        if !args.yes && !terminal.confirm(&question, "pass --yes")? {
            bail!("nothing was deleted");
        }
        let progress = terminal.progress("deleting", Some(count));
        let stop = interrupt::listen();
        let outcome = dlq::purge(stack, &dlq, &selection, &progress, &stop).await?;
        drop(progress);
        terminal.either(&outcome)?;
        Ok(if outcome.interrupted {
            Exit::Interrupted
        } else {
            Exit::Good
        })
    })
}
