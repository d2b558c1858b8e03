use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::Timestamp;

/// Remembers values by name for a while, a bounded number of them: names come
/// from requests, and a caller who can ask for many must not fill the memory.
#[derive(Debug)]
pub struct Cache<V> {
    entries: Mutex<Entries<V>>,
    keep: Duration,
    capacity: usize,
}

type Entries<V> = HashMap<String, (Timestamp, V)>;

impl<V: Clone> Cache<V> {
    /// Keeps each value for `keep`, and at most `capacity` of them.
    #[must_use]
    pub fn new(keep: Duration, capacity: usize) -> Self {
        Self {
            entries: Mutex::default(),
            keep,
            capacity,
        }
    }

    /// The value, if it is not older than the cache keeps.
    #[must_use]
    pub fn get(&self, name: &str, now: Timestamp) -> Option<V> {
        let entries = self.entries();
        let (at, value) = entries.get(name)?;
        self.is_fresh(*at, now).then(|| value.clone())
    }

    /// Remembers a value. When full, it drops expired values first, then the oldest.
    pub fn put(&self, name: &str, value: V, now: Timestamp) {
        let mut entries = self.entries();
        if entries.len() >= self.capacity && !entries.contains_key(name) {
            entries.retain(|_, (at, _)| self.is_fresh(*at, now));
            let oldest = entries.iter().min_by_key(|(_, (at, _))| *at);
            if entries.len() >= self.capacity
                && let Some(oldest) = oldest.map(|(name, _)| name.clone())
            {
                entries.remove(&oldest);
            }
        }
        entries.insert(name.to_owned(), (now, value));
    }

    /// A clock that steps back makes a value old, never young forever.
    fn is_fresh(&self, at: Timestamp, now: Timestamp) -> bool {
        Duration::try_from(now.duration_since(at)).is_ok_and(|age| age < self.keep)
    }

    /// A panic elsewhere leaves whole entries behind.
    fn entries(&self) -> MutexGuard<'_, Entries<V>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn forgets_in_time() {
        let cache = Cache::new(Duration::from_secs(60), 8);
        cache.put("a", 1, at(100));
        assert_eq!(cache.get("a", at(159)), Some(1));
        assert_eq!(cache.get("a", at(160)), None);
        assert_eq!(cache.get("a", at(99)), None);
    }

    #[test]
    fn stays_within_its_capacity_and_drops_the_oldest() {
        let cache = Cache::new(Duration::from_secs(60), 2);
        cache.put("a", 1, at(1));
        cache.put("b", 2, at(2));
        cache.put("b", 3, at(3));
        cache.put("c", 4, at(4));
        assert_eq!(
            (
                cache.get("a", at(4)),
                cache.get("b", at(4)),
                cache.get("c", at(4))
            ),
            (None, Some(3), Some(4))
        );
    }
}
