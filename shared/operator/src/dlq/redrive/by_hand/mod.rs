//! Messages that are moved one by one.

use std::{collections::HashSet, time::Duration};

use aws::{Queue, operator::Held};

use super::{
    super::{Dlq, letter::Letter},
    outcome::{Outcome, Stayed},
};
use domain::{StoreError, Timestamp};

use crate::{Progress, Result, Stop, pace::Pace, problem::Because as _};

/// So many are taken out at once and put in the order in which their events came.
const ROUND: usize = 500;

/// As long as a round may take at one message a second, and some more. After that they
/// are back by themselves.
const HIDE: Duration = Duration::from_secs(600);

const WAIT: Duration = Duration::from_secs(1);

/// What became of a message.
pub(super) enum Fate {
    /// It is on its way: delete it.
    Moved,
    /// It stays where it is.
    Stays(String),
}

/// A DLQ, as far as emptying it goes.
pub(super) trait Letters {
    async fn hold(&self) -> Result<Vec<Held>, StoreError>;
    async fn delete(&self, receipt: &str) -> Result<(), StoreError>;
    async fn release(&self, receipts: &[String]) -> Result<(), StoreError>;
}

impl Letters for Queue {
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

/// Empties a DLQ.
pub(super) struct Hands<'a, L, P> {
    pub(super) letters: &'a L,
    /// Messages that were sent later stay, or those that fail at once would be moved for ever.
    pub(super) began: Timestamp,
    pub(super) pace: Pace,
    pub(super) stop: &'a Stop,
    pub(super) progress: &'a P,
}

impl<L: Letters, P: Progress> Hands<'_, L, P> {
    /// Gives every message once to `take`. Whatever happens, those that stay are back at
    /// once.
    pub(super) async fn empty(
        mut self,
        dlq: &Dlq<'_>,
        take: impl AsyncFn(&Held) -> Result<Fate>,
    ) -> Result<Outcome> {
        let mut outcome = Outcome::of(dlq);
        let mut back = Vec::new();
        let emptied = self.rounds(&mut outcome, &mut back, take).await;
        let released = self.letters.release(&back).await;
        emptied.because(format_args!(
            "{} are moved, then this happened",
            outcome.moved
        ))?;
        released?;
        Ok(outcome)
    }

    async fn rounds(
        &mut self,
        outcome: &mut Outcome,
        back: &mut Vec<String>,
        take: impl AsyncFn(&Held) -> Result<Fate>,
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
                if self.stop.came() {
                    outcome.interrupted = true;
                    return Ok(());
                }
                self.pace.wait(1).await;
                match take(held).await? {
                    Fate::Moved => {
                        self.letters.delete(&held.receipt).await?;
                        back.retain(|receipt| *receipt != held.receipt);
                        outcome.moved += 1;
                        self.progress.done(outcome.moved);
                    }
                    Fate::Stays(why) => {
                        stayed.insert(held.id.clone());
                        outcome.stayed.push(Stayed::of(held, why));
                    }
                }
            }
        }
    }

    /// Takes out the next messages, oldest event first. One that has stayed already and
    /// comes again has outlived its time: it is put back with the others.
    async fn gather(
        &self,
        stayed: &mut HashSet<String>,
        outcome: &mut Outcome,
        round: &mut Vec<Held>,
        back: &mut Vec<String>,
    ) -> Result<()> {
        while round.len() < ROUND {
            let mut news = false;
            for held in self.letters.hold().await? {
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
            if !news || self.stop.came() {
                break;
            }
        }
        round.sort_by_key(|held| match Letter::of(held) {
            Letter::Event(event) => event.received_at,
            Letter::Other(_) => None,
        });
        Ok(())
    }
}

impl Stayed {
    fn of(held: &Held, why: String) -> Self {
        let reference = match Letter::of(held) {
            Letter::Event(event) => Some(event.reference.to_string()),
            Letter::Other(_) => None,
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
