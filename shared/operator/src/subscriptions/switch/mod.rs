//! Starting and stopping a pipe, and waiting until it is so.

use std::time::{Duration, Instant};

use aws::{PipeState, Pipes, operator::PipeRequest};
use domain::{SignedDuration, StoreError};

use super::Pipe;
use crate::{Progress, Result, Stack, problem::refuse, time::said};

/// A pipe takes a minute or two.
const PAUSE: Duration = Duration::from_secs(1);

/// What a pipe is to become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// It brings events.
    Running,
    /// It stands still.
    Stopped,
}

impl Goal {
    /// As `EventBridge` calls it.
    pub fn state(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Stopped => "STOPPED",
        }
    }
}

/// What to do about a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Done,
    Wait,
    Ask,
    Fail,
}

/// `asked`: `EventBridge` has taken the wish already.
fn step(goal: Goal, state: &str, asked: bool) -> Step {
    match (state, goal) {
        ("RUNNING", Goal::Running) | ("STOPPED", Goal::Stopped) => Step::Done,
        ("CREATING" | "UPDATING" | "STARTING" | "STOPPING", _) => Step::Wait,
        // The answer may be older than the wish.
        ("RUNNING" | "STOPPED", _) if asked => Step::Wait,
        ("RUNNING" | "STOPPED", _) => Step::Ask,
        // What failed once may go well now: once more, and not for ever.
        ("START_FAILED", Goal::Running) | ("STOP_FAILED" | "UPDATE_FAILED", Goal::Stopped)
            if !asked =>
        {
            Step::Ask
        }
        _ => Step::Fail,
    }
}

/// One pipe, as far as starting and stopping it goes.
trait Switched {
    async fn status(&self) -> Result<PipeState, StoreError>;
    async fn ask(&self, goal: Goal) -> Result<PipeRequest, StoreError>;
}

/// A pipe of `EventBridge`, by its name.
struct Real<'a> {
    control: &'a Pipes,
    pipe: &'a str,
}

impl Switched for Real<'_> {
    async fn status(&self) -> Result<PipeState, StoreError> {
        self.control.state(self.pipe).await
    }

    async fn ask(&self, goal: Goal) -> Result<PipeRequest, StoreError> {
        match goal {
            Goal::Running => self.control.start(self.pipe).await,
            Goal::Stopped => self.control.stop(self.pipe).await,
        }
    }
}

/// Starts or stops a pipe, and waits at most so long until it is so. `false`: it was so
/// already.
pub async fn switch(
    stack: &Stack,
    pipe: &Pipe<'_>,
    goal: Goal,
    at_most: Duration,
    progress: &impl Progress,
) -> Result<bool> {
    let real = Real {
        control: &stack.pipes(),
        pipe: pipe.pipe,
    };
    make_so(&real, pipe.name, goal, (PAUSE, at_most), progress).await
}

async fn make_so(
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
            Step::Done => return Ok(changed),
            Step::Wait => {}
            Step::Ask => asked = pipe.ask(goal).await? == PipeRequest::Accepted,
            Step::Fail => refuse!("{}", failed(name, goal, &status)),
        }
        changed = true;
        let waited = begun.elapsed();
        if waited >= at_most {
            let waited = SignedDuration::try_from(waited).unwrap_or(SignedDuration::MAX);
            refuse!(
                "{name} is {} after {}, not {}. It goes on without this command: \
                 `coatcheck subscriptions status {name}` tells when it is there",
                status.current,
                said(waited),
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
        .unwrap_or("AWS gives no reason; CloudTrail may know");
    let next = match (status.current.as_str(), goal) {
        ("NOT_FOUND" | "CREATE_FAILED" | "DELETING", _) => "run `terraform apply`",
        ("START_FAILED", Goal::Stopped) => {
            "it does not run, so there is nothing to stop; fix what the reason names"
        }
        _ => {
            "fix what the reason names (`terraform plan` shows what somebody changed), then try again"
        }
    };
    format!("{name} is {}: {reason}. Next: {next}", status.current)
}

#[cfg(test)]
mod tests;
