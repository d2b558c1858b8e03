//! `coatcheck dlq`: the events that nobody could be given.

mod letter;
mod ls;
mod name;
mod purge;
mod redrive;
mod row;
mod show;

use anyhow::Result;
use aws::operator::Depth;
use clap::Subcommand;

pub(crate) use name::Dlq;

use crate::{host::Host, output::Report};

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Lists the DLQs and how much is in each.
    Ls(ls::Args),
    /// Shows what is in a DLQ, and why, without taking it out.
    Show(show::Args),
    /// Sends what is in a DLQ on its way again.
    Redrive(redrive::Args),
    /// Deletes everything that is in a DLQ.
    Purge(purge::Args),
}

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    match &args.command {
        Command::Ls(args) => ls::run(args, host),
        Command::Show(args) => show::run(args, host),
        Command::Redrive(args) => redrive::run(args, host),
        Command::Purge(args) => purge::run(args, host),
    }
}

/// What NAME is, for every --help.
const NAMES: &str = "NAME is a subscription, `router`, `admit` for objects of the direct lane, or `processor:NAME` for the inbox of a \
processor of kind queue.";

fn messages(count: u64) -> String {
    if count == 1 {
        "1 message".to_owned()
    } else {
        format!("{count} messages")
    }
}

/// Why there is nothing to be had.
fn nothing(dlq: &Dlq<'_>, depth: &Depth) -> String {
    if depth.in_flight > 0 {
        format!(
            "{} of the DLQ of {} are being looked at by somebody: try again when they are back",
            messages(depth.in_flight),
            dlq.name
        )
    } else {
        format!("the DLQ of {} is empty", dlq.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::sample;

    #[test]
    fn an_empty_one_and_one_that_somebody_looks_at_are_told_apart() {
        let made_of = sample();
        let dlq = Dlq::named(&made_of, "invoices").unwrap();
        let empty = Depth::default();
        assert!(nothing(&dlq, &empty).contains("is empty"));
        let looked_at = Depth {
            in_flight: 3,
            ..empty
        };
        assert!(nothing(&dlq, &looked_at).contains("3 messages"));
    }
}
