use domain::{Ref, SignedDuration};

use super::{Index, ListedEvent, Query, Timeline};
use crate::{Problem, Result, Stack, seen::SeenIds};

/// An event may appear in the index after a later one, because `ingest` reads the clock before
/// it writes to S3. So every read looks back this far.
const LOOK_BACK: SignedDuration = SignedDuration::from_secs(30);

/// Events as they arrive, each read once.
#[derive(Debug)]
pub struct Tail {
    query: Query,
    seen: SeenIds<Ref>,
}

impl Tail {
    /// The events of a query, without an end.
    pub fn new(query: Query) -> Self {
        Self {
            query,
            seen: SeenIds::default(),
        }
    }

    /// Passes each new event to `show`.
    pub async fn read_new<E: From<Problem>>(
        &mut self,
        stack: &Stack,
        mut show: impl FnMut(&ListedEvent) -> Result<(), E>,
    ) -> Result<(), E> {
        // Clocks of functions may be ahead of this one.
        let now = (stack.now)();
        self.query.until = now.saturating_add(LOOK_BACK).unwrap_or(now);
        let mut timeline = Timeline::new(Index::of(stack), &self.query);
        while let Some(row) = timeline.next().await? {
            if self.seen.is_new(&row.reference, row.received_at) {
                show(&row.into())?;
            }
        }
        drop(timeline);
        let back = (stack.now)().saturating_sub(LOOK_BACK).unwrap_or(now);
        self.query.from = self.query.from.max(back);
        self.seen.forget_before(self.query.from);
        Ok(())
    }
}
