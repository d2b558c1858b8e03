use std::sync::atomic::{AtomicU32, Ordering};

/// How many requests to AWS a read of the index may make. A rare event in a long span would
/// otherwise cost sixteen for each hour. A budget that suffices for an hour, and for the events of
/// one millisecond, always gets further.
#[derive(Debug)]
pub struct Budget(AtomicU32);

impl Budget {
    /// What a page of the console may ask for: eight hours.
    pub const PAGE: u32 = 128;

    /// This many requests.
    pub fn new(requests: u32) -> Self {
        Self(AtomicU32::new(requests))
    }

    /// How many are left.
    pub fn left(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    /// Takes all of these, or none.
    pub(crate) fn take(&self, requests: u32) -> bool {
        let take = |left: u32| left.checked_sub(requests);
        let taken = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        taken.is_ok()
    }

    /// Takes as many of these as are left: what was begun is finished.
    pub(crate) fn take_some(&self, requests: u32) {
        let take = |left: u32| Some(left.saturating_sub(requests));
        let _before = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_all_or_nothing_until_it_is_spent() {
        let budget = Budget::new(20);
        assert!(budget.take(16) && !budget.take(5) && budget.take(3));
        assert_eq!(budget.left(), 1);
        budget.take_some(9);
        assert!(budget.left() == 0 && !budget.take(1));
    }
}
