//! `coatcheck erase`: what the stack holds of events, in every store that it can reach.

use anyhow::{Context, Result, bail, ensure};
use domain::{AttributeName, EndpointName, Ref};
use operator::{
    erase::{self, WhichToErase},
    plural,
};

use crate::{
    host::Host,
    interrupt,
    output::{Exit, Report},
    stack::{self, Stack},
    terminal::Terminal,
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck erase --where customer=cus_1 --dry-run
  coatcheck erase --where customer=cus_1 --json --yes > erased.json
  coatcheck erase billing/evt_1 billing/evt_2

It deletes the payload in all versions, the pointer and its rows in indexes, rows of replays, what processors
recorded, and messages in queues and DLQs. A tombstone with the event's name stays: a delivery that comes late
is answered with `erased` and stored nowhere. The report says what could not be reached, and until when backups
hold it. docs/erasure.md says more.

A message that is looked at counts as received once more. It needs the policies `read` and `erase`. You can
interrupt it, and run it again as often as you like.")]
pub(crate) struct Args {
    /// The events. Or select them by --where.
    #[arg(value_name = "REF")]
    references: Vec<Ref>,
    /// Events whose attribute has this value. Repeat it: all must match. The whole table is read.
    #[arg(long = "where", value_name = "NAME=VALUE", value_parser = condition, conflicts_with = "references")]
    conditions: Vec<(AttributeName, String)>,
    /// With --where: only events of this endpoint.
    #[arg(long, value_name = "NAME", requires = "conditions")]
    endpoint: Option<String>,
    /// Only print what would be erased.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask for confirmation.
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    common: stack::CommandArgs,
}

fn condition(text: &str) -> Result<(AttributeName, String), String> {
    let (name, value) = text.split_once('=').ok_or("NAME=VALUE is expected")?;
    let name = AttributeName::try_from(name.to_owned());
    let name = name.map_err(|problem| problem.to_string())?;
    Ok((name, value.to_owned()))
}

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    ensure!(
        !args.references.is_empty() || !args.conditions.is_empty(),
        "which events? Give refs, or one or more of --where NAME=VALUE"
    );
    args.common.run(host, async |stack, terminal| {
        work(args, stack, terminal).await
    })
}

async fn work(args: &Args, stack: &Stack, terminal: &Terminal) -> Result<Exit> {
    let refs = refs(args, stack, terminal).await?;
    let question = format!(
        "This erases {} for good, payloads included.",
        plural(refs.len() as u64, "event")
    );
    if !refs.is_empty()
        && !args.dry_run
        && !args.yes
        && !terminal.confirm(&question, "pass --yes")?
    {
        bail!("nothing was erased");
    }
    let progress = terminal.progress("erasing", Some(refs.len() as u64));
    let stop = interrupt::listen();
    let report = erase::erase(stack, &refs, args.dry_run, &progress, &stop).await?;
    drop(progress);
    terminal.either(&report)?;
    Ok(if report.interrupted {
        Exit::Interrupted
    } else if report.is_complete() {
        Exit::Good
    } else {
        Exit::Bad
    })
}

async fn refs(args: &Args, stack: &Stack, terminal: &Terminal) -> Result<Vec<Ref>> {
    if args.conditions.is_empty() {
        return Ok(args.references.clone());
    }
    let endpoint = args.endpoint.clone().map(EndpointName::try_from);
    let which = WhichToErase {
        endpoint: endpoint.transpose().context("--endpoint")?,
        attributes: args.conditions.clone(),
    };
    let progress = terminal.progress("reading the events table", None);
    let found = erase::find(stack, &which, &progress).await?;
    drop(progress);
    if !found.unfinished.is_empty() {
        let some = plural(found.unfinished.len() as u64, "event");
        terminal.note(format_args!(
            "besides, an earlier run has begun to erase {some} and not ended: they are among these"
        ));
    }
    Ok(found.all())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_a_name_and_the_rest() {
        let (name, value) = condition("customer=a=b ").unwrap();
        assert_eq!((name.as_str(), &*value), ("customer", "a=b "));
        for bad in ["customer", "Customer=a", "=a", "x_customer=a"] {
            assert!(condition(bad).is_err(), "{bad}");
        }
    }
}
