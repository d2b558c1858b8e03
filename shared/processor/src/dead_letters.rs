//! No retry helps an event that is rejected: it goes into its dead-letter queue at once.

use std::{collections::HashMap, future::Future, time::Duration};

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

/// Queues by their names.
pub(crate) trait Queues: Sync {
    /// One of them.
    type Queue: Clone + Send + Sync;

    /// The queue of this name; none if there is none.
    fn find(
        &self,
        name: &str,
    ) -> impl Future<Output = Result<Option<Self::Queue>, StoreError>> + Send;

    /// Puts a dead letter into this queue, in its order if it is a FIFO queue. It may be there
    /// although this fails.
    fn send(
        &self,
        queue: &Self::Queue,
        dead_letter: &DeadLetter,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Puts each rejected event whole into its dead-letter queue and marks it as given up, so that
/// the answer does not name it. An event that cannot be put there stays a failure, and gets there
/// after its last retry. First the queue, then the answer: a crash in between makes two messages
/// of one, and loses none.
///
/// In order, an event behind a failed one of its group was held back and not rejected, so each
/// rejected one is the first of its group that failed.
///
/// `left`: until Lambda ends the invocation. Half of it is left for the answer.
pub(crate) async fn give_up<Port: Queues>(
    queues: &StackQueues<Port>,
    reports: &mut [EventReport],
    left: Duration,
) {
    let end = Instant::now() + TO_SEND.min(left / 2);
    let rejected = reports.iter().enumerate().filter_map(|(place, report)| {
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

async fn sent<Port: Queues>(
    queues: &StackQueues<Port>,
    dead_letter: &DeadLetter,
    end: Instant,
) -> bool {
    let sender = &dead_letter.sender;
    match timeout_at(end, queues.send(dead_letter)).await {
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
pub(crate) struct StackQueues<Port: Queues> {
    queues: Port,
    stack: String,
    processor: String,
    known: Mutex<HashMap<String, Port::Queue>>,
}

impl<Port: Queues> StackQueues<Port> {
    pub(crate) fn new(queues: Port, stack: String, processor: String) -> Self {
        Self {
            queues,
            stack,
            processor,
            known: Mutex::default(),
        }
    }

    /// Finds the queue once. After a failure it is looked up again: a subscription that became
    /// ordered has another one.
    async fn send(&self, dead_letter: &DeadLetter) -> Result<(), StoreError> {
        let name = self.name(&dead_letter.sender);
        let known = self.known.lock().await.get(&name).cloned();
        let queue = match known {
            Some(queue) => queue,
            None => {
                let found = self.find(&name).await?;
                self.known.lock().await.insert(name.clone(), found.clone());
                found
            }
        };
        let sent = self.queues.send(&queue, dead_letter).await;
        if sent.is_err() {
            self.known.lock().await.remove(&name);
        }
        sent
    }

    /// The queue of this name, or the FIFO queue of it: SQS requires that the dead-letter queue of
    /// a FIFO queue is one, so an ordered subscription has that.
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html>
    async fn find(&self, name: &str) -> Result<Port::Queue, StoreError> {
        if let Some(queue) = self.queues.find(name).await? {
            return Ok(queue);
        }
        let in_order = self.queues.find(&format!("{name}.fifo")).await?;
        in_order.ok_or_else(|| StoreError::Permanent {
            operation: "sqs:GetQueueUrl",
            source: format!("neither {name} nor {name}.fifo exists").into(),
        })
    }

    /// The standard queue's name, as Terraform gives it.
    fn name(&self, sender: &Sender) -> String {
        let Self {
            stack, processor, ..
        } = self;
        match sender {
            Sender::Subscription(name) => format!("{stack}-{name}-dlq"),
            Sender::Inbox => format!("{stack}-{processor}-inbox-dlq"),
        }
    }
}

impl Queues for wire::Queues {
    /// Its URL.
    type Queue = String;

    async fn find(&self, name: &str) -> Result<Option<String>, StoreError> {
        Self::find(self, name).await
    }

    async fn send(&self, url: &String, dead_letter: &DeadLetter) -> Result<(), StoreError> {
        let DeadLetter { body, order, .. } = dead_letter;
        Self::send(self, url, body, order).await
    }
}

#[cfg(test)]
mod tests {
    use domain::InOrder;

    use super::*;

    /// Queues that never answer.
    struct Silent;

    impl Queues for Silent {
        type Queue = ();

        async fn find(&self, _: &str) -> Result<Option<()>, StoreError> {
            std::future::pending().await
        }

        async fn send(&self, (): &(), _: &DeadLetter) -> Result<(), StoreError> {
            std::future::pending().await
        }
    }

    /// The standard queue is there until a subscription becomes ordered.
    struct Changed(Mutex<Vec<String>>);

    impl Queues for Changed {
        type Queue = String;

        async fn find(&self, name: &str) -> Result<Option<String>, StoreError> {
            let changed = !self.0.lock().await.is_empty();
            Ok(Some(name.to_owned()).filter(|name| name.ends_with(".fifo") == changed))
        }

        async fn send(&self, queue: &String, _: &DeadLetter) -> Result<(), StoreError> {
            let mut sent = self.0.lock().await;
            let is_gone = sent.len() == 1 && !queue.ends_with(".fifo");
            if is_gone {
                return Err(StoreError::Permanent {
                    operation: "sqs:SendMessage",
                    source: "QueueDoesNotExist".into(),
                });
            }
            sent.push(queue.clone());
            Ok(())
        }
    }

    fn over<Port: Queues>(queues: Port) -> StackQueues<Port> {
        StackQueues::new(queues, "coatcheck".to_owned(), "notes".to_owned())
    }

    fn dead_letter() -> DeadLetter {
        DeadLetter {
            sender: Sender::Subscription("ledger".to_owned()),
            body: String::new(),
            order: InOrder {
                group: "g".to_owned(),
                deduplication_id: "d".to_owned(),
            },
        }
    }

    #[tokio::test]
    async fn a_queue_that_is_gone_is_looked_up_again_under_both_names() {
        let queues = over(Changed(Mutex::default()));
        queues.send(&dead_letter()).await.unwrap();
        queues.send(&dead_letter()).await.unwrap_err();
        queues.send(&dead_letter()).await.unwrap();
        let sent = queues.queues.0.lock().await;
        assert_eq!(*sent, ["coatcheck-ledger-dlq", "coatcheck-ledger-dlq.fifo"]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_answer_comes_before_the_invocation_ends() {
        for (left, most) in [(600, 300), (60_000, 1_500), (0, 0)] {
            let begun = Instant::now();
            let mut reports = [EventReport {
                identifier: None,
                event: None,
                outcome: Err(Failure::reject("never")),
                dead_letter: Some(dead_letter()),
                given_up: false,
            }];
            let left = Duration::from_millis(left);
            give_up(&over(Silent), &mut reports, left).await;
            assert!(!reports[0].given_up);
            let most = Duration::from_millis(most + 1);
            assert!(begun.elapsed() <= most, "{left:?}");
        }
    }
}
