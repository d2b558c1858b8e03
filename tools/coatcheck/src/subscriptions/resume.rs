use anyhow::Result;
use domain::SignedDuration;
use operator::subscriptions::Pipe;

use super::switch::{patience, start};
use crate::{
    host::Host,
    output::{Exit, Report},
    stack, when,
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck subscriptions resume invoices
  coatcheck subscriptions resume router --timeout 10m

It also closes the breaker of a destination: its events are sent at once, without a probe.")]
pub(crate) struct Args {
    /// The name of a subscription, `router` or `fan`.
    name: String,
    /// How long to wait until it runs.
    #[arg(long, value_name = "LENGTH", default_value = "5m", value_parser = when::length)]
    timeout: SignedDuration,
    #[command(flatten)]
    common: stack::CommandArgs,
}

pub(super) fn run(args: &Args, host: &Host) -> Result<Report> {
    args.common.run(host, async |stack, terminal| {
        let pipe = Pipe::named(&stack.description, &args.name)?;
        start(pipe, patience(args.timeout)?, stack, terminal).await?;
        Ok(Exit::Good)
    })
}
