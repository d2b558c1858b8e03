use aws::Listed;
use domain::{Ref, SignedDuration};

use super::{Query, Timeline};
use crate::{Problem, Result, Stack, seen::Seen};

/// An event may be in the index later than one that came after it: an ingest that waits for
/// S3 has taken the time before. So every look goes back so far.
const LOOK_BACK: SignedDuration = SignedDuration::from_secs(30);

/// Events as they come: each is told once, however often one looks.
#[derive(Debug)]
pub struct Tail {
    query: Query,
    told: Seen<Ref>,
}

impl Tail {
    /// Those of a query, which is left without an end.
    pub fn new(query: Query) -> Self {
        Self {
            query,
            told: Seen::default(),
        }
    }

    /// Tells what came since the last look.
    pub async fn look<E: From<Problem>>(
        &mut self,
        stack: &Stack,
        mut tell: impl FnMut(&Listed) -> Result<(), E>,
    ) -> Result<(), E> {
        // Clocks of functions may be ahead of this one.
        let now = (stack.now)();
        self.query.until = now.saturating_add(LOOK_BACK).unwrap_or(now);
        let mut timeline = Timeline::new(stack.by_time(), &self.query);
        while let Some(row) = timeline.next().await? {
            if self.told.is_new(&row.reference, row.received_at) {
                tell(&row)?;
            }
        }
        drop(timeline);
        let back = (stack.now)().saturating_sub(LOOK_BACK).unwrap_or(now);
        self.query.from = self.query.from.max(back);
        self.told.forget_before(self.query.from);
        Ok(())
    }
}
