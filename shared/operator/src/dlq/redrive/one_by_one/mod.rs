//! Moves messages one by one.

use std::{collections::HashSet, time::Duration};

use aws::{Queue, operator::Held};

use super::{
    super::{Dlq, content::Content},
    outcome::{RedriveOutcome, StayedMessage},
};
use domain::{StoreError, Timestamp};

use crate::{Progress, Result, Stop, problem::WithContext as _, rate_limit::RateLimit};

/// How many messages are received before they are sorted by the time of their events.
const ROUND: usize = 500;

/// How long others do not see the messages of a round: as long as it takes at one message a
/// second, and a little more.
const HIDE: Duration = Duration::from_secs(600);

const WAIT: Duration = Duration::from_secs(1);

/// What happened to a message.
pub(super) enum Fate {
    /// It was sent: delete it.
    Moved,
    /// It stays in the DLQ, and why.
    Stays(String),
}

/// A DLQ that is being emptied.
pub(super) trait DeadLetterQueue {
    async fn hold(&self) -> Result<Vec<Held>, StoreError>;
    async fn delete(&self, receipt: &str) -> Result<(), StoreError>;
    async fn release(&self, receipts: &[String]) -> Result<(), StoreError>;
}

impl DeadLetterQueue for Queue {
    async fn hold(&self) -> Result<Vec<Held>, StoreError> {
        Queue::hold(self, WAIT, HIDE).await
    }

    async fn delete(&self, receipt: &str) -> Result<(), StoreError> {
        Queue::delete(self, receipt).await
    }

    async fn release(&self, receipts: &[String]) -> Result<(), StoreError> {
        Queue::release(self, receipts).await
    }
}

/// Moves the messages of a DLQ.
pub(super) struct Mover<'a, L, P> {
    pub(super) queue: &'a L,
    /// Messages that were sent later stay: one that fails at once would be moved forever.
    pub(super) began: Timestamp,
    pub(super) pace: RateLimit,
    pub(super) stop: &'a Stop,
    pub(super) progress: &'a P,
}

impl<L: DeadLetterQueue, P: Progress> Mover<'_, L, P> {
    /// Passes each message once to `handle`. Whatever happens, those that stay are released at
    /// once.
    pub(super) async fn empty(
        mut self,
        dlq: &Dlq<'_>,
        handle: impl AsyncFn(&Held) -> Result<Fate>,
    ) -> Result<RedriveOutcome> {
        let mut outcome = RedriveOutcome::new(dlq);
        let mut back = Vec::new();
        let emptied = self.rounds(&mut outcome, &mut back, handle).await;
        let released = self.queue.release(&back).await;
        emptied.context(format_args!(
            "{} moved, then the redrive failed",
            outcome.moved
        ))?;
        released?;
        Ok(outcome)
    }

    async fn rounds(
        &mut self,
        outcome: &mut RedriveOutcome,
        back: &mut Vec<String>,
        handle: impl AsyncFn(&Held) -> Result<Fate>,
    ) -> Result<()> {
        let mut stayed = HashSet::new();
        loop {
            let mut round = Vec::new();
            let gathered = self.gather(&mut stayed, outcome, &mut round, back).await;
            back.extend(round.iter().map(|held| held.receipt.clone()));
            gathered?;
            if round.is_empty() {
                return Ok(());
            }
            for held in &round {
                if self.stop.is_requested() {
                    outcome.interrupted = true;
                    return Ok(());
                }
                self.pace.wait(1).await;
                match handle(held).await? {
                    Fate::Moved => {
                        self.queue.delete(&held.receipt).await?;
                        back.retain(|receipt| *receipt != held.receipt);
                        outcome.moved += 1;
                        self.progress.done(outcome.moved);
                    }
                    Fate::Stays(why) => {
                        stayed.insert(held.id.clone());
                        outcome.stayed.push(StayedMessage::of(held, why));
                    }
                }
            }
        }
    }

    /// Receives the next messages, oldest event first. One that stayed before and is received
    /// again is released with the others.
    async fn gather(
        &self,
        stayed: &mut HashSet<String>,
        outcome: &mut RedriveOutcome,
        round: &mut Vec<Held>,
        back: &mut Vec<String>,
    ) -> Result<()> {
        while round.len() < ROUND {
            let mut news = false;
            for held in self.queue.hold().await? {
                if stayed.contains(&held.id) {
                    back.push(held.receipt);
                } else if held.sent_at.is_some_and(|sent_at| sent_at > self.began) {
                    outcome.arrived += 1;
                    stayed.insert(held.id);
                    back.push(held.receipt);
                } else if let Some(again) = round.iter_mut().find(|have| have.id == held.id) {
                    again.receipt = held.receipt;
                } else {
                    round.push(held);
                    news = true;
                }
            }
            if !news || self.stop.is_requested() {
                break;
            }
        }
        round.sort_by_key(|held| match Content::of(held) {
            Content::Event(event) => event.received_at,
            Content::Other(_) => None,
        });
        Ok(())
    }
}

impl StayedMessage {
    fn of(held: &Held, why: String) -> Self {
        let reference = match Content::of(held) {
            Content::Event(event) => Some(event.reference.to_string()),
            Content::Other(_) => None,
        };
        Self {
            message_id: held.id.clone(),
            reference,
            why,
        }
    }
}

#[cfg(test)]
mod tests;
