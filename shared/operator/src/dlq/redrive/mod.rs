//! Dead letters on their way again.

mod by_hand;
mod moved;
mod outcome;
mod rows;

use aws::operator::{Depth, Moves, Started};

use self::by_hand::{Fate, Hands};
pub use self::outcome::{Outcome, Stayed};
use super::{Back, Dlq};
use crate::{Progress, Result, Stack, Stop, pace::Pace};

/// Sends what is in a DLQ on its way again, at most so many a second. What is moved stays
/// moved if it is stopped; to begin again moves nothing twice.
pub async fn redrive(
    stack: &Stack,
    dlq: &Dlq<'_>,
    depth: &Depth,
    rate: Option<u16>,
    progress: &impl Progress,
    stop: &Stop,
) -> Result<Outcome> {
    progress.of(depth.visible);
    let queue = stack.queue(dlq.url);
    let hands = Hands {
        letters: &queue,
        began: (stack.now)(),
        pace: Pace::of(rate.map(u32::from)),
        stop,
        progress,
    };
    match dlq.back {
        Back::Queue { url, arn } => {
            let moves = Moves::new(&stack.sdk);
            match moved::start(&moves, dlq.arn, arn, rate, progress).await? {
                (Started::Taken, task) => moved::follow(&moves, dlq, &task, stop, progress).await,
                (Started::Unknown, _) => {
                    progress
                        .note("this cloud moves no messages by itself: they are moved one by one");
                    let to = stack.queue(url);
                    let send = async |held: &aws::operator::Held| {
                        to.send(&held.body).await?;
                        Ok(Fate::Moved)
                    };
                    hands.empty(dlq, send).await
                }
            }
        }
        Back::Stream { to } => {
            let rows = rows::Rows::new(stack, to);
            hands.empty(dlq, async |held| rows.route(held).await).await
        }
    }
}
