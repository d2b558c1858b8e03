//! `coatcheck subscriptions`: who gets which events, and whether they are brought.

mod ls;
mod pause;
mod resume;
mod status;

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
    /// Lists the subscriptions: what each takes, and where it goes.
    Ls(ls::Args),
    /// Says how the pipes do, and how much waits.
    Status(status::Args),
    /// Stops a subscription's pipe, or the router's. What comes meanwhile waits.
    Pause(pause::Args),
    /// Starts a pipe again.
    Resume(resume::Args),
}

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    match &args.command {
        Command::Ls(args) => ls::run(args, host),
        Command::Status(args) => status::run(args, host),
        Command::Pause(args) => pause::run(args, host),
        Command::Resume(args) => resume::run(args, host),
    }
}
