//! DLQs: the events that nobody could be given, and the way back.

mod dead;
mod letter;
mod name;
mod redrive;

use std::time::Duration;

use aws::Queue;
pub use aws::operator::{Depth, Held};
use futures_util::TryStreamExt;

pub use self::{
    dead::DeadLetter,
    letter::{EventLetter, Letter},
    name::{Back, Dlq, messages},
    redrive::{Outcome, Stayed, redrive},
};
use crate::{Result, Stack, few::few, problem::refuse};

/// Nobody else gets them meanwhile, should the one who looks die before they are put back.
const HIDE: Duration = Duration::from_secs(30);

/// How much is in each.
pub async fn depths(stack: &Stack) -> Result<Vec<(Dlq<'_>, Depth)>> {
    let looks = Dlq::all(&stack.description).into_iter();
    few(looks.map(|dlq| async move {
        let depth = depth(stack, &dlq).await?;
        Ok((dlq, depth))
    }))
    .try_collect()
    .await
}

/// How much is in one.
pub async fn depth(stack: &Stack, dlq: &Dlq<'_>) -> Result<Depth> {
    Ok(stack.queue(dlq.url).depth().await?)
}

/// What is in it, at most so many, and why. They are taken out for that, and put back.
pub async fn show(stack: &Stack, dlq: &Dlq<'_>, limit: usize) -> Result<Vec<DeadLetter>> {
    let queue = stack.queue(dlq.url);
    let mut held = Vec::new();
    let peeked = peek(&queue, limit, &mut held).await;
    // Before all else, and also after a failure: they are the operator's, not ours.
    let receipts: Vec<String> = held.iter().map(|one| one.receipt.clone()).collect();
    let released = queue.release(&receipts).await;
    peeked?;
    released?;
    held.truncate(limit);
    let records = &stack.records();
    let reads = held.into_iter();
    few(reads.map(|held| DeadLetter::read(held, dlq, records)))
        .try_collect()
        .await
}

/// Takes out as many as are wanted, each once, until there are no more.
async fn peek(queue: &Queue, limit: usize, held: &mut Vec<Held>) -> Result<()> {
    while held.len() < limit {
        let before = held.len();
        for one in queue.hold(Duration::from_secs(1), HIDE).await? {
            // SQS may give one twice; only its last receipt puts it back.
            match held.iter_mut().find(|have| have.id == one.id) {
                Some(again) => *again = one,
                None => held.push(one),
            }
        }
        if held.len() == before {
            break;
        }
    }
    Ok(())
}

/// Deletes everything that is in it.
pub async fn purge(stack: &Stack, dlq: &Dlq<'_>) -> Result<()> {
    if !stack.queue(dlq.url).purge().await? {
        refuse!(
            "SQS takes one such order a minute, and the last one of {} is younger: wait a minute",
            dlq.name
        );
    }
    Ok(())
}
