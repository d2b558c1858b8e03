use clap_complete::Shell;

use crate::output::{Exit, Report};

#[derive(clap::Args)]
#[command(after_help = "\
Example:
  coatcheck completions bash > ~/.local/share/bash-completion/completions/coatcheck")]
pub(crate) struct Args {
    /// Your shell.
    shell: Shell,
}

/// Prints the script for the whole command line.
pub(crate) fn run(args: &Args, mut whole: clap::Command) -> Report {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut whole, "coatcheck", &mut script);
    Report::text(Exit::Good, String::from_utf8_lossy(&script))
}
