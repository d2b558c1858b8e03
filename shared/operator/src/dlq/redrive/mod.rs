//! Sends dead letters back to where they failed.

mod by_sqs;
mod rows;

use aws::{
    Queue,
    operator::{Held, Moves, Started},
};

use super::{
    Dlq, RedriveOutcome, ReturnPath, Selection,
    one_by_one::{Fate, Mover, Task, Work},
};
use crate::{Progress, Result, Stack, Stop, rate_limit::RateLimit};

/// Sends messages of a DLQ back, `rate` a second at most. You can stop it and start it again: no
/// message is moved twice.
pub async fn redrive(
    stack: &Stack,
    dlq: &Dlq<'_>,
    selection: &Selection,
    rate: Option<u16>,
    progress: &impl Progress,
    stop: &Stop,
) -> Result<RedriveOutcome> {
    let queue = stack.queue(dlq.url);
    match selection {
        Selection::All { .. } => {
            let there = queue.depth().await?.visible;
            selection.check(there, dlq)?;
            progress.of(there);
        }
        Selection::These(ids) => progress.of(ids.len().try_into().unwrap_or(u64::MAX)),
    }
    let mover = Mover {
        queue: &queue,
        selection,
        task: Task::Redrive,
        began: (stack.now)(),
        pace: RateLimit::new(rate.map(u32::from)),
        stop,
        progress,
    };
    match dlq.return_path {
        ReturnPath::Queue { url, arn } => {
            // SQS moves all messages of a queue or none.
            if selection.is_all() {
                let moves = Moves::new(&stack.sdk);
                match by_sqs::start(&moves, dlq.arn, arn, rate, progress).await? {
                    (Started::Taken, task) => {
                        return by_sqs::follow(&moves, dlq, &task, stop, progress).await;
                    }
                    (Started::Unknown, _) => progress.note(
                        "this cloud has no message move tasks: moving the messages one by one",
                    ),
                }
            }
            mover.empty(dlq, &Back(stack.queue(url))).await
        }
        ReturnPath::Stream { to } => mover.empty(dlq, &rows::Rows::new(stack, to)).await,
    }
}

/// Sends messages back to this queue.
struct Back(Queue);

impl Work for Back {
    async fn handle(&self, held: &Held) -> Result<Fate> {
        self.0.send(&held.body).await?;
        Ok(Fate::Moved)
    }
}
