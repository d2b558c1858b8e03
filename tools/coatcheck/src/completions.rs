use clap::CommandFactory;
use clap_complete::Shell;

use crate::{
    cli::Cli,
    output::{EXIT_CODES, Exit, Report},
};

#[derive(clap::Args)]
#[command(after_help = format!("\
Example:
  coatcheck completions bash > ~/.local/share/bash-completion/completions/coatcheck

{EXIT_CODES}"))]
pub(crate) struct Args {
    /// The shell.
    shell: Shell,
}

pub(crate) fn run(args: &Args) -> Report {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "coatcheck", &mut script);
    Report::text(Exit::Good, String::from_utf8_lossy(&script))
}
