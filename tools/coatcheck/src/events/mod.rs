//! `coatcheck events`: what came, what became of it, and its payload.

mod ls;
mod payload;
mod selection;
mod show;
mod tail;
pub(crate) mod timeline;
mod verify;

use anyhow::{Context, Result};
use aws::{Image, Pointers};
use clap::Subcommand;
use domain::Ref;

pub(crate) use selection::Selection;

use crate::{
    host::Host,
    output::Report,
    stack::{Explained, Stack},
};

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

/// The pointer of an event that must be there.
pub(crate) async fn pointer(stack: &Stack, reference: &Ref) -> Result<Image> {
    let pointers = Pointers::new(&stack.sdk, stack.made_of.tables.events.clone());
    let found = pointers.get(reference).await.explained()?;
    found.with_context(|| {
        format!(
            "there is no event {reference}: it never came, or its pointer has expired \
             ({} days). `coatcheck events ls` shows those there are",
            stack.made_of.days.pointers
        )
    })
}

/// An attribute that every pointer has.
fn of<'a>(pointer: &'a Image, name: &str) -> Result<&'a str> {
    pointer
        .get(name)
        .map(String::as_str)
        .with_context(|| format!("the pointer has no attribute {name}"))
}
