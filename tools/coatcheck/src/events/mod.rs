//! `coatcheck events`: what came, what became of it, and its payload.

mod ls;
mod payload;
mod show;
mod tail;
mod verify;

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
    /// Lists events, newest first.
    Ls(ls::Args),
    /// Shows an event's pointer, and what each processor made of it.
    Show(show::Args),
    /// Prints an event's payload, byte for byte, checked against its digest.
    Payload(payload::Args),
    /// Verifies an event again: the stored bytes and headers, under the endpoint's keys.
    Verify(verify::Args),
    /// Follows events as they come.
    Tail(tail::Args),
}

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    match &args.command {
        Command::Ls(args) => ls::run(args, host),
        Command::Show(args) => show::run(args, host),
        Command::Payload(args) => payload::run(args, host),
        Command::Verify(args) => verify::run(args, host),
        Command::Tail(args) => tail::run(args, host),
    }
}
