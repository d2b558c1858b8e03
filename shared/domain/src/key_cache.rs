use std::{sync::Arc, time::Duration};

use crate::{Cache, EndpointName, KeyRing, KeyStore, StoreError, Timestamp};

/// The endpoints' keys, remembered for [`KEYS_KEPT_FOR`], and read again when a
/// signature fails: the first delivery that needs a rotated key finds it.
#[derive(Debug)]
pub struct Keys<K> {
    store: K,
    cache: Cache<Arc<KeyRing>>,
    /// When a failed signature last made us read the keys again.
    forced: Cache<()>,
}

/// How long a function may use the keys that it last read. Every environment of a
/// function remembers its own, and one that meets no failed signature reads them no
/// sooner: a key may still be accepted for this long after it was removed, or ended.
pub const KEYS_KEPT_FOR: Duration = Duration::from_secs(60);

impl<K: KeyStore> Keys<K> {
    /// Forged deliveries must not turn into calls to Secrets Manager.
    const REFRESH_AT_MOST_EVERY: Duration = Duration::from_secs(30);
    const CAPACITY: usize = 1000;

    /// Remembers the keys of this store.
    pub fn new(store: K) -> Self {
        Self {
            store,
            cache: Cache::new(KEYS_KEPT_FOR, Self::CAPACITY),
            forced: Cache::new(Self::REFRESH_AT_MOST_EVERY, Self::CAPACITY),
        }
    }

    /// Judges something under the keys, and again under newer ones, if there are any
    /// that could change the first verdict.
    ///
    /// # Errors
    /// [`StoreError`] of the store; the verdict is inside.
    pub async fn judge<T, E>(
        &self,
        endpoint: &EndpointName,
        now: Timestamp,
        judge: impl Fn(&KeyRing) -> Result<T, E>,
        asks_for_other_keys: impl Fn(&E) -> bool,
    ) -> Result<Result<T, E>, StoreError> {
        let ring = self.of(endpoint, now).await?;
        let verdict = judge(&ring);
        match &verdict {
            Err(problem) if asks_for_other_keys(problem) => {
                let newer = self.newer_than(&ring, endpoint, now).await?;
                Ok(newer.map_or(verdict, |newer| judge(&newer)))
            }
            _ => Ok(verdict),
        }
    }

    /// The keys, as they were read within the last [`KEYS_KEPT_FOR`].
    ///
    /// # Errors
    /// [`StoreError`] of the store.
    pub async fn of(
        &self,
        endpoint: &EndpointName,
        now: Timestamp,
    ) -> Result<Arc<KeyRing>, StoreError> {
        match self.cache.get(endpoint.as_str(), now) {
            Some(known) => Ok(known),
            None => self.read(endpoint, now).await,
        }
    }

    /// The keys read again, if they differ from these.
    async fn newer_than(
        &self,
        used: &KeyRing,
        endpoint: &EndpointName,
        now: Timestamp,
    ) -> Result<Option<Arc<KeyRing>>, StoreError> {
        let fresh = self.again(endpoint, now).await?;
        Ok(fresh.filter(|fresh| **fresh != *used))
    }

    /// The keys read again after a failed signature, at most every thirty seconds; `None`
    /// within that time. An ordinary read does not count: the first delivery under a key
    /// that was just stored must find it.
    ///
    /// # Errors
    /// [`StoreError`] of the store.
    pub async fn again(
        &self,
        endpoint: &EndpointName,
        now: Timestamp,
    ) -> Result<Option<Arc<KeyRing>>, StoreError> {
        if self.forced.get(endpoint.as_str(), now).is_some() {
            return Ok(None);
        }
        let fresh = self.read(endpoint, now).await?;
        // Only now: after a read that failed, the provider's retry gets its own.
        self.forced.put(endpoint.as_str(), (), now);
        Ok(Some(fresh))
    }

    async fn read(
        &self,
        endpoint: &EndpointName,
        now: Timestamp,
    ) -> Result<Arc<KeyRing>, StoreError> {
        let ring = Arc::new(self.store.keys(endpoint).await?.read_at(now));
        self.cache.put(endpoint.as_str(), Arc::clone(&ring), now);
        Ok(ring)
    }
}
