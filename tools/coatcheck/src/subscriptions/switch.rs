//! Starting and stopping a pipe, and waiting until it is so.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use aws::{PipeState, Pipes, operator::Asked};
use domain::SignedDuration;

use crate::{console::Progress, stack::Explained, when::said};

/// What a pipe is to become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goal {
    Running,
    Stopped,
}

impl Goal {
    pub(crate) fn state(self) -> &'static str {
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
pub(crate) trait Switched {
    async fn status(&self) -> Result<PipeState>;
    async fn ask(&self, goal: Goal) -> Result<Asked>;
}

/// A pipe of `EventBridge`, by its name.
pub(crate) struct Real<'a> {
    pub(crate) control: &'a Pipes,
    pub(crate) pipe: &'a str,
}

impl Switched for Real<'_> {
    async fn status(&self) -> Result<PipeState> {
        self.control.state(self.pipe).await.explained()
    }

    async fn ask(&self, goal: Goal) -> Result<Asked> {
        let asked = match goal {
            Goal::Running => self.control.start(self.pipe).await,
            Goal::Stopped => self.control.stop(self.pipe).await,
        };
        asked.explained()
    }
}

/// How patient it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// Between two looks.
    pub(crate) pause: Duration,
    /// In all.
    pub(crate) at_most: Duration,
}

/// Makes it so. `false`: it was so already.
pub(crate) async fn switch(
    pipe: &impl Switched,
    name: &str,
    goal: Goal,
    patience: Patience,
    progress: &Progress,
) -> Result<bool> {
    let begun = Instant::now();
    let mut asked = false;
    let mut changed = false;
    loop {
        let status = pipe.status().await?;
        match step(goal, &status.current, asked) {
            Step::Done => return Ok(changed),
            Step::Wait => {}
            Step::Ask => asked = pipe.ask(goal).await? == Asked::Taken,
            Step::Fail => bail!("{}", failed(name, goal, &status)),
        }
        changed = true;
        let waited = begun.elapsed();
        if waited >= patience.at_most {
            let waited = SignedDuration::try_from(waited).unwrap_or(SignedDuration::MAX);
            bail!(
                "{name} is {} after {}, not {}. It goes on without this command: \
                 `coatcheck subscriptions status {name}` tells when it is there",
                status.current,
                said(waited),
                goal.state(),
            );
        }
        progress.tell(format!("{name} is {}", status.current));
        tokio::time::sleep(patience.pause).await;
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
            "it does not run, so there is nothing to stop; mend what the reason names"
        }
        _ => {
            "mend what the reason names (`terraform plan` shows what somebody changed), then try again"
        }
    };
    format!("{name} is {}: {reason}. Next: {next}", status.current)
}

#[cfg(test)]
mod tests;
