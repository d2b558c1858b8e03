//! No retry helps an event that is rejected: it goes into its dead-letter queue at once.

use std::{collections::HashMap, future::Future, time::Duration};

use aws::{Queue, Sdk};
use domain::{StoreError, with_causes};
use futures_util::{StreamExt, stream};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout_at},
};
use tracing::{info, warn};

use crate::{
    Failure,
    batch::EventReport,
    input::{DeadLetter, Sender},
};

/// The most that it uses of the time that an invocation keeps back for its answer.
const TO_SEND: Duration = Duration::from_millis(1_500);

/// Dead letters under way at the same time.
const AT_ONCE: usize = 8;

/// The dead-letter queues of the senders that deliver events to a processor.
pub(crate) trait DeadLetterQueues: Sync {
    /// Puts a message into this sender's queue. It may be there although this fails.
    fn send(
        &self,
        sender: &Sender,
        body: &str,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Puts each rejected event whole into its dead-letter queue and marks it as given up, so that
/// the answer does not name it. An event that cannot be put there stays a failure, and gets there
/// after its last retry. First the queue, then the answer: a crash in between makes two messages
/// of one, and loses none.
///
/// `left`: until Lambda ends the invocation. Half of it is left for the answer.
///
/// `in_order`: the pipe delivers again all events from the first one to be retried, so an
/// event rejected behind it would come into the queue at each try.
pub(crate) async fn give_up<Queues: DeadLetterQueues>(
    queues: &Queues,
    reports: &mut [EventReport],
    in_order: bool,
    left: Duration,
) {
    let end = Instant::now() + TO_SEND.min(left / 2);
    let is_retried = |report: &EventReport| matches!(report.outcome, Err(Failure::Retry(_)));
    let rejected = reports
        .iter()
        .enumerate()
        .take_while(|(_, report)| !(in_order && is_retried(report)))
        .filter_map(|(place, report)| {
            let is_rejected = matches!(report.outcome, Err(Failure::Reject(_)));
            let dead_letter = report.dead_letter.as_ref().filter(|_| is_rejected)?;
            Some(async move { sent(queues, dead_letter, end).await.then_some(place) })
        });
    let places: Vec<Option<usize>> = stream::iter(rejected)
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    for place in places.into_iter().flatten() {
        if let Some(report) = reports.get_mut(place) {
            report.given_up = true;
        }
    }
}

async fn sent<Queues: DeadLetterQueues>(
    queues: &Queues,
    dead_letter: &DeadLetter,
    end: Instant,
) -> bool {
    let DeadLetter { sender, body } = dead_letter;
    match timeout_at(end, queues.send(sender, body)).await {
        Ok(Ok(())) => {
            info!(
                %sender,
                "given up: the rejected event is in the dead-letter queue"
            );
            true
        }
        Ok(Err(problem)) => {
            let cause = with_causes(&problem);
            warn!(
                %sender,
                cause,
                "the rejected event could not be given up at once: its tries are used up first"
            );
            false
        }
        Err(_) => {
            warn!(
                %sender,
                "there was no time to give the rejected event up: its tries are used up first"
            );
            false
        }
    }
}

/// The queues of a stack, by the names that Terraform gives them.
pub(crate) struct StackQueues {
    sdk: Sdk,
    stack: String,
    processor: String,
    known: Mutex<HashMap<String, Queue>>,
}

impl StackQueues {
    pub(crate) fn new(sdk: Sdk, stack: String, processor: String) -> Self {
        Self {
            sdk,
            stack,
            processor,
            known: Mutex::default(),
        }
    }
}

/// The queue's name, as Terraform gives it.
pub(crate) fn queue_name(stack: &str, processor: &str, sender: &Sender) -> String {
    match sender {
        Sender::Subscription(name) => format!("{stack}-{name}-dlq"),
        Sender::Inbox => format!("{stack}-{processor}-inbox-dlq"),
    }
}

impl DeadLetterQueues for StackQueues {
    async fn send(&self, sender: &Sender, body: &str) -> Result<(), StoreError> {
        let name = queue_name(&self.stack, &self.processor, sender);
        let known = self.known.lock().await.get(&name).cloned();
        let queue = match known {
            Some(queue) => queue,
            None => {
                let found = Queue::named(&self.sdk, &name).await?;
                self.known.lock().await.insert(name, found.clone());
                found
            }
        };
        queue.send(body).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A queue that never answers.
    struct Silent;

    impl DeadLetterQueues for Silent {
        async fn send(&self, _: &Sender, _: &str) -> Result<(), StoreError> {
            std::future::pending().await
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_answer_comes_before_the_invocation_ends() {
        for (left, most) in [(600, 300), (60_000, 1_500), (0, 0)] {
            let begun = Instant::now();
            let mut reports = [EventReport {
                identifier: None,
                event: None,
                outcome: Err(Failure::reject("never")),
                dead_letter: Some(DeadLetter {
                    sender: Sender::Inbox,
                    body: String::new(),
                }),
                given_up: false,
            }];
            let left = Duration::from_millis(left);
            give_up(&Silent, &mut reports, false, left).await;
            assert!(!reports[0].given_up);
            let most = Duration::from_millis(most + 1);
            assert!(begun.elapsed() <= most, "{left:?}");
        }
    }
}
