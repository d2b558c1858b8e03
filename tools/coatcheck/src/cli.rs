use anyhow::Result;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::{
    check, completions, console, cost, dlq, doctor, endpoints, erase, events,
    host::Host,
    listen, logs,
    output::{EXIT_CODES, Report},
    ranges, replay, schemes, send, sign, subscriptions, sweep, verify,
};

/// Operate a Coatcheck stack, and sign and verify webhooks as it does.
#[derive(Parser)]
#[command(name = "coatcheck", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List, show and verify events, and get their payloads.
    #[command(subcommand)]
    Events(events::Command),
    /// Deliver each event to a program on this machine.
    Listen(listen::Args),
    /// Route events again: one, or a selection.
    Replay(replay::Args),
    /// List subscriptions, show their state, pause and resume them.
    #[command(subcommand)]
    Subscriptions(subscriptions::Command),
    /// Route events whose delivery was interrupted by a crash.
    Sweep(sweep::Args),
    /// Erase events in every store: payloads, pointers, records, messages.
    Erase(erase::Args),
    /// List the dead-letter queues, show what is in them, send it back.
    #[command(subcommand)]
    Dlq(dlq::Command),
    /// List endpoints, rotate their keys, test them.
    #[command(subcommand)]
    Endpoints(endpoints::Command),
    /// Send deliveries as a provider would: one, or many under load.
    Send(send::Args),
    /// Open the console: the stack in your browser.
    Console(console::Args),
    /// Check the whole stack, and say what to do where something is wrong.
    Doctor(doctor::Args),
    /// Reckon what a stack costs at AWS's list prices.
    Cost(cost::Args),
    /// Show the log of a function.
    Logs(logs::Args),
    /// Verify a delivery, and say why it is valid or not.
    Verify(verify::Args),
    /// Print the headers that a provider would send with a body.
    Sign(sign::Args),
    /// List the presets, or show one.
    Schemes(schemes::Args),
    /// List the address ranges that providers publish, and compare them with what they publish today.
    #[command(subcommand)]
    Ranges(ranges::Command),
    /// Check a scheme of your own.
    Check(check::Args),
    /// Print the completion script of a shell.
    Completions(completions::Args),
}

impl Cli {
    /// Reads the arguments; ends the process if they are wrong, or if you ask for help.
    pub(crate) fn of_arguments() -> Self {
        let mut matches = whole().get_matches();
        Self::from_arg_matches_mut(&mut matches).unwrap_or_else(|problem| problem.exit())
    }

    pub(crate) fn run(&self, host: &Host) -> Result<Report> {
        match &self.command {
            Command::Events(command) => command.run(host),
            Command::Listen(args) => listen::run(args, host),
            Command::Replay(args) => replay::run(args, host),
            Command::Subscriptions(command) => command.run(host),
            Command::Sweep(args) => sweep::run(args, host),
            Command::Erase(args) => erase::run(args, host),
            Command::Dlq(command) => command.run(host),
            Command::Endpoints(command) => command.run(host),
            Command::Send(args) => send::run(args, host),
            Command::Console(args) => console::run(args, host),
            Command::Doctor(args) => doctor::run(args, host),
            Command::Cost(args) => cost::run(args, host),
            Command::Logs(args) => logs::run(args, host),
            Command::Verify(args) => verify::run(args, host),
            Command::Sign(args) => sign::run(args, host),
            Command::Schemes(args) => schemes::run(args),
            Command::Ranges(command) => command.run(host),
            Command::Check(args) => check::run(args),
            Command::Completions(args) => Ok(completions::run(args, whole())),
        }
    }
}

/// The command line, each help of which ends with the exit codes.
fn whole() -> clap::Command {
    with_exit_codes(Cli::command())
}

fn with_exit_codes(command: clap::Command) -> clap::Command {
    let help = match command.get_after_help() {
        Some(help) => format!("{help}\n\n{EXIT_CODES}"),
        None => EXIT_CODES.to_owned(),
    };
    command.after_help(help).mut_subcommands(with_exit_codes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_sound() {
        whole().debug_assert();
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
        for command in whole().get_subcommands() {
            look(command, "coatcheck");
        }
    }
}
