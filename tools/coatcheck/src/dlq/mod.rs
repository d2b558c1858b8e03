//! `coatcheck dlq`: the events that nobody could be given.

mod ls;
mod purge;
mod redrive;
mod show;

use anyhow::Result;
use clap::Subcommand;

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
