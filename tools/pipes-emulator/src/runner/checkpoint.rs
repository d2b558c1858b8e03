//! How far a pipe has read each shard. Kept in memory across stop, start and update; gone with the pipe.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How far one shard was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    /// Sequence number of the last settled record.
    pub(crate) after: Option<String>,
    /// An iterator just after the last settled record; it is valid for 15 minutes.
    pub(crate) iterator: Option<String>,
    /// The shard is closed and was read to its end.
    pub(crate) finished: bool,
}

/// The checkpoints of one pipe.
#[derive(Debug, Clone, Default)]
pub(crate) struct Checkpoints(Arc<Mutex<HashMap<String, Checkpoint>>>);

impl Checkpoints {
    pub(crate) fn get(&self, shard: &str) -> Option<Checkpoint> {
        self.lock().get(shard).cloned()
    }

    /// Whether any shard was read before: then a new shard is a child and is read from its beginning.
    pub(crate) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    pub(crate) fn is_finished(&self, shard: &str) -> bool {
        self.lock()
            .get(shard)
            .is_some_and(|checkpoint| checkpoint.finished)
    }

    /// Everything up to this record is settled.
    pub(crate) fn advance(&self, shard: &str, after: &str) {
        let mut shards = self.lock();
        let checkpoint = shards.entry(shard.to_owned()).or_default();
        checkpoint.after = Some(after.to_owned());
        checkpoint.iterator = None;
    }

    /// Everything before this iterator is settled.
    pub(crate) fn reached(&self, shard: &str, iterator: &str) {
        self.lock().entry(shard.to_owned()).or_default().iterator = Some(iterator.to_owned());
    }

    pub(crate) fn finish(&self, shard: &str) {
        self.lock().entry(shard.to_owned()).or_default().finished = true;
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Checkpoint>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
