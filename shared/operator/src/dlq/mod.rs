//! DLQs: what was given up after its last try, and how to send it back.

mod content;
mod dead_letter;
mod name;
mod one_by_one;
mod outcome;
mod purge;
mod redrive;
mod selection;

use std::time::Duration;

use aws::Queue;
pub use aws::operator::{Depth, Held};
use domain::AttributeName;
use futures_util::TryStreamExt;
use serde::{Serialize, Serializer};
use serde_json::json;

pub use self::{
    content::{Content, DeadEvent},
    dead_letter::DeadLetter,
    name::{Dlq, ReturnPath},
    outcome::{RedriveOutcome, StayedMessage},
    purge::{PurgeOutcome, purge},
    redrive::redrive,
    selection::Selection,
};
use crate::{Result, Stack, concurrently::concurrently};

/// How long other readers do not get the messages, if this process dies before it releases them.
const HIDE: Duration = Duration::from_secs(30);

/// A DLQ, and how many messages it has.
#[derive(Debug)]
pub struct ListedDlq<'a> {
    /// The DLQ.
    pub dlq: Dlq<'a>,
    /// Its messages.
    pub depth: Depth,
}

impl ListedDlq<'_> {
    /// What a redrive sends its messages to.
    pub fn redriven_to(&self) -> &'static str {
        match self.dlq.return_path {
            ReturnPath::Queue { .. } => "queue",
            ReturnPath::Stream { .. } => "stream",
        }
    }
}

impl Serialize for ListedDlq<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { dlq, depth } = self;
        json!({
            "name": dlq.name,
            "visible": depth.visible,
            "in_flight": depth.in_flight,
            "delayed": depth.delayed,
            "way_back": self.redriven_to(),
            "url": dlq.url,
        })
        .serialize(serializer)
    }
}

/// All DLQs, and how many messages each has.
pub async fn list(stack: &Stack) -> Result<Vec<ListedDlq<'_>>> {
    let looks = Dlq::all(&stack.description).into_iter();
    concurrently(looks.map(|dlq| async move {
        let depth = depth(stack, &dlq).await?;
        Ok(ListedDlq { dlq, depth })
    }))
    .try_collect()
    .await
}

/// How many messages are in one DLQ.
pub async fn depth(stack: &Stack, dlq: &Dlq<'_>) -> Result<Depth> {
    Ok(stack.queue(dlq.url).depth().await?)
}

/// The messages of a DLQ, `limit` at most, and why they are there. They are received for that,
/// and released.
pub async fn show(stack: &Stack, dlq: &Dlq<'_>, limit: usize) -> Result<Vec<DeadLetter>> {
    let queue = stack.queue(dlq.url);
    let mut held = Vec::new();
    let peeked = peek(&queue, limit, &mut held).await;
    // First of all, and after a failure too: others wait for them.
    let receipts: Vec<String> = held.iter().map(|one| one.receipt.clone()).collect();
    let released = queue.release(&receipts).await;
    peeked?;
    released?;
    held.truncate(limit);
    let records = &stack.records();
    let reads = held.into_iter();
    concurrently(reads.map(|held| async move {
        let mut one = DeadLetter::read(held, dlq, records).await?;
        if let Content::Event(event) = &mut one.content {
            let hidden = stack.hidden(&event.reference.endpoint).await?;
            let declared = stack.description.attributes.iter();
            hidden.mask_event(&mut event.whole, declared.map(AttributeName::as_str));
        }
        Ok(one)
    }))
    .try_collect()
    .await
}

/// Receives `limit` messages, each once, or all there are.
async fn peek(queue: &Queue, limit: usize, held: &mut Vec<Held>) -> Result<()> {
    while held.len() < limit {
        let before = held.len();
        for one in queue.hold(Duration::from_secs(1), HIDE).await? {
            // SQS may deliver a message twice; only its last receipt releases it.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_see_how_many_wait_and_the_way_back() {
        let description = crate::stack::sample();
        let listed = ListedDlq {
            dlq: Dlq::named(&description, "router").unwrap(),
            depth: Depth {
                visible: 7,
                ..Depth::default()
            },
        };
        let json = serde_json::to_value(&listed).unwrap();
        assert_eq!(
            (&json["name"], &json["visible"]),
            (&json!("router"), &json!(7))
        );
        assert_eq!(json["way_back"], "stream");
    }
}
