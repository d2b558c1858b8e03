use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use domain::{
    Digest, EndpointName, Inserted, KeyRing, KeyStore, Metadata, ObjectKey, PayloadStore, Pointer,
    PointerStore, Siblings, StoreError, Stored,
};

/// How one call goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It succeeds.
    None,
    /// It fails for now, and nothing was done.
    Before,
    /// It fails for now, but it was done: the answer was lost.
    After,
    /// It is refused for good.
    Refused,
}

/// Makes chosen calls of a port fail: the first call goes as the first fault
/// says, and so on; after these, all succeed.
#[derive(Debug)]
pub struct Failing<T> {
    inner: T,
    plan: Mutex<VecDeque<Fault>>,
}

impl<T> Failing<T> {
    /// Wraps a port.
    pub fn new(inner: T, plan: impl IntoIterator<Item = Fault>) -> Self {
        Self {
            inner,
            plan: Mutex::new(plan.into_iter().collect()),
        }
    }

    async fn call<R>(
        &self,
        work: impl Future<Output = Result<R, StoreError>>,
    ) -> Result<R, StoreError> {
        let fault = self
            .plan
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
            .unwrap_or(Fault::None);
        let source = || "made to fail".into();
        match fault {
            Fault::None => work.await,
            Fault::Before => Err(StoreError::Transient {
                operation: "test",
                source: source(),
            }),
            Fault::Refused => Err(StoreError::Permanent {
                operation: "test",
                source: source(),
            }),
            Fault::After => {
                work.await?;
                Err(StoreError::Transient {
                    operation: "test",
                    source: source(),
                })
            }
        }
    }
}

impl<T: PayloadStore + Sync> PayloadStore for Failing<T>
where
    T::Body: Send,
{
    type Body = T::Body;

    fn bucket(&self) -> &str {
        self.inner.bucket()
    }

    async fn put(
        &self,
        key: &ObjectKey,
        body: Self::Body,
        sha256: Digest,
        content_type: &str,
        metadata: &Metadata,
    ) -> Result<Stored, StoreError> {
        self.call(self.inner.put(key, body, sha256, content_type, metadata))
            .await
    }
}

impl<T: PointerStore + Sync> PointerStore for Failing<T> {
    async fn insert(&self, pointer: &Pointer) -> Result<Inserted, StoreError> {
        self.call(self.inner.insert(pointer)).await
    }
}

impl<T: Siblings + Sync> Siblings for Failing<T> {
    async fn has_sibling(&self, pointer: &Pointer) -> Result<bool, StoreError> {
        self.call(self.inner.has_sibling(pointer)).await
    }
}

impl<T: KeyStore + Sync> KeyStore for Failing<T> {
    async fn keys(&self, endpoint: &EndpointName) -> Result<KeyRing, StoreError> {
        self.call(self.inner.keys(endpoint)).await
    }
}
