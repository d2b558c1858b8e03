//! The command line of Coatcheck.

mod check;
mod cli;
mod completions;
mod delivery;
mod facts;
mod headers;
mod host;
mod output;
mod scheme;
mod schemes;
mod secrets;
mod shown;
mod sign;
mod verify;
mod words;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let outcome = cli::Cli::parse().run(&host::Host::of_this_process());
    output::finish(outcome)
}
