use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{
    Cache, Endpoint, EndpointDirectory, EndpointName, EndpointProblem, StoreError, Timestamp,
};
use signature::{SchemeError, Verifier};

/// An endpoint, ready to judge requests by.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) endpoint: Endpoint,
    pub(crate) verifier: Verifier,
    /// As stored; it travels on to `ingest` unchanged.
    pub(crate) config: String,
}

/// The endpoint cannot be looked up or used. None of it is the provider's fault.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DirectoryError {
    /// The table did not answer: the provider is to try again.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A person has to mend the stored configuration.
    #[error(transparent)]
    Endpoint(#[from] EndpointProblem),
    /// A person has to mend the stored scheme.
    #[error(transparent)]
    Scheme(#[from] SchemeError),
}

/// The endpoints, remembered for a minute each: unknown names too, so that a
/// stranger who guesses names costs no table reads.
#[derive(Debug)]
pub(crate) struct Directory<E> {
    table: E,
    cache: Mutex<Cache<Option<Arc<Prepared>>>>,
}

impl<E: EndpointDirectory> Directory<E> {
    const KEEP: Duration = Duration::from_secs(60);
    const CAPACITY: usize = 1000;

    pub(crate) fn new(table: E) -> Self {
        Self {
            table,
            cache: Mutex::new(Cache::new(Self::KEEP, Self::CAPACITY)),
        }
    }

    /// The endpoint of that name, `None` if there is none.
    pub(crate) async fn find(
        &self,
        name: &EndpointName,
        now: Timestamp,
    ) -> Result<Option<Arc<Prepared>>, DirectoryError> {
        let known = self
            .cache
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name.as_str(), now);
        if let Some(known) = known {
            return Ok(known);
        }
        let found = match self.table.find(name).await? {
            None => None,
            Some(config) => {
                let endpoint = Endpoint::from_json(&config)?;
                let verifier = Verifier::of(&endpoint)?;
                Some(Arc::new(Prepared {
                    endpoint,
                    verifier,
                    config,
                }))
            }
        };
        self.cache
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .put(name.as_str(), found.clone(), now);
        Ok(found)
    }
}
