//! Moves or deletes messages one by one.

use std::{collections::HashSet, time::Duration};

use aws::{Queue, operator::Held};

use super::{Dlq, RedriveOutcome, Selection, StayedMessage, content::Content};
use domain::{StoreError, Timestamp};

use crate::{
    Progress, Result, Stop,
    problem::{WithContext as _, refuse},
    rate_limit::RateLimit,
};

/// How many messages are received before they are sorted by the time of their events.
const ROUND: usize = 500;

/// How long others do not see the messages of a round: as long as it takes at one message a
/// second, and a little more.
const HIDE: Duration = Duration::from_secs(600);

const WAIT: Duration = Duration::from_secs(1);

/// How many other messages are taken out in the search for those that were named. Other
/// readers of the DLQ do not see them meanwhile, and SQS lets only so many be out at once.
const OTHERS: usize = 5_000;

/// How many receives in a row may bring nothing before a message that was named counts as gone.
/// Another reader who only looks hides it for seconds: the console, `dlq show`, `watch`.
const PATIENCE: usize = 12;

/// What is done with the messages.
#[derive(Debug, Clone, Copy)]
pub(super) enum Task {
    Redrive,
    Purge,
}

/// What happened to a message.
pub(super) enum Fate {
    /// It was sent, or is to go: delete it.
    Moved,
    /// It stays in the DLQ, and why.
    Stays(String),
}

/// What is done with each message. A trait and not a closure: only so can its future go to another
/// thread.
pub(super) trait Work {
    async fn handle(&self, held: &Held) -> Result<Fate>;
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

/// Moves messages out of a DLQ.
pub(super) struct Mover<'a, L, P> {
    pub(super) queue: &'a L,
    pub(super) selection: &'a Selection,
    pub(super) task: Task,
    /// Messages that were sent later stay, unless they are named: one that fails at once would be
    /// moved forever.
    pub(super) began: Timestamp,
    pub(super) pace: RateLimit,
    pub(super) stop: &'a Stop,
    pub(super) progress: &'a P,
}

impl<L: DeadLetterQueue, P: Progress> Mover<'_, L, P> {
    /// Passes each message once to `work`. Whatever happens, those that stay are released at
    /// once.
    pub(super) async fn empty(mut self, dlq: &Dlq<'_>, work: &impl Work) -> Result<RedriveOutcome> {
        let mut outcome = RedriveOutcome::new(dlq);
        let mut back = Vec::new();
        let emptied = self.rounds(dlq, &mut outcome, &mut back, work).await;
        let released = self.queue.release(&back).await;
        let (moved, failed) = match self.task {
            Task::Redrive => ("moved", "redrive"),
            Task::Purge => ("deleted", "purge"),
        };
        match outcome.moved {
            0 => emptied?,
            some => emptied.context(format_args!("{some} {moved}, then the {failed} failed"))?,
        }
        released?;
        Ok(outcome)
    }

    async fn rounds(
        &mut self,
        dlq: &Dlq<'_>,
        outcome: &mut RedriveOutcome,
        back: &mut Vec<String>,
        work: &impl Work,
    ) -> Result<()> {
        let mut stayed = HashSet::new();
        loop {
            let mut round = Vec::new();
            let gathered = self.gather(&mut stayed, outcome, &mut round, back).await;
            back.extend(round.iter().map(|held| held.receipt.clone()));
            gathered?;
            if let Selection::These(ids) = self.selection {
                if self.stop.is_requested() {
                    outcome.interrupted = true;
                    return Ok(());
                }
                check_all_are_there(ids.len(), &round, dlq)?;
            }
            if round.is_empty() {
                return Ok(());
            }
            for held in &round {
                if self.stop.is_requested() {
                    outcome.interrupted = true;
                    return Ok(());
                }
                self.pace.wait(1).await;
                match work.handle(held).await? {
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
            if !self.selection.is_all() {
                return Ok(());
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
        let (most, patience) = match self.selection {
            Selection::All { .. } => (ROUND, 1),
            Selection::These(ids) => (ids.len(), PATIENCE),
        };
        let mut in_vain = 0;
        while round.len() < most && (self.selection.is_all() || stayed.len() < OTHERS) {
            let mut news = false;
            for held in self.queue.hold().await? {
                if stayed.contains(&held.id) {
                    back.push(held.receipt);
                } else if let Some(again) = round.iter_mut().find(|have| have.id == held.id) {
                    again.receipt = held.receipt;
                } else if self.is_chosen(&held) {
                    round.push(held);
                    news = true;
                } else {
                    // Others that are in the way of those that are named.
                    news |= !self.selection.is_all();
                    outcome.arrived += u64::from(self.selection.is_all());
                    stayed.insert(held.id);
                    back.push(held.receipt);
                }
            }
            in_vain = if news { 0 } else { in_vain + 1 };
            if in_vain == patience || self.stop.is_requested() {
                break;
            }
        }
        round.sort_by_key(|held| match Content::of(held) {
            Content::Event(event) => event.received_at,
            Content::Other(_) => None,
        });
        Ok(())
    }

    fn is_chosen(&self, held: &Held) -> bool {
        match self.selection {
            Selection::All { .. } => held.sent_at.is_none_or(|sent_at| sent_at <= self.began),
            Selection::These(ids) => ids.contains(&held.id),
        }
    }
}

/// Refuses if some of the messages that were named are not there: nothing is done to the others,
/// because the choice was made when all were.
fn check_all_are_there(named: usize, found: &[Held], dlq: &Dlq<'_>) -> Result<()> {
    let missing = named.saturating_sub(found.len());
    if missing > 0 {
        refuse!(
            "nothing was done: {missing} of the {named} messages that you named cannot be received from the DLQ of \
             {}. They were moved or deleted, another reader holds them, or {} are before them",
            dlq.name,
            if dlq.is_fifo() {
                "others of their ordering keys".to_owned()
            } else {
                format!("more than {OTHERS} others")
            }
        );
    }
    Ok(())
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
