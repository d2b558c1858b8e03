use std::{sync::Mutex, time::Duration};

use aws::FifoMessage;
use domain::{StoreError, causes};
use futures_util::future::join_all;
use runtime::BatchResponse;
use tokio::time::Instant;
use tracing::{error, info, warn};

use crate::{
    event::Event,
    ordered::Ordered,
    ports::{DescriptionStore, Senders},
    refusals::Refusals,
    rounds::Rounds,
    taken::Taken,
};

/// How long the subscriptions are remembered: a new one misses what comes before it is known. The topic's filters take
/// up to 15 minutes.
const KEEP: Duration = Duration::from_secs(30);

/// Sends events to the queues of the ordered subscriptions.
pub(crate) struct Fan<D, S> {
    description: D,
    senders: S,
    known: Mutex<Option<(Instant, Vec<Ordered>)>>,
    refusals: Refusals,
    taken: Taken,
}

/// The pipe tries the batch again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("the table has no description of the stack: apply the Terraform code again")]
    NoDescription,
    #[error("the stack's description cannot be read")]
    Description(#[source] serde_json::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl<D: DescriptionStore, S: Senders> Fan<D, S> {
    pub(crate) fn new(description: D, senders: S) -> Self {
        Self {
            description,
            senders,
            known: Mutex::default(),
            refusals: Refusals::default(),
            taken: Taken::default(),
        }
    }

    /// Sends each event to the queues of all that want it, and names those that a queue did not take. The pipe gives out
    /// all events from the first of these again. What a queue has taken it does not get again from this environment;
    /// from another one the queue takes no repetition within 5 minutes, by its deduplication id, and later the repetition
    /// is the processor's to recognise.
    pub(crate) async fn handle(&self, events: &[Event<'_>]) -> Result<BatchResponse, Failure> {
        let ordered = self.subscriptions().await?;
        let sent = ordered.iter().map(|one| self.send(one, events));
        let left: Vec<Vec<usize>> = join_all(sent).await;
        let mut failed = left.concat();
        failed.sort_unstable();
        failed.dedup();
        if let Some(first) = failed.first() {
            // A subscription may have been removed.
            self.forget();
            for (one, left) in ordered.iter().zip(&left) {
                let again = events.iter().enumerate().skip(*first);
                let taken = again
                    .filter(|(place, event)| one.wants(&event.facts) && !left.contains(place))
                    .map(|(_, event)| event.facts.delivery_id.as_str());
                self.taken.note(&one.queue_url, taken);
            }
        } else {
            let ids = events.iter().map(|event| event.facts.delivery_id.as_str());
            self.taken.forget(ids);
        }
        let again = failed.into_iter().filter_map(|place| events.get(place));
        Ok(again.map(|event| event.facts.delivery_id.clone()).collect())
    }

    /// The places of the events that this subscription's queue did not get.
    async fn send(&self, to: &Ordered, events: &[Event<'_>]) -> Vec<usize> {
        let wanted = events
            .iter()
            .enumerate()
            .filter(|(_, event)| to.wants(&event.facts))
            .filter(|(_, event)| !self.taken.has(&to.queue_url, &event.facts.delivery_id))
            .map(|(place, event)| (place, event.facts.group.as_str()));
        let mut rounds = Rounds::of(wanted);
        loop {
            let batch = rounds.next();
            let chosen: Vec<&Event<'_>> = batch
                .iter()
                .filter_map(|(place, _)| events.get(*place))
                .collect();
            if chosen.is_empty() {
                return rounds.end();
            }
            match self.send_batch(to, &chosen).await {
                Ok(left) => {
                    for place in left {
                        if let Some(event) = batch.get(place) {
                            rounds.fail(*event);
                        }
                    }
                }
                // The next batch would meet the same.
                Err(problem) => {
                    warn!(subscription = to.name, %problem, cause = causes(&problem), events = chosen.len(), "the queue did not take events; the pipe tries them again");
                    batch.into_iter().for_each(|event| rounds.fail(event));
                    return rounds.end();
                }
            }
        }
    }

    /// The places in the batch of what the queue did not take.
    async fn send_batch(
        &self,
        to: &Ordered,
        events: &[&Event<'_>],
    ) -> Result<Vec<usize>, StoreError> {
        let messages: Vec<FifoMessage<'_>> = events
            .iter()
            .map(|event| FifoMessage {
                body: event.message,
                group: &event.facts.group,
                deduplication_id: &event.facts.delivery_id,
            })
            .collect();
        match self.senders.send(&to.queue_url, &messages).await {
            Ok(left) => {
                self.refusals.took(&to.name);
                for place in &left {
                    let reference = events.get(*place).map(|event| &event.facts.reference);
                    warn!(
                        subscription = to.name,
                        "ref" = reference,
                        "the queue did not take an event; the pipe tries it again"
                    );
                }
                Ok(left)
            }
            Err(problem @ StoreError::Permanent { .. }) if self.refusals.refused(&to.name) => {
                error!(subscription = to.name, %problem, cause = causes(&problem), "the queue has refused events for some minutes: they go into the DLQ, so that other subscriptions get theirs");
                for event in events {
                    self.senders.give_up(event.message).await?;
                    info!(
                        subscription = to.name,
                        "ref" = event.facts.reference,
                        "given up: the event is in the DLQ"
                    );
                }
                Ok(Vec::new())
            }
            Err(problem) => Err(problem),
        }
    }

    async fn subscriptions(&self) -> Result<Vec<Ordered>, Failure> {
        let fresh = self.known().clone().filter(|(at, _)| at.elapsed() < KEEP);
        if let Some((_, ordered)) = fresh {
            return Ok(ordered);
        }
        let description = self
            .description
            .read()
            .await?
            .ok_or(Failure::NoDescription)?;
        let ordered = Ordered::of_stack(&description).map_err(Failure::Description)?;
        *self.known() = Some((Instant::now(), ordered.clone()));
        Ok(ordered)
    }

    fn forget(&self) {
        *self.known() = None;
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Option<(Instant, Vec<Ordered>)>> {
        self.known
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
