use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{Cache, EndpointName, KeyRing, KeyStore, StoreError, Timestamp};

/// The endpoints' keys, remembered for five minutes, and read anew when a
/// signature fails: a rotation is seen by the first delivery that needs it.
pub(crate) struct Keys<K> {
    store: K,
    cache: Mutex<Cache<Arc<KeyRing>>>,
}

impl<K: KeyStore> Keys<K> {
    const KEEP: Duration = Duration::from_secs(300);
    /// Forged deliveries must not turn into calls to Secrets Manager.
    const REFRESH_AT_MOST_EVERY: Duration = Duration::from_secs(30);
    const CAPACITY: usize = 1000;

    pub(crate) fn new(store: K) -> Self {
        Self {
            store,
            cache: Mutex::new(Cache::new(Self::KEEP, Self::CAPACITY)),
        }
    }

    pub(crate) async fn of(
        &self,
        endpoint: &EndpointName,
        now: Timestamp,
    ) -> Result<Arc<KeyRing>, StoreError> {
        let known = self
            .cache
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(endpoint.as_str(), now);
        match known {
            Some(known) => Ok(known),
            None => self.read(endpoint, now).await,
        }
    }

    /// The keys, if they are other than these and were not just read.
    pub(crate) async fn newer_than(
        &self,
        used: &KeyRing,
        endpoint: &EndpointName,
        now: Timestamp,
    ) -> Result<Option<Arc<KeyRing>>, StoreError> {
        let read_at = self
            .cache
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .put_at(endpoint.as_str());
        let recent = read_at.is_some_and(|at| {
            Duration::try_from(now.duration_since(at))
                .is_ok_and(|age| age < Self::REFRESH_AT_MOST_EVERY)
        });
        if recent {
            return Ok(None);
        }
        let fresh = self.read(endpoint, now).await?;
        Ok((*fresh != *used).then_some(fresh))
    }

    async fn read(
        &self,
        endpoint: &EndpointName,
        now: Timestamp,
    ) -> Result<Arc<KeyRing>, StoreError> {
        let ring = Arc::new(self.store.keys(endpoint).await?);
        self.cache
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .put(endpoint.as_str(), Arc::clone(&ring), now);
        Ok(ring)
    }
}
