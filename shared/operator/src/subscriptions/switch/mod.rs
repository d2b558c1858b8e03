//! Starts and stops a reader, and waits until it has started or stopped.

use std::time::{Duration, Instant};

use aws::{PipeState, operator::PipeRequest};
use domain::{SignedDuration, StoreError};

use super::{Goal, Pipe, Readers};
use crate::{Progress, Result, Stack, format::format_duration, problem::refuse};

/// How often to look: a change takes a minute or two.
pub(super) const PAUSE: Duration = Duration::from_secs(1);

/// What to do in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NextStep {
    Done,
    Wait,
    Ask,
    Fail,
}

/// `asked`: `EventBridge` has accepted the request already.
fn step(goal: Goal, state: &str, asked: bool) -> NextStep {
    match (state, goal) {
        ("RUNNING", Goal::Running) | ("STOPPED", Goal::Stopped) => NextStep::Done,
        ("CREATING" | "UPDATING" | "STARTING" | "STOPPING", _) => NextStep::Wait,
        // The state may be older than the request.
        ("RUNNING" | "STOPPED", _) if asked => NextStep::Wait,
        ("RUNNING" | "STOPPED", _) => NextStep::Ask,
        // What failed before may succeed now: try once, not forever.
        ("START_FAILED", Goal::Running) | ("STOP_FAILED" | "UPDATE_FAILED", Goal::Stopped)
            if !asked =>
        {
            NextStep::Ask
        }
        _ => NextStep::Fail,
    }
}

/// A reader that can be started and stopped.
pub(super) trait Switched {
    async fn status(&self) -> Result<PipeState, StoreError>;
    async fn ask(&self, goal: Goal) -> Result<PipeRequest, StoreError>;
}

/// A pipe of `EventBridge`, or a mapping of Lambda.
pub(super) struct Real<'a> {
    pub(super) readers: &'a Readers<'a>,
    pub(super) pipe: &'a Pipe<'a>,
}

impl Switched for Real<'_> {
    async fn status(&self) -> Result<PipeState, StoreError> {
        self.readers.own_state(self.pipe).await
    }

    async fn ask(&self, goal: Goal) -> Result<PipeRequest, StoreError> {
        self.readers.ask(self.pipe, goal).await
    }
}

/// Starts or stops a reader, and waits up to `at_most` for it. `false`: it was in that state
/// already. One that is started again also has its breaker closed, or it would still hold its events.
pub async fn switch(
    stack: &Stack,
    pipe: &Pipe<'_>,
    goal: Goal,
    at_most: Duration,
    progress: &impl Progress,
) -> Result<bool> {
    let readers = &Readers::of(stack);
    let real = Real { readers, pipe };
    // Before the first event comes.
    let closed = goal == Goal::Running && readers.close(pipe).await?;
    let changed = make_so(&real, pipe.owner, goal, (PAUSE, at_most), progress).await?;
    Ok(changed || closed)
}

/// Brings a reader into a state, as [`switch`] does.
pub(super) async fn make_so(
    pipe: &impl Switched,
    name: &str,
    goal: Goal,
    (pause, at_most): (Duration, Duration),
    progress: &impl Progress,
) -> Result<bool> {
    let begun = Instant::now();
    let mut asked = false;
    let mut changed = false;
    loop {
        let status = pipe.status().await?;
        match step(goal, &status.current, asked) {
            NextStep::Done => return Ok(changed),
            NextStep::Wait => {}
            NextStep::Ask => asked = pipe.ask(goal).await? == PipeRequest::Accepted,
            NextStep::Fail => refuse!("{}", failed(name, goal, &status)),
        }
        changed = true;
        let waited = begun.elapsed();
        if waited >= at_most {
            let waited = SignedDuration::try_from(waited).unwrap_or(SignedDuration::MAX);
            refuse!(
                "{name} is {} after {}, not {}. The change continues without this command: \
                 `coatcheck subscriptions status {name}` shows its state",
                status.current,
                format_duration(waited),
                goal.state(),
            );
        }
        progress.doing(&format!("{name} is {}", status.current));
        tokio::time::sleep(pause).await;
    }
}

fn failed(name: &str, goal: Goal, status: &PipeState) -> String {
    let reason = status
        .reason
        .as_deref()
        .unwrap_or("AWS gives no reason; see CloudTrail");
    let next = match (status.current.as_str(), goal) {
        ("NOT_FOUND" | "CREATE_FAILED" | "DELETING", _) => "run `terraform apply`",
        ("START_FAILED", Goal::Stopped) => {
            "it is not running, so there is nothing to stop; fix the cause"
        }
        _ => "fix the cause (`terraform plan` shows what was changed), then try again",
    };
    format!("{name} is {}: {reason}. Next: {next}", status.current)
}

#[cfg(test)]
mod script;
#[cfg(test)]
pub(super) use self::script::Script;
#[cfg(test)]
mod tests;
