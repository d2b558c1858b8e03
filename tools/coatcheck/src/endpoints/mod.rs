//! `coatcheck endpoints`: the URLs that providers post to, and their keys.

mod list;
mod rotate;
mod test;
mod url;

use anyhow::Result;

use crate::{host::Host, output::Report};

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// List the endpoints with their URLs and the ids of their keys.
    Ls(list::Args),
    /// Print the URL of an endpoint, for its provider.
    Url(url::Args),
    /// Add a new key beside the old one, or replace the old one.
    RotateKey(rotate::Args),
    /// Send a signed test delivery, and wait until it is stored.
    Test(test::Args),
}

impl Command {
    pub(crate) fn run(&self, host: &Host) -> Result<Report> {
        match self {
            Self::Ls(args) => list::run(args, host),
            Self::Url(args) => url::run(args, host),
            Self::RotateKey(args) => rotate::run(args, host),
            Self::Test(args) => test::run(args, host),
        }
    }
}
