//! Starts and stops a pipe, for `pause` and `resume`.

use std::time::Duration;

use anyhow::{Context, Result};
use domain::SignedDuration;
use operator::subscriptions::{self, Goal, Pipe};
use serde_json::json;

use crate::{console::Console, stack::Stack};

pub(super) fn patience(timeout: SignedDuration) -> Result<Duration> {
    timeout
        .try_into()
        .context("--timeout is not a length of time")
}

/// Starts the pipe.
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

/// Starts or stops the pipe, and prints its state.
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
    let progress = console.waiting(format!("{doing} {}", pipe.owner));
    let changed = subscriptions::switch(stack, pipe, goal, patience, &progress).await?;
    drop(progress);
    if console.json() {
        return console.line(&json!({
            "name": pipe.owner,
            "pipe": pipe.name,
            "state": goal.state(),
            "changed": changed,
        }));
    }
    let already = if changed { "" } else { " already" };
    console.say(format_args!("{} is {}{already}", pipe.owner, goal.state()))
}
