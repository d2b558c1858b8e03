//! The command line of Coatcheck.

mod check;
mod cli;
mod completions;
mod console;
mod cost;
mod delivery;
mod dlq;
mod doctor;
mod endpoints;
mod events;
mod facts;
mod headers;
mod host;
mod interrupt;
mod listen;
mod logs;
mod output;
mod ranges;
mod replay;
mod scheme;
mod schemes;
mod secrets;
mod selection;
mod send;
mod sender;
mod shown;
mod sight;
mod sign;
mod stack;
mod subscriptions;
mod sweep;
mod table;
mod terminal;
mod verify;
mod when;

use std::process::ExitCode;

fn main() -> ExitCode {
    let outcome = cli::Cli::of_arguments().run(&host::Host::of_this_process());
    output::finish(outcome)
}
