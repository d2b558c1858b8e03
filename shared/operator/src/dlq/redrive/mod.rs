//! Sends dead letters back to where they failed.

mod by_sqs;
mod rows;

use aws::{
    Queue,
    operator::{Held, Moves, Started},
};
use domain::{Digest, InOrder};

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
            // SQS moves all messages of a queue or none; from a FIFO queue to a FIFO queue, too.
            // <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html>
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
        if self.0.is_fifo() {
            self.0.send_in_order(&held.body, &in_order(held)).await?;
        } else {
            self.0.send(&held.body).await?;
        }
        Ok(Fate::Moved)
    }
}

/// Its place in the FIFO queue that it came from. The id is made of the message's: the message is
/// sent once, also if this process ends before it deletes it. When it is given up again, it comes
/// back as another message, so a later redrive is not mistaken for this one.
fn in_order(held: &Held) -> InOrder {
    let digest = |text: &str| format!("{:.32}", Digest::of(text).to_string());
    InOrder {
        group: held.group.clone().unwrap_or_else(|| digest(&held.body)),
        deduplication_id: format!("redrive-{}", digest(&held.id)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dlq::content::held;

    #[test]
    fn a_message_keeps_its_group_and_each_redrive_of_it_counts() {
        let given_up = Held {
            group: Some("ac42".to_owned()),
            ..held("m1", "{}")
        };
        let first = in_order(&given_up);
        assert_eq!(first.group, "ac42");
        assert!(InOrder::accepts(&first.deduplication_id));
        assert_eq!(first, in_order(&given_up));
        let again = in_order(&Held {
            id: "m2".to_owned(),
            ..given_up
        });
        assert_eq!(again.group, first.group);
        assert_ne!(again.deduplication_id, first.deduplication_id);
        assert!(InOrder::accepts(&in_order(&held("m3", "{}")).group));
    }
}
