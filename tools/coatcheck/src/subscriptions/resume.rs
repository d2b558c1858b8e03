use std::time::Duration;

use anyhow::{Context, Result};
use domain::SignedDuration;
use operator::subscriptions::{self, Goal, Pipe};
use serde_json::json;

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
        let pipe = Pipe::named(&stack.description, &args.name)?;
        start(pipe, patience(args.timeout)?, stack, console).await?;
        Ok(Exit::Good)
    })
}

pub(super) fn patience(timeout: SignedDuration) -> Result<Duration> {
    timeout.try_into().context("--timeout is no length of time")
}

/// Starts it and says so.
pub(super) async fn start(
    pipe: Pipe<'_>,
    patience: Duration,
    stack: &Stack,
    console: &Console,
) -> Result<()> {
    switch(&pipe, Goal::Running, patience, stack, console).await?;
    if !pipe.enabled {
        console.note("Terraform has enabled = false for it: the next `terraform apply` stops it");
    }
    Ok(())
}

/// Starts or stops it, and says what it has become.
pub(super) async fn switch(
    pipe: &Pipe<'_>,
    goal: Goal,
    patience: Duration,
    stack: &Stack,
    console: &Console,
) -> Result<()> {
    let doing = match goal {
        Goal::Running => "starting",
        Goal::Stopped => "stopping",
    };
    let progress = console.waiting(format!("{doing} {}", pipe.name));
    let changed = subscriptions::switch(stack, pipe, goal, patience, &progress).await?;
    drop(progress);
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
