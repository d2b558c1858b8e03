use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::{check, completions, host::Host, output::Report, schemes, sign, verify};

/// What the exit codes mean, for every --help.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  good
  1  judged and not good: an invalid delivery, a bad scheme
  2  not judged: an argument is wrong, a file cannot be read";

/// Works with webhooks the way Coatcheck does: verifies and signs deliveries, explains schemes.
#[derive(Parser)]
#[command(name = "coatcheck", version, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
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
        for command in Cli::command().get_subcommands() {
            let help = command.get_after_help().unwrap().to_string();
            let name = command.get_name();
            assert!(help.contains(&format!("coatcheck {name}")), "{name}");
            assert!(help.contains(EXIT_CODES), "{name}");
        }
    }
}
