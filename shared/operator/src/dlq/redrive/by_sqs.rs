//! Lets SQS move the messages.

use std::time::Duration;

use aws::operator::{Move, Moves, Started};

use super::super::{Dlq, RedriveOutcome};
use crate::{
    Progress, Result, Stop,
    problem::{WithContext as _, refuse},
};

const PAUSE: Duration = Duration::from_secs(1);

/// How often to look for a started move before giving up.
const LOOKS: u32 = 30;

/// Identifies one of the moves from a DLQ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Task {
    /// When the move before it started.
    before_ms: i64,
    /// Whether this process started it and may cancel it.
    ours: bool,
}

/// Starts a move, or finds the one that is running: SQS runs one per queue.
pub(super) async fn start(
    moves: &Moves,
    from: &str,
    to: &str,
    rate: Option<u16>,
    progress: &impl Progress,
) -> Result<(Started, Task)> {
    let last = moves.last(from).await?;
    if let Some(running) = last.as_ref().filter(|last| is_running(last)) {
        progress.note("a redrive of this DLQ is already running: following it");
        let task = Task {
            before_ms: running.started_ms.saturating_sub(1),
            ours: false,
        };
        return Ok((Started::Taken, task));
    }
    let task = Task {
        before_ms: last.map_or(i64::MIN, |last| last.started_ms),
        ours: true,
    };
    let started = moves.start(from, to, rate).await?;
    Ok((started, task))
}

fn is_running(task: &Move) -> bool {
    matches!(task.status.as_str(), "RUNNING" | "CANCELLING")
}

/// The state of a move.
#[derive(Debug, PartialEq, Eq)]
enum MoveStatus {
    NotYet,
    Running { moved: u64, of: Option<u64> },
    Over { moved: u64, cancelled: bool },
    Failed(String),
}

impl MoveStatus {
    fn of(task: Task, last: Option<&Move>) -> Self {
        let Some(last) = last.filter(|last| last.started_ms > task.before_ms) else {
            return Self::NotYet;
        };
        match last.status.as_str() {
            "COMPLETED" | "CANCELLED" => Self::Over {
                moved: last.moved,
                cancelled: last.status == "CANCELLED",
            },
            "FAILED" => {
                let reason = last.failure.as_deref().unwrap_or("SQS gives no reason");
                Self::Failed(format!("{reason}; {} moved", last.moved))
            }
            _ => Self::Running {
                moved: last.moved,
                of: last.of,
            },
        }
    }
}

/// Waits until it ends; Ctrl-C cancels it if this process started it.
pub(super) async fn follow(
    moves: &Moves,
    dlq: &Dlq<'_>,
    task: &Task,
    stop: &Stop,
    progress: &impl Progress,
) -> Result<RedriveOutcome> {
    let mut outcome = RedriveOutcome::new(dlq);
    let mut cancelled = false;
    let mut looks = 0;
    loop {
        let last = moves.last(dlq.arn).await?;
        match MoveStatus::of(*task, last.as_ref()) {
            MoveStatus::NotYet => {
                looks += 1;
                if looks > LOOKS {
                    refuse!(
                        "SQS accepted the redrive but does not list it: `coatcheck dlq ls` shows how many messages are left"
                    );
                }
            }
            MoveStatus::Running { moved, of } => {
                outcome.moved = moved;
                if let Some(of) = of {
                    progress.of(of);
                }
                progress.done(moved);
            }
            MoveStatus::Over {
                moved,
                cancelled: ended_early,
            } => {
                outcome.moved = moved;
                outcome.interrupted = ended_early || stop.is_requested();
                return Ok(outcome);
            }
            MoveStatus::Failed(why) => {
                refuse!("SQS could not move the messages of {}: {why}", dlq.name)
            }
        }
        if stop.is_requested() {
            if !task.ours {
                outcome.interrupted = true;
                return Ok(outcome);
            }
            // Without a handle it is not running yet, or no longer.
            if let (false, Some(handle)) = (cancelled, last.and_then(|last| last.handle)) {
                moves
                    .cancel(&handle)
                    .await
                    .context("the redrive continues")?;
                cancelled = true;
            }
            tokio::time::sleep(PAUSE).await;
        } else {
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                () = stop.wait() => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(status: &str, started_ms: i64) -> Move {
        Move {
            status: status.to_owned(),
            started_ms,
            moved: 3,
            of: Some(10),
            failure: Some("no right".to_owned()),
            handle: None,
        }
    }

    #[test]
    fn only_the_move_that_was_started_counts() {
        let task = Task {
            before_ms: 7,
            ours: true,
        };
        assert_eq!(MoveStatus::of(task, None), MoveStatus::NotYet);
        assert_eq!(
            MoveStatus::of(task, Some(&at("COMPLETED", 7))),
            MoveStatus::NotYet
        );
        let of = Some(10);
        let running = || MoveStatus::Running { moved: 3, of };
        let over = |cancelled| MoveStatus::Over {
            moved: 3,
            cancelled,
        };
        let failed = || MoveStatus::Failed("no right; 3 moved".to_owned());
        for (status, expected) in [
            ("RUNNING", running()),
            ("CANCELLING", running()),
            ("COMPLETED", over(false)),
            ("CANCELLED", over(true)),
            ("FAILED", failed()),
        ] {
            assert_eq!(
                MoveStatus::of(task, Some(&at(status, 8))),
                expected,
                "{status}"
            );
        }
    }

    #[test]
    fn one_that_is_being_cancelled_still_runs() {
        assert!(is_running(&at("RUNNING", 1)) && is_running(&at("CANCELLING", 1)));
        assert!(!is_running(&at("COMPLETED", 1)) && !is_running(&at("FAILED", 1)));
    }
}
