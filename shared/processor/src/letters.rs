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
    batch::Report,
    input::{Letter, Sender},
};

/// The most that it uses of the time that an invocation keeps back for its answer.
const TO_SEND: Duration = Duration::from_millis(1_500);

/// Dead letters under way at the same time.
const AT_ONCE: usize = 8;

/// The dead-letter queues of the senders that deliver events to a processor.
pub(crate) trait DeadLetters: Sync {
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
pub(crate) async fn give_up<Queues: DeadLetters>(
    queues: &Queues,
    reports: &mut [Report],
    in_order: bool,
    left: Duration,
) {
    let end = Instant::now() + TO_SEND.min(left / 2);
    let is_retried = |report: &Report| matches!(report.outcome, Err(Failure::Retry(_)));
    let rejected = reports
        .iter()
        .enumerate()
        .take_while(|(_, report)| !(in_order && is_retried(report)))
        .filter_map(|(place, report)| {
            let is_rejected = matches!(report.outcome, Err(Failure::Reject(_)));
            let letter = report.letter.as_ref().filter(|_| is_rejected)?;
            Some(async move { sent(queues, letter, end).await.then_some(place) })
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

async fn sent<Queues: DeadLetters>(queues: &Queues, letter: &Letter, end: Instant) -> bool {
    let Letter { sender, body } = letter;
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
pub(crate) struct OfStack {
    sdk: Sdk,
    stack: String,
    processor: String,
    known: Mutex<HashMap<String, Queue>>,
}

impl OfStack {
    pub(crate) fn new(sdk: Sdk, stack: String, processor: String) -> Self {
        Self {
            sdk,
            stack,
            processor,
            known: Mutex::default(),
        }
    }

    fn name(&self, sender: &Sender) -> String {
        let stack = &self.stack;
        match sender {
            Sender::Subscription(name) => format!("{stack}-{name}-dlq"),
            Sender::Inbox => format!("{stack}-{}-inbox-dlq", self.processor),
        }
    }
}

impl DeadLetters for OfStack {
    async fn send(&self, sender: &Sender, body: &str) -> Result<(), StoreError> {
        let name = self.name(sender);
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
    use std::sync::Mutex as StdMutex;

    use super::*;
    use crate::{Outcome, work::Done};

    /// Queues in memory: one is closed, and one never answers.
    #[derive(Default)]
    struct Queues(StdMutex<Vec<(Sender, String)>>);

    impl DeadLetters for Queues {
        async fn send(&self, sender: &Sender, body: &str) -> Result<(), StoreError> {
            match sender {
                Sender::Subscription(name) if name == "closed" => {
                    return Err(StoreError::Permanent {
                        operation: "sqs:SendMessage",
                        source: "AccessDenied".into(),
                    });
                }
                Sender::Subscription(name) if name == "slow" => std::future::pending().await,
                _ => {}
            }
            let mut sent = self.0.lock().unwrap();
            sent.push((sender.clone(), body.to_owned()));
            Ok(())
        }
    }

    fn to(name: &str) -> Option<Sender> {
        Some(Sender::Subscription(name.to_owned()))
    }

    fn report(body: &str, sender: Option<Sender>, outcome: Result<(), Failure>) -> Report {
        let done = || Done::Before(Outcome::done(""));
        Report {
            identifier: Some(body.to_owned()),
            event: None,
            outcome: outcome.map(|()| done()),
            letter: sender.map(|sender| Letter {
                sender,
                body: body.to_owned(),
            }),
            given_up: false,
        }
    }

    fn rejected(body: &str, name: &str) -> Report {
        report(body, to(name), Err(Failure::reject("never")))
    }

    const LEFT: Duration = Duration::from_secs(2);

    async fn given_up(mut reports: Vec<Report>, in_order: bool) -> (Vec<String>, Vec<String>) {
        let queues = Queues::default();
        give_up(&queues, &mut reports, in_order, LEFT).await;
        let mut sent: Vec<String> = queues
            .0
            .into_inner()
            .unwrap()
            .into_iter()
            .map(|one| one.1)
            .collect();
        sent.sort();
        let marked = reports.into_iter().filter(|report| report.given_up);
        (
            sent,
            marked.filter_map(|report| report.identifier).collect(),
        )
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_rejected_is_given_up_and_nothing_else() {
        let reports = vec![
            report("done", to("open"), Ok(())),
            report("retried", to("open"), Err(Failure::retry("busy"))),
            rejected("rejected", "open"),
            report("inbox", Some(Sender::Inbox), Err(Failure::reject("never"))),
            report("from elsewhere", None, Err(Failure::reject("never"))),
            rejected("closed", "closed"),
            rejected("slow", "slow"),
            rejected("last", "open"),
        ];
        let (sent, marked) = given_up(reports, false).await;
        assert_eq!(sent, ["inbox", "last", "rejected"]);
        assert_eq!(marked, ["rejected", "inbox", "last"]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_answer_comes_before_the_invocation_ends() {
        for (left, most) in [(600, 300), (60_000, 1_500), (0, 0)] {
            let begun = Instant::now();
            let mut reports = vec![rejected("slow", "slow")];
            let left = Duration::from_millis(left);
            give_up(&Queues::default(), &mut reports, false, left).await;
            assert!(!reports[0].given_up);
            let most = Duration::from_millis(most + 1);
            assert!(begun.elapsed() <= most, "{left:?}");
        }
    }

    /// The pipe delivers "b" and all events behind it again.
    #[tokio::test(start_paused = true)]
    async fn in_order_what_comes_again_is_not_given_up() {
        let reports = || {
            vec![
                rejected("a", "open"),
                report("b", to("open"), Err(Failure::retry("busy"))),
                rejected("c", "open"),
            ]
        };
        assert_eq!(given_up(reports(), true).await.1, ["a"]);
        assert_eq!(given_up(reports(), false).await.1, ["a", "c"]);
    }

    #[tokio::test]
    async fn queues_have_the_names_that_terraform_gives_them() {
        let sdk = aws::load().await;
        let queues = OfStack::new(sdk, "coatcheck".to_owned(), "audit".to_owned());
        let name = queues.name(&Sender::Subscription("invoices".to_owned()));
        assert_eq!(name, "coatcheck-invoices-dlq");
        assert_eq!(queues.name(&Sender::Inbox), "coatcheck-audit-inbox-dlq");
    }
}
