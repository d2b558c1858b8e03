//! `coatcheck ranges`: the address ranges that providers publish for their webhooks.

mod check;
mod folder;
mod list;
mod outcome;

use anyhow::Result;

use crate::{host::Host, output::Report};

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// List the lists that you can name in `allowed_cidrs`.
    Ls(list::Args),
    /// Compare lists with what their providers publish today.
    Check(check::Args),
}

impl Command {
    pub(crate) fn run(&self, host: &Host) -> Result<Report> {
        match self {
            Self::Ls(args) => list::run(args),
            Self::Check(args) => check::run(args, host),
        }
    }
}
