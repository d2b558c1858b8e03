use std::collections::BTreeSet;

use domain::{SignedDuration, Timestamp};

use crate::stack::StackDescription;

/// The most events of one run: all their refs are held while the queues are looked through.
pub const MOST: usize = 100_000;

/// How a run goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run<'a> {
    pub(super) stack: &'a StackDescription,
    pub(super) now: Timestamp,
    pub(super) dry_run: bool,
}

impl Run<'_> {
    /// As long as a new pointer: a late delivery must find it, and so must someone who restores a table from a backup.
    pub(super) fn tombstone_until(&self) -> Timestamp {
        let days = i64::from(self.stack.days.pointers);
        let kept = SignedDuration::from_hours(24 * days);
        self.now.saturating_add(kept).unwrap_or(Timestamp::MAX)
    }

    /// Those that may have recorded something about an event of this endpoint, or still may: the type is not known once
    /// the pointer is gone.
    pub(super) fn record_keepers(&self, endpoint: &str) -> BTreeSet<&str> {
        let all = self.stack.subscriptions.values();
        let takers = all.filter(|one| {
            let endpoints = one.endpoints.as_ref();
            endpoints.is_none_or(|some| some.iter().any(|name| name == endpoint))
        });
        takers
            .flat_map(|one| self.stack.record_keepers(one))
            .collect()
    }
}
