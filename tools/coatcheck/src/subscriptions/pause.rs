use std::time::Duration;

use anyhow::{Context, Result};
use domain::{SignedDuration, Timestamp};
use operator::{
    Progress as _, Stop, said,
    subscriptions::{Goal, Pipe, may_stop, while_stopped},
};

use super::resume::{patience, start, switch};
use crate::{
    console::Console,
    host::Host,
    interrupt,
    output::{EXIT_CODES, Exit, Report},
    stack::{self, Stack},
    when,
};

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  coatcheck subscriptions pause invoices
  coatcheck subscriptions pause router --for 30m

A buffered subscription loses nothing: its queue fills, and keeps what comes for as long as it keeps anything.
An ordered subscription and the router read the stream itself, which forgets an event after 24 hours; so they
are stopped only for a time (--for: the command stays, and starts the pipe again when the time is over or
Ctrl-C ends it), or by somebody who says that he knows (--accept-loss-after 24h).

The alarm for pipes that do not run (pipe-down) goes on after five minutes. The next `terraform apply` starts the pipe
again, unless the subscription has enabled = false there.

{EXIT_CODES}"))]
pub(crate) struct Args {
    /// A subscription, or `router`.
    name: String,
    /// Starts it again after so long, at most 20h. The command stays until then.
    #[arg(long = "for", value_name = "LENGTH", value_parser = when::length)]
    hold: Option<SignedDuration>,
    /// What is not brought within 24 hours is lost, and that is fine.
    #[arg(
        long,
        value_name = "24h",
        value_parser = ["24h"],
        conflicts_with = "hold"
    )]
    accept_loss_after: Option<String>,
    /// Waits at most so long until it stands still.
    #[arg(long, value_name = "LENGTH", default_value = "5m", value_parser = when::length)]
    timeout: SignedDuration,
    /// Answers with JSON, one object for each state that is reached.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    stack: stack::Args,
}

/// So often the clock on the wall is asked. A machine that sleeps stops the other one.
const LOOK: Duration = Duration::from_secs(15);

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    stack::run(&args.stack, args.json, host, async |stack, console| {
        let pipe = Pipe::named(&stack.description, &args.name)?;
        may_stop(&pipe, args.hold, args.accept_loss_after.is_some())?;
        let patience = patience(args.timeout)?;
        if let Some(length) = args.hold {
            return hold(pipe, length, patience, stack, console).await;
        }
        stop(&pipe, patience, stack, console).await?;
        console.note(format!(
            "to start it again: coatcheck subscriptions resume {}",
            pipe.name
        ));
        Ok(Exit::Good)
    })
}

/// Stops it, and says what happens meanwhile.
async fn stop(pipe: &Pipe<'_>, patience: Duration, stack: &Stack, console: &Console) -> Result<()> {
    switch(pipe, Goal::Stopped, patience, stack, console).await?;
    for line in while_stopped(stack, pipe).await? {
        console.note(line);
    }
    Ok(())
}

/// Stops it for a while. Whatever happens then, it is to run again.
async fn hold(
    pipe: Pipe<'_>,
    length: SignedDuration,
    patience: Duration,
    stack: &Stack,
    console: &Console,
) -> Result<Exit> {
    let interrupt = interrupt::listen();
    let until = (stack.now)().saturating_add(length)?;
    let outcome = stand_still(&pipe, until, &interrupt, patience, stack, console).await;
    start(pipe, patience, stack, console)
        .await
        .with_context(|| {
            format!(
                "{0} MAY STAND STILL. Start it: coatcheck subscriptions resume {0}",
                pipe.name
            )
        })?;
    outcome
}

async fn stand_still(
    pipe: &Pipe<'_>,
    until: Timestamp,
    interrupt: &Stop,
    patience: Duration,
    stack: &Stack,
    console: &Console,
) -> Result<Exit> {
    // Also after Ctrl-C: a pipe that still stops cannot be started, and looks as if it ran.
    stop(pipe, patience, stack, console).await?;
    let progress = console.waiting("");
    loop {
        let left = (stack.now)().duration_until(until);
        if !left.is_positive() {
            return Ok(Exit::Good);
        }
        progress.doing(&format!(
            "{} stands still for {} more; Ctrl-C starts it now",
            pipe.name,
            said(left)
        ));
        let left = Duration::try_from(left).unwrap_or(LOOK);
        tokio::select! {
            () = tokio::time::sleep(left.min(LOOK)) => {}
            () = interrupt.wait() => return Ok(Exit::Interrupted),
        }
    }
}
