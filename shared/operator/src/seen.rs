//! What was told of the time that is looked at again.

use std::{collections::HashMap, hash::Hash};

use domain::Timestamp;

/// The names of what was told, and when each came.
#[derive(Debug)]
pub(crate) struct Seen<K>(HashMap<K, Timestamp>);

impl<K> Default for Seen<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash + Clone> Seen<K> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn is_new(&mut self, name: &K, at: Timestamp) -> bool {
        self.0.insert(name.clone(), at).is_none()
    }

    pub(crate) fn forget_before(&mut self, from: Timestamp) {
        self.0.retain(|_, at| *at >= from);
    }
}

#[cfg(test)]
mod tests {
    use domain::Ref;

    use super::*;

    #[test]
    fn an_event_is_told_once_though_it_is_seen_again() {
        let mut told = Seen::default();
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
