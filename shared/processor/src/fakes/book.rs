use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use domain::{Attempt, Claimed, Marking, Receipt, Ref, StoreError, Timestamp};

use crate::{Failure, ports::IdempotencyStore};

/// What is known about an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    InProgress { lease_until: Timestamp },
    Completed(Receipt),
    Failed(Failure),
}

#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) state: State,
    pub(crate) attempts: u32,
    pub(crate) last: Attempt,
    /// The last forced replay that has claimed it.
    pub(crate) replay: Option<String>,
}

/// Records by ref. Clones share one book.
#[derive(Clone, Default)]
pub(crate) struct Book {
    records: Arc<Mutex<BTreeMap<String, Record>>>,
}

impl Book {
    pub(crate) fn record(&self, reference: &str) -> Option<Record> {
        self.records.lock().unwrap().get(reference).cloned()
    }

    pub(crate) fn put(&self, reference: &str, record: Record) {
        let mut records = self.records.lock().unwrap();
        records.insert(reference.to_owned(), record);
    }

    /// Sets the state if this owner claimed last.
    fn set(&self, reference: &Ref, owner: &str, state: State) -> Result<bool, StoreError> {
        let mut records = self.records.lock().unwrap();
        let record = records.get_mut(&reference.to_string());
        Ok(match record.filter(|record| record.last.owner == owner) {
            Some(record) => {
                record.state = state;
                true
            }
            None => false,
        })
    }
}

impl IdempotencyStore for Book {
    async fn claim(&self, attempt: &Attempt) -> Result<Claimed, StoreError> {
        let mut records = self.records.lock().unwrap();
        let reference = attempt.reference.to_string();
        let forced = &attempt.forced_replay;
        let old = records.get(&reference);
        let attempts = match old {
            None => 0,
            Some(record) => match &record.state {
                State::Completed(_) if forced.is_some() && *forced != record.replay => {
                    record.attempts
                }
                State::Completed(receipt) => {
                    let summary = receipt.summary.clone();
                    return Ok(Claimed::Completed { summary });
                }
                State::InProgress { lease_until } if *lease_until >= attempt.at => {
                    return Ok(Claimed::InProgress);
                }
                State::InProgress { .. } | State::Failed(_) => record.attempts,
            },
        };
        let record = Record {
            state: State::InProgress {
                lease_until: attempt.lease_until,
            },
            attempts: attempts + 1,
            last: attempt.clone(),
            replay: forced.clone().or_else(|| old?.replay.clone()),
        };
        records.insert(reference, record);
        Ok(Claimed::Ours {
            attempts: attempts + 1,
        })
    }

    async fn complete(
        &self,
        reference: &Ref,
        owner: &str,
        receipt: &Receipt,
    ) -> Result<bool, StoreError> {
        self.set(reference, owner, State::Completed(receipt.clone()))
    }

    async fn mark(&self, marking: &Marking) -> Result<bool, StoreError> {
        let mut records = self.records.lock().unwrap();
        let reference = marking.reference.to_string();
        let old = records.get(&reference);
        let forced = &marking.forced_replay;
        let is_done = old.is_some_and(|old| {
            let again = forced.is_some() && *forced != old.replay;
            matches!(old.state, State::Completed(_)) && !again
        });
        if is_done {
            return Ok(false);
        }
        let record = Record {
            state: State::Completed(marking.receipt.clone()),
            attempts: old.map_or(0, |old| old.attempts) + 1,
            replay: forced.clone().or_else(|| old?.replay.clone()),
            last: Attempt {
                reference: marking.reference.clone(),
                kind: marking.kind.clone(),
                owner: marking.owner.clone(),
                at: marking.receipt.at,
                lease_until: marking.receipt.at,
                expires_at: marking.expires_at,
                forced_replay: forced.clone(),
            },
        };
        records.insert(reference, record);
        Ok(true)
    }

    async fn fail(
        &self,
        reference: &Ref,
        owner: &str,
        _: Timestamp,
        failure: &Failure,
    ) -> Result<bool, StoreError> {
        self.set(reference, owner, State::Failed(failure.clone()))
    }
}
