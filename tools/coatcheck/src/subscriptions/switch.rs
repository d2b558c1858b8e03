//! Starts and stops a reader, for `pause` and `resume`.

use std::time::Duration;

use anyhow::{Context, Result};
use domain::SignedDuration;
use operator::subscriptions::{self, Goal, Pipe};
use serde_json::json;

use crate::{stack::Stack, terminal::Terminal};

pub(super) fn patience(timeout: SignedDuration) -> Result<Duration> {
    timeout
        .try_into()
        .context("--timeout is not a length of time")
}

/// Starts the reader.
pub(super) async fn start(
    pipe: Pipe<'_>,
    patience: Duration,
    stack: &Stack,
    terminal: &Terminal,
) -> Result<()> {
    switch(&pipe, Goal::Running, patience, stack, terminal).await?;
    if let Some(remark) = pipe.start_remark() {
        terminal.note(remark);
    }
    Ok(())
}

/// Starts or stops the reader, and prints its state.
pub(super) async fn switch(
    pipe: &Pipe<'_>,
    goal: Goal,
    patience: Duration,
    stack: &Stack,
    terminal: &Terminal,
) -> Result<()> {
    let doing = match goal {
        Goal::Running => "starting",
        Goal::Stopped => "stopping",
    };
    let progress = terminal.waiting(format!("{doing} {}", pipe.owner));
    let changed = subscriptions::switch(stack, pipe, goal, patience, &progress).await?;
    drop(progress);
    tell(pipe, goal, changed, terminal)
}

/// Prints the state that the reader has reached.
pub(super) fn tell(pipe: &Pipe<'_>, goal: Goal, changed: bool, terminal: &Terminal) -> Result<()> {
    if terminal.json() {
        return terminal.line(&json!({
            "name": pipe.owner,
            "pipe": pipe.mapping.is_none().then_some(pipe.name),
            "function": pipe.mapping.is_some().then_some(pipe.name),
            "state": goal.state(),
            "changed": changed,
        }));
    }
    let already = if changed { "" } else { " already" };
    terminal.say(format_args!("{} is {}{already}", pipe.owner, goal.state()))
}
