use std::time::Duration;

use anyhow::{Context, Result};
use aws::Pipes;
use domain::SignedDuration;
use serde_json::json;

use super::{
    Pipe,
    switch::{Goal, Patience, Real, switch},
};
use crate::{
    console::Console,
    host::Host,
    output::{EXIT_CODES, Exit, Report},
    stack::{self, Stack},
    when,
};

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  coatcheck subscriptions resume invoices
  coatcheck subscriptions resume router --timeout 10m

{EXIT_CODES}"))]
pub(crate) struct Args {
    /// A subscription, or `router`.
    name: String,
    /// Waits at most so long until it runs.
    #[arg(long, value_name = "LENGTH", default_value = "5m", value_parser = when::length)]
    timeout: SignedDuration,
    /// Answers with one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    stack: stack::Args,
}

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    stack::run(&args.stack, args.json, host, async |stack, console| {
        let pipe = Pipe::named(&stack.made_of, &args.name)?;
        start(pipe, patience(args.timeout)?, stack, console).await?;
        Ok(Exit::Good)
    })
}

/// A look a second: a pipe takes a minute or two.
pub(super) fn patience(timeout: SignedDuration) -> Result<Patience> {
    Ok(Patience {
        pause: Duration::from_secs(1),
        at_most: timeout
            .try_into()
            .context("--timeout is no length of time")?,
    })
}

/// Starts it and says so.
pub(super) async fn start(
    pipe: Pipe<'_>,
    patience: Patience,
    stack: &Stack,
    console: &Console,
) -> Result<()> {
    let control = &Pipes::new(&stack.sdk);
    let real = Real {
        control,
        pipe: pipe.pipe,
    };
    let progress = console.waiting(format!("starting {}", pipe.name));
    let changed = switch(&real, pipe.name, Goal::Running, patience, &progress).await?;
    drop(progress);
    told(&pipe, Goal::Running, changed, console)?;
    if !pipe.enabled {
        console.note("Terraform has enabled = false for it: the next `terraform apply` stops it");
    }
    Ok(())
}

/// What it has become.
pub(super) fn told(pipe: &Pipe<'_>, goal: Goal, changed: bool, console: &Console) -> Result<()> {
    if console.json() {
        return console.line(&json!({
            "name": pipe.name,
            "pipe": pipe.pipe,
            "state": goal.state(),
            "changed": changed,
        }));
    }
    let already = if changed { "" } else { " already" };
    console.say(format_args!("{} is {}{already}", pipe.name, goal.state()))
}
