use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// How long a queue may refuse events before they go into the DLQ. Rights and keys that an apply changes need a moment.
const PATIENCE: Duration = Duration::from_mins(5);

/// Since when queues refuse what they are sent. The stream gives out nothing later while an event is retried, so one
/// queue that refuses for good would hold up all other ordered subscriptions.
#[derive(Debug, Default)]
pub(crate) struct Refusals(Mutex<HashMap<String, Instant>>);

impl Refusals {
    /// This subscription's queue refuses. Whether it has done so for long enough.
    pub(crate) fn refused(&self, subscription: &str) -> bool {
        let mut since = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let first = since
            .entry(subscription.to_owned())
            .or_insert_with(Instant::now);
        first.elapsed() >= PATIENCE
    }

    /// It took something.
    pub(crate) fn took(&self, subscription: &str) {
        let mut since = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        since.remove(subscription);
    }
}
