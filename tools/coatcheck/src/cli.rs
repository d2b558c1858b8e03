use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::{
    check, completions, dlq, doctor, endpoints, events,
    host::Host,
    logs,
    output::{EXIT_CODES, Report},
    replay, schemes, send, sign, subscriptions, sweep, verify,
};

/// Operates a stack of Coatcheck, and works with webhooks the way it does.
#[derive(Parser)]
#[command(name = "coatcheck", version, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Lists and shows events, and gives their payloads.
    Events(events::Args),
    /// Routes events again: one, or a selection.
    Replay(replay::Args),
    /// Lists subscriptions, says how they do, stops and starts them.
    Subscriptions(subscriptions::Args),
    /// Gives payloads their pointers that a crash left without.
    Sweep(sweep::Args),
    /// Lists the DLQs, shows what is in them, sends it on its way again.
    Dlq(dlq::Args),
    /// Lists endpoints, changes their keys, tests them.
    Endpoints(endpoints::Args),
    /// Sends deliveries as a provider would, one or very many.
    Send(send::Args),
    /// Looks at the whole stack, and says what to do where it is not well.
    Doctor(doctor::Args),
    /// Shows what a function has logged.
    Logs(logs::Args),
    /// Judges a delivery and says why.
    Verify(verify::Args),
    /// Prints the headers that a provider would send with a body.
    Sign(sign::Args),
    /// Lists the presets, or shows one.
    Schemes(schemes::Args),
    /// Checks a scheme of your own.
    Check(check::Args),
    /// Prints a shell's completion script.
    Completions(completions::Args),
}

impl Cli {
    pub(crate) fn run(&self, host: &Host) -> Result<Report> {
        match &self.command {
            Command::Events(args) => events::run(args, host),
            Command::Replay(args) => replay::run(args, host),
            Command::Subscriptions(args) => subscriptions::run(args, host),
            Command::Sweep(args) => sweep::run(args, host),
            Command::Dlq(args) => dlq::run(args, host),
            Command::Endpoints(args) => endpoints::run(args, host),
            Command::Send(args) => send::run(args, host),
            Command::Doctor(args) => doctor::run(args, host),
            Command::Logs(args) => logs::run(args, host),
            Command::Verify(args) => verify::run(args, host),
            Command::Sign(args) => sign::run(args, host),
            Command::Schemes(args) => schemes::run(args),
            Command::Check(args) => check::run(args),
            Command::Completions(args) => Ok(completions::run(args)),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_help_has_an_example_and_the_exit_codes() {
        fn look(command: &clap::Command, path: &str) {
            let path = format!("{path} {}", command.get_name());
            let mut parts = command.get_subcommands().peekable();
            if parts.peek().is_some() {
                parts.for_each(|part| look(part, &path));
            } else {
                let help = command.get_after_help().map(ToString::to_string);
                let help = help.unwrap_or_default();
                assert!(help.contains(&path), "{path}: no example");
                assert!(help.contains(EXIT_CODES), "{path}: no exit codes");
            }
        }
        for command in Cli::command().get_subcommands() {
            look(command, "coatcheck");
        }
    }
}
