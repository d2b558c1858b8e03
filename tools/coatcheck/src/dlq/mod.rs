//! `coatcheck dlq`: the events that were given up.

mod ls;
mod name;
mod purge;
mod redrive;
mod show;

use anyhow::Result;

use crate::{host::Host, output::Report};

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// List the DLQs, and how many messages each has.
    Ls(ls::Args),
    /// Show the messages of a DLQ and why they are there. Nothing is removed.
    Show(show::Args),
    /// Send the messages of a DLQ back to where they failed.
    Redrive(redrive::Args),
    /// Delete messages of a DLQ for good.
    Purge(purge::Args),
}

impl Command {
    pub(crate) fn run(&self, host: &Host) -> Result<Report> {
        match self {
            Self::Ls(args) => ls::run(args, host),
            Self::Show(args) => show::run(args, host),
            Self::Redrive(args) => redrive::run(args, host),
            Self::Purge(args) => purge::run(args, host),
        }
    }
}
