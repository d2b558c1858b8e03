//! `coatcheck events`: what was received, what happened to it, and its payload.

mod ls;
mod payload;
mod rows;
mod show;
mod tail;
mod verify;

use anyhow::Result;

use crate::{host::Host, output::Report};

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// List events, newest first.
    Ls(ls::Args),
    /// Show an event's pointer, and what each processor did with it.
    Show(show::Args),
    /// Print an event's payload, byte for byte, after checking its digest.
    Payload(payload::Args),
    /// Verify an event again: the stored bytes and headers, with the endpoint's keys.
    Verify(verify::Args),
    /// Follow events as they arrive.
    Tail(tail::Args),
}

impl Command {
    pub(crate) fn run(&self, host: &Host) -> Result<Report> {
        match self {
            Self::Ls(args) => ls::run(args, host),
            Self::Show(args) => show::run(args, host),
            Self::Payload(args) => payload::run(args, host),
            Self::Verify(args) => verify::run(args, host),
            Self::Tail(args) => tail::run(args, host),
        }
    }
}
