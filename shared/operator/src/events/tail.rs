use std::collections::HashMap;

use aws::Listed;
use domain::{Ref, SignedDuration, Timestamp};

use super::{Query, Timeline};
use crate::{Problem, Result, Stack, problem::Because as _};

/// An event may be in the index later than one that came after it: an ingest that waits for
/// S3 has taken the time before. So every look goes back so far.
const LOOK_BACK: SignedDuration = SignedDuration::from_secs(30);

/// Events as they come: each is told once, however often one looks.
#[derive(Debug)]
pub struct Tail {
    query: Query,
    told: Told,
}

impl Tail {
    /// Those of a query, which is left without an end.
    #[must_use]
    pub fn new(query: Query) -> Self {
        Self {
            query,
            told: Told::default(),
        }
    }

    /// Tells what came since the last look.
    pub async fn look<E: From<Problem>>(
        &mut self,
        stack: &Stack,
        mut tell: impl FnMut(&Listed) -> Result<(), E>,
    ) -> Result<(), E> {
        // Clocks of functions may be ahead of this one.
        self.query.until = (stack.now)().saturating_add(LOOK_BACK).because("clock")?;
        let mut timeline = Timeline::new(stack.by_time(), &self.query);
        while let Some(row) = timeline.next().await? {
            if self.told.is_new(&row.reference, row.received_at) {
                tell(&row)?;
            }
        }
        drop(timeline);
        let back = (stack.now)().saturating_sub(LOOK_BACK).because("clock")?;
        self.query.from = self.query.from.max(back);
        self.told.forget_before(self.query.from);
        Ok(())
    }
}

/// What was told of the time that is looked at again.
#[derive(Debug, Default)]
struct Told(HashMap<Ref, Timestamp>);

impl Told {
    fn is_new(&mut self, reference: &Ref, at: Timestamp) -> bool {
        self.0.insert(reference.clone(), at).is_none()
    }

    fn forget_before(&mut self, from: Timestamp) {
        self.0.retain(|_, at| *at >= from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_told_once_though_it_is_seen_again() {
        let mut told = Told::default();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let one: Ref = "stripe/evt_1".parse().unwrap();
        let other: Ref = "stripe/evt_2".parse().unwrap();
        assert!(told.is_new(&one, at("2026-11-22T10:00:00Z")));
        assert!(!told.is_new(&one, at("2026-11-22T10:00:00Z")));
        assert!(told.is_new(&other, at("2026-11-22T09:59:59Z")));
        told.forget_before(at("2026-11-22T10:00:00Z"));
        assert!(!told.is_new(&one, at("2026-11-22T10:00:00Z")));
        assert_eq!(told.0.len(), 1);
    }
}
