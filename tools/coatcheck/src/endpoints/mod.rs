//! `coatcheck endpoints`: the URLs that providers post to, and their keys.

mod list;
mod rotate;
mod test;
mod url;

use anyhow::Result;

use crate::{
    host::Host,
    output::{EXIT_CODES, Report},
};

#[derive(clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Lists the endpoints with their URLs and the ids of their keys.
    Ls(list::Args),
    /// Prints the URL of an endpoint, to be given to its provider.
    Url(url::Args),
    /// Puts a new key beside the old one, or in its place.
    RotateKey(rotate::Args),
    /// Sends a signed test delivery and waits until it is stored.
    Test(test::Args),
}

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    match &args.command {
        Command::Ls(args) => list::run(args, host),
        Command::Url(args) => url::run(args, host),
        Command::RotateKey(args) => rotate::run(args, host),
        Command::Test(args) => test::run(args, host),
    }
}
