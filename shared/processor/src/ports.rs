use std::future::Future;

use bytes::Bytes;
use domain::StoreError;

use crate::{Claim, Receipt};

/// Holds payloads.
pub trait ClaimStore: Send + Sync {
    /// A payload whose bytes have not been read yet.
    type Body: ClaimBody;

    /// Opens the payload that the claim names. `None`: it is not there.
    fn open(
        &self,
        claim: &Claim,
    ) -> impl Future<Output = Result<Option<Self::Body>, StoreError>> + Send;
}

/// The bytes of a payload, as they come.
pub trait ClaimBody: Send {
    /// How many there are, where the store says so.
    fn size(&self) -> Option<u64>;

    /// The next bytes; `None` at the end.
    fn next(&mut self) -> impl Future<Output = Result<Option<Bytes>, StoreError>> + Send;
}

/// Keeps receipts.
pub trait ReceiptBook: Send + Sync {
    /// Writes the receipt over the one of an earlier delivery and counts the
    /// deliveries.
    fn record(&self, receipt: &Receipt) -> impl Future<Output = Result<(), StoreError>> + Send;
}

impl ClaimStore for aws::Redemption {
    type Body = aws::ObjectBody;

    async fn open(&self, claim: &Claim) -> Result<Option<aws::ObjectBody>, StoreError> {
        Self::open(self, &claim.bucket, &claim.key).await
    }
}

impl ClaimBody for aws::ObjectBody {
    fn size(&self) -> Option<u64> {
        Self::size(self)
    }

    async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        Self::next(self).await
    }
}

impl ReceiptBook for aws::Receipts {
    async fn record(&self, receipt: &Receipt) -> Result<(), StoreError> {
        Self::record(self, receipt).await
    }
}
