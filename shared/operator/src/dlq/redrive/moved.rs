//! Messages that SQS moves itself.

use std::time::Duration;

use aws::operator::{Move, Moves, Started};

use super::{super::Dlq, outcome::Outcome};
use crate::{
    Progress, Result, Stop,
    problem::{Because as _, refuse},
};

const PAUSE: Duration = Duration::from_secs(1);

/// So often a move that was started is looked for before that is strange.
const LOOKS: u32 = 30;

/// Which of the moves from a DLQ is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Task {
    /// When the one before it began.
    before_ms: i64,
    /// Whether it is ours to cancel.
    ours: bool,
}

/// Starts a move, or finds the one that is under way: SQS does one a queue.
pub(super) async fn start(
    moves: &Moves,
    from: &str,
    to: &str,
    rate: Option<u16>,
    progress: &impl Progress,
) -> Result<(Started, Task)> {
    let last = moves.last(from).await?;
    if let Some(running) = last.as_ref().filter(|last| is_running(last)) {
        progress.note("a redrive of this DLQ is under way already: this shows how far it is");
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

/// What a look at a move means.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    NotYet,
    Running { moved: u64, of: Option<u64> },
    Over { moved: u64, cancelled: bool },
    Failed(String),
}

impl Seen {
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
                Self::Failed(format!("{reason}; {} are moved", last.moved))
            }
            _ => Self::Running {
                moved: last.moved,
                of: last.of,
            },
        }
    }
}

/// Waits until it is over; Ctrl-C cancels it if it is ours.
pub(super) async fn follow(
    moves: &Moves,
    dlq: &Dlq<'_>,
    task: &Task,
    stop: &Stop,
    progress: &impl Progress,
) -> Result<Outcome> {
    let mut outcome = Outcome::of(dlq);
    let mut cancelled = false;
    let mut looks = 0;
    loop {
        let last = moves.last(dlq.arn).await?;
        match Seen::of(*task, last.as_ref()) {
            Seen::NotYet => {
                looks += 1;
                if looks > LOOKS {
                    refuse!(
                        "SQS has taken the order and shows nothing of it: `coatcheck dlq ls` tells how much is left"
                    );
                }
            }
            Seen::Running { moved, of } => {
                outcome.moved = moved;
                if let Some(of) = of {
                    progress.of(of);
                }
                progress.done(moved);
            }
            Seen::Over {
                moved,
                cancelled: ended_early,
            } => {
                outcome.moved = moved;
                outcome.interrupted = ended_early || stop.came();
                return Ok(outcome);
            }
            Seen::Failed(why) => refuse!("SQS could not move the events of {}: {why}", dlq.name),
        }
        if stop.came() {
            if !task.ours {
                outcome.interrupted = true;
                return Ok(outcome);
            }
            // Without a handle it is not running yet, or not any more.
            if let (false, Some(handle)) = (cancelled, last.and_then(|last| last.handle)) {
                moves.cancel(&handle).await.because("the redrive goes on")?;
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
        assert_eq!(Seen::of(task, None), Seen::NotYet);
        assert_eq!(Seen::of(task, Some(&at("COMPLETED", 7))), Seen::NotYet);
        for (status, seen) in [
            (
                "RUNNING",
                Seen::Running {
                    moved: 3,
                    of: Some(10),
                },
            ),
            (
                "CANCELLING",
                Seen::Running {
                    moved: 3,
                    of: Some(10),
                },
            ),
            (
                "COMPLETED",
                Seen::Over {
                    moved: 3,
                    cancelled: false,
                },
            ),
            (
                "CANCELLED",
                Seen::Over {
                    moved: 3,
                    cancelled: true,
                },
            ),
            ("FAILED", Seen::Failed("no right; 3 are moved".to_owned())),
        ] {
            assert_eq!(Seen::of(task, Some(&at(status, 8))), seen, "{status}");
        }
    }

    #[test]
    fn one_that_is_being_cancelled_still_runs() {
        assert!(is_running(&at("RUNNING", 1)) && is_running(&at("CANCELLING", 1)));
        assert!(!is_running(&at("COMPLETED", 1)) && !is_running(&at("FAILED", 1)));
    }
}
