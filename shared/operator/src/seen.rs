//! Ids that were seen, for readers that look at the same span of time again.

use std::{collections::HashMap, hash::Hash};

use domain::Timestamp;

/// The ids that were seen, and the time of each.
#[derive(Debug)]
pub(crate) struct SeenIds<K>(HashMap<K, Timestamp>);

impl<K> Default for SeenIds<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash + Clone> SeenIds<K> {
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
    fn an_id_is_new_once() {
        let mut seen = SeenIds::default();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let one: Ref = "stripe/evt_1".parse().unwrap();
        let other: Ref = "stripe/evt_2".parse().unwrap();
        assert!(seen.is_new(&one, at("2026-11-22T10:00:00Z")));
        assert!(!seen.is_new(&one, at("2026-11-22T10:00:00Z")));
        assert!(seen.is_new(&other, at("2026-11-22T09:59:59Z")));
        seen.forget_before(at("2026-11-22T10:00:00Z"));
        assert!(!seen.is_new(&one, at("2026-11-22T10:00:00Z")));
        assert_eq!(seen.0.len(), 1);
    }
}
