use std::{fmt, sync::Arc, time::Duration};

use crate::{Cache, EndpointDirectory, EndpointName, StoreError, Timestamp};

/// The endpoints, ready for use and remembered for a minute each: unknown names
/// too, so that a stranger who guesses names causes no table reads.
pub struct Directory<E, T> {
    table: E,
    cache: Cache<Option<Arc<T>>>,
}

/// The endpoint cannot be looked up or used. None of this is the provider's fault.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError<P> {
    /// The table did not answer: it may later.
    #[error(transparent)]
    Store(StoreError),
    /// Someone has to fix the stored configuration.
    #[error(transparent)]
    Unusable(P),
}

impl<E: EndpointDirectory, T> Directory<E, T> {
    const KEEP: Duration = Duration::from_secs(60);
    const CAPACITY: usize = 1000;

    /// Over this table.
    pub fn new(table: E) -> Self {
        Self {
            table,
            cache: Cache::new(Self::KEEP, Self::CAPACITY),
        }
    }

    /// The endpoint of that name, built from its configuration; `None` if there is none.
    ///
    /// # Errors
    /// [`DirectoryError`].
    pub async fn find<P>(
        &self,
        name: &EndpointName,
        now: Timestamp,
        make: impl FnOnce(String) -> Result<T, P>,
    ) -> Result<Option<Arc<T>>, DirectoryError<P>> {
        if let Some(known) = self.cache.get(name.as_str(), now) {
            return Ok(known);
        }
        let found = self.table.find(name).await.map_err(DirectoryError::Store)?;
        let found = found.map(make).transpose();
        let found = found.map_err(DirectoryError::Unusable)?.map(Arc::new);
        self.cache.put(name.as_str(), found.clone(), now);
        Ok(found)
    }
}

impl<E, T> fmt::Debug for Directory<E, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Directory").finish_non_exhaustive()
    }
}
