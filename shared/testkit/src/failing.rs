use std::{collections::VecDeque, sync::Mutex};

use domain::{
    Digest, EndpointName, Inserted, KeyRing, KeyStore, Metadata, ObjectKey, PayloadStore, Pointer,
    PointerStore, Retention, Siblings, StoreError, Stored,
};

use crate::lock;

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

/// How the next calls go: the first as the first fault says, and so on. After these, all succeed.
#[derive(Debug, Default)]
pub struct Faults(Mutex<VecDeque<Fault>>);

impl Faults {
    /// The next calls go like this.
    pub fn set(&self, plan: impl IntoIterator<Item = Fault>) {
        *lock(&self.0) = plan.into_iter().collect();
    }

    /// How the next call goes.
    pub fn next(&self) -> Fault {
        lock(&self.0).pop_front().unwrap_or(Fault::None)
    }

    /// Does this work, or fails, as the next fault says: work that waits for nothing.
    ///
    /// # Errors
    /// [`StoreError`] of the fault.
    pub fn during<R>(&self, work: impl FnOnce() -> R) -> Result<R, StoreError> {
        match self.next() {
            Fault::None => Ok(work()),
            Fault::Before => Err(busy("test")),
            Fault::Refused => Err(refused("test")),
            Fault::After => {
                work();
                Err(busy("test"))
            }
        }
    }

    /// Does this work, or fails, as the next fault says.
    ///
    /// # Errors
    /// [`StoreError`] of the work, or of the fault.
    pub async fn call<R>(
        &self,
        work: impl Future<Output = Result<R, StoreError>>,
    ) -> Result<R, StoreError> {
        match self.next() {
            Fault::None => work.await,
            Fault::Before => Err(busy("test")),
            Fault::Refused => Err(refused("test")),
            Fault::After => {
                work.await?;
                Err(busy("test"))
            }
        }
    }
}

/// This call failed for now.
#[must_use]
pub fn busy(operation: &'static str) -> StoreError {
    let source = "made to fail".into();
    StoreError::Transient { operation, source }
}

/// This call was refused for good.
#[must_use]
pub fn refused(operation: &'static str) -> StoreError {
    let source = "made to fail".into();
    StoreError::Permanent { operation, source }
}

/// Makes chosen calls of a port fail.
#[derive(Debug)]
pub struct Failing<T> {
    inner: T,
    faults: Faults,
}

impl<T> Failing<T> {
    /// Wraps a port, whose calls go as these say.
    pub fn new(inner: T, plan: impl IntoIterator<Item = Fault>) -> Self {
        let faults = Faults::default();
        faults.set(plan);
        Self { inner, faults }
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
        retention: Retention,
    ) -> Result<Stored, StoreError> {
        self.faults
            .call(
                self.inner
                    .put(key, body, sha256, content_type, metadata, retention),
            )
            .await
    }
}

impl<T: PointerStore + Sync> PointerStore for Failing<T> {
    async fn insert(&self, pointer: &Pointer) -> Result<Inserted, StoreError> {
        self.faults.call(self.inner.insert(pointer)).await
    }
}

impl<T: Siblings + Sync> Siblings for Failing<T> {
    async fn has_sibling(&self, pointer: &Pointer) -> Result<bool, StoreError> {
        self.faults.call(self.inner.has_sibling(pointer)).await
    }
}

impl<T: KeyStore + Sync> KeyStore for Failing<T> {
    async fn keys(&self, endpoint: &EndpointName) -> Result<KeyRing, StoreError> {
        self.faults.call(self.inner.keys(endpoint)).await
    }
}
