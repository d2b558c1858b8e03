//! Sends dead letters back to where they failed.

mod by_sqs;
mod one_by_one;
mod outcome;
mod rows;

use aws::operator::{Depth, Moves, Started};

use self::one_by_one::{Fate, Mover};
pub use self::outcome::{RedriveOutcome, StayedMessage};
use super::{Dlq, ReturnPath};
use crate::{Progress, Result, Stack, Stop, rate_limit::RateLimit};

/// Sends the messages of a DLQ back, `rate` a second at most. You can stop it and start it
/// again: no message is moved twice.
pub async fn redrive(
    stack: &Stack,
    dlq: &Dlq<'_>,
    depth: &Depth,
    rate: Option<u16>,
    progress: &impl Progress,
    stop: &Stop,
) -> Result<RedriveOutcome> {
    progress.of(depth.visible);
    let queue = stack.queue(dlq.url);
    let mover = Mover {
        queue: &queue,
        began: (stack.now)(),
        pace: RateLimit::new(rate.map(u32::from)),
        stop,
        progress,
    };
    match dlq.return_path {
        ReturnPath::Queue { url, arn } => {
            let moves = Moves::new(&stack.sdk);
            match by_sqs::start(&moves, dlq.arn, arn, rate, progress).await? {
                (Started::Taken, task) => by_sqs::follow(&moves, dlq, &task, stop, progress).await,
                (Started::Unknown, _) => {
                    progress.note(
                        "this cloud has no message move tasks: moving the messages one by one",
                    );
                    let to = stack.queue(url);
                    let send = async |held: &aws::operator::Held| {
                        to.send(&held.body).await?;
                        Ok(Fate::Moved)
                    };
                    mover.empty(dlq, send).await
                }
            }
        }
        ReturnPath::Stream { to } => {
            let rows = rows::Rows::new(stack, to);
            mover.empty(dlq, async |held| rows.route(held).await).await
        }
    }
}
