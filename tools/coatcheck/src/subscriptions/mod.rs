//! `coatcheck subscriptions`: which events go to which target, and whether they do.

mod key;
mod ls;
mod pause;
mod resume;
mod rotate;
mod status;
mod switch;
mod test;

use anyhow::Result;

use crate::{host::Host, output::Report};

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// List the subscriptions: which events each takes, and its target.
    Ls(ls::Args),
    /// Show whether each subscription delivers, and how many messages wait.
    Status(status::Args),
    /// Stop what reads for a subscription, or for the router. New events wait.
    Pause(pause::Args),
    /// Start it again. It also closes the breaker of a destination.
    Resume(resume::Args),
    /// Send a test event through one subscription, and wait for its outcome.
    Test(test::Args),
    /// Say where the signing key of an HTTP destination is, or show it.
    Key(key::Args),
    /// Add a new signing key of an HTTP destination beside the old one.
    RotateKey(rotate::Args),
}

impl Command {
    pub(crate) fn run(&self, host: &Host) -> Result<Report> {
        match self {
            Self::Ls(args) => ls::run(args, host),
            Self::Status(args) => status::run(args, host),
            Self::Pause(args) => pause::run(args, host),
            Self::Resume(args) => resume::run(args, host),
            Self::Test(args) => test::run(args, host),
            Self::Key(args) => key::run(args, host),
            Self::RotateKey(args) => rotate::run(args, host),
        }
    }
}
