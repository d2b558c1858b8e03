//! `coatcheck subscriptions key`.

use anyhow::Result;
use operator::subscriptions::KeyPlace;

use crate::{
    host::Host,
    output::{Exit, Report},
    stack,
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck subscriptions key crm
  coatcheck subscriptions key crm --reveal

Without --reveal the command says where the keys are, and reads no secret. With it the newest key goes to
standard output, and remarks go to standard error. With --json all live keys are shown.")]
pub(crate) struct Args {
    /// The subscription's name.
    name: String,
    /// Show the key.
    #[arg(long)]
    reveal: bool,
    #[command(flatten)]
    common: stack::CommandArgs,
}

pub(super) fn run(args: &Args, host: &Host) -> Result<Report> {
    args.common.run(host, async |stack, terminal| {
        let place = KeyPlace::find(stack, &args.name)?;
        if !args.reveal {
            terminal.either(&place)?;
            return Ok(Exit::Good);
        }
        let keys = place.reveal(stack).await?;
        terminal.either(&keys)?;
        for line in keys.remarks() {
            terminal.note(line);
        }
        Ok(Exit::Good)
    })
}
