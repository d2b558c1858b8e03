//! `coatcheck subscriptions rotate-key`.

use anyhow::Result;
use domain::SignedDuration;
use operator::subscriptions::plan_key_rotation;

use crate::{
    host::Host,
    output::{Exit, Report},
    stack, when,
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck subscriptions rotate-key crm
  coatcheck subscriptions rotate-key crm --for 7d --yes

The first call creates the key. Each later one puts a new key beside the old one: events are signed with
both until the old one ends, so a receiver accepts them with either key. Give the receiver the new key
within that time. The command shows no secret; `coatcheck subscriptions key NAME --reveal` does.")]
pub(crate) struct Args {
    /// The subscription's name.
    name: String,
    /// How long events are still signed with the old key too; 5m or more.
    #[arg(long = "for", value_name = "LENGTH", default_value = "24h", value_parser = when::length)]
    overlap: SignedDuration,
    /// Do not ask for confirmation.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    common: stack::CommandArgs,
}

pub(super) fn run(args: &Args, host: &Host) -> Result<Report> {
    args.common.run(host, async |stack, terminal| {
        let rotation = plan_key_rotation(stack, &args.name, args.overlap).await?;
        if let Some(risk) = rotation.risk()
            && !args.yes
            && !terminal.confirm(&format!("{risk} Continue?"), "pass --yes")?
        {
            terminal.note("nothing was changed");
            return Ok(Exit::Usage);
        }
        let rotation = rotation.apply(stack).await?;
        terminal.either(&rotation.rotated())?;
        for line in rotation.remarks() {
            terminal.note(line);
        }
        Ok(Exit::Good)
    })
}
