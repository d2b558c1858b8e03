use std::time::Duration;

use anyhow::Result;
use domain::SignedDuration;
use operator::subscriptions::{self, Goal, HoldEnd, Pipe, may_stop, while_stopped};

use super::switch::{patience, switch, tell};
use crate::{
    host::Host,
    interrupt,
    output::{Exit, Report},
    stack::{self, Stack},
    terminal::Terminal,
    when,
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck subscriptions pause invoices
  coatcheck subscriptions pause router --for 30m

A subscription loses no events: its queue keeps them for its retention time. The router and `fan`, which
feeds the ordered subscriptions, read the stream, which keeps an event for 24 hours. So you can stop them only
for a time (--for), or if you accept the loss of older events (--accept-loss-after 24h). With --for, the
command stays, and starts it again when the time is over or when you press Ctrl-C.

After five minutes the alarm pipe-down goes on, if a pipe reads the subscription's queue. The next
`terraform apply` starts what was stopped, unless the subscription has enabled = false.")]
pub(crate) struct Args {
    /// The name of a subscription, `router` or `fan`.
    name: String,
    /// Start it again after this time, 20h at most. The command stays until then.
    #[arg(long = "for", value_name = "LENGTH", value_parser = when::length)]
    hold: Option<SignedDuration>,
    /// Accept that events are lost if they are not delivered within 24 hours.
    #[arg(
        long,
        value_name = "24h",
        value_parser = ["24h"],
        conflicts_with = "hold"
    )]
    accept_loss_after: Option<String>,
    /// How long to wait until it has stopped.
    #[arg(long, value_name = "LENGTH", default_value = "5m", value_parser = when::length)]
    timeout: SignedDuration,
    #[command(flatten)]
    common: stack::CommandArgs,
}

pub(super) fn run(args: &Args, host: &Host) -> Result<Report> {
    args.common.run(host, async |stack, terminal| {
        let pipe = Pipe::named(&stack.description, &args.name)?;
        may_stop(&pipe, args.hold, args.accept_loss_after.is_some())?;
        let patience = patience(args.timeout)?;
        if let Some(length) = args.hold {
            return hold(pipe, length, patience, stack, terminal).await;
        }
        stop(&pipe, patience, stack, terminal).await?;
        terminal.note(format!(
            "to start it again: coatcheck subscriptions resume {}",
            pipe.owner
        ));
        Ok(Exit::Good)
    })
}

/// Stops the reader, and says what happens meanwhile.
async fn stop(
    pipe: &Pipe<'_>,
    patience: Duration,
    stack: &Stack,
    terminal: &Terminal,
) -> Result<()> {
    switch(pipe, Goal::Stopped, patience, stack, terminal).await?;
    for line in while_stopped(stack, pipe).await? {
        terminal.note(line);
    }
    Ok(())
}

/// Stops the reader for a while, and starts it again whatever happens.
async fn hold(
    pipe: Pipe<'_>,
    length: SignedDuration,
    patience: Duration,
    stack: &Stack,
    terminal: &Terminal,
) -> Result<Exit> {
    let stop = interrupt::listen();
    let progress = terminal.waiting(format!("stopping {}", pipe.owner));
    let switched = |goal, changed| {
        progress.aside(|| {
            tell(&pipe, goal, changed, terminal)?;
            if goal == Goal::Stopped {
                terminal.note("Ctrl-C starts it before the time is over");
            }
            Ok(())
        })
    };
    let times = (length, patience);
    let end = subscriptions::hold(stack, &pipe, times, &progress, &stop, switched);
    let end: Result<HoldEnd> = end.await;
    Ok(match end? {
        HoldEnd::Over => Exit::Good,
        HoldEnd::Stopped => Exit::Interrupted,
    })
}
