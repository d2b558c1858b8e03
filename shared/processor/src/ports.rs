use std::future::Future;

use bytes::Bytes;
use domain::{Attempt, Claimed, Marking, ObjectKey, Receipt, Ref, StoreError, Timestamp};
use futures_util::future::BoxFuture;

use crate::Failure;

/// Holds payloads. A trait object, so that an event can be handed over with its
/// payload and without a type parameter.
pub(crate) trait ClaimStore: Send + Sync {
    /// Opens the object that holds a payload. `None`: it does not exist.
    fn open<'a>(
        &'a self,
        bucket: &'a str,
        key: &'a ObjectKey,
    ) -> BoxFuture<'a, Result<Option<Box<dyn ClaimBody>>, StoreError>>;
}

/// The bytes of a payload, as they arrive.
pub(crate) trait ClaimBody: Send {
    /// How many there are, if the store says so.
    fn size(&self) -> Option<u64>;

    /// The next bytes; `None` at the end.
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, StoreError>>;
}

/// Knows which events are done, and which are in progress.
pub(crate) trait IdempotencyStore: Send + Sync {
    /// Claims the lease. One conditional write decides.
    fn claim(&self, attempt: &Attempt) -> impl Future<Output = Result<Claimed, StoreError>> + Send;

    /// Marks the event as done. `false`: the lease was lost to another.
    fn complete(
        &self,
        reference: &Ref,
        owner: &str,
        receipt: &Receipt,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Marks an event as done that no one has claimed. `false`: another delivery was faster.
    fn mark(&self, marking: &Marking) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Marks the attempt as failed and gives the lease back. `false`: it was lost.
    fn fail(
        &self,
        reference: &Ref,
        owner: &str,
        at: Timestamp,
        failure: &Failure,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
}

impl ClaimStore for wire::Redemption {
    fn open<'a>(
        &'a self,
        bucket: &'a str,
        key: &'a ObjectKey,
    ) -> BoxFuture<'a, Result<Option<Box<dyn ClaimBody>>, StoreError>> {
        Box::pin(async {
            let object = Self::open(self, bucket, key).await?;
            Ok(object.map(|object| Box::new(object) as Box<dyn ClaimBody>))
        })
    }
}

impl ClaimBody for wire::ObjectBody {
    fn size(&self) -> Option<u64> {
        Self::size(self)
    }

    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, StoreError>> {
        Box::pin(Self::next(self))
    }
}

impl IdempotencyStore for wire::Processed {
    async fn claim(&self, attempt: &Attempt) -> Result<Claimed, StoreError> {
        Self::claim(self, attempt).await
    }

    async fn complete(
        &self,
        reference: &Ref,
        owner: &str,
        receipt: &Receipt,
    ) -> Result<bool, StoreError> {
        Self::complete(self, reference, owner, receipt).await
    }

    async fn mark(&self, marking: &Marking) -> Result<bool, StoreError> {
        Self::mark(self, marking).await
    }

    async fn fail(
        &self,
        reference: &Ref,
        owner: &str,
        at: Timestamp,
        failure: &Failure,
    ) -> Result<bool, StoreError> {
        Self::fail(self, reference, owner, at, failure.word(), failure.reason()).await
    }
}
