use std::future::Future;

use aws::{Reading, StreamRange};
use domain::StoreError;

/// Holds the records that dead letters name, for a day.
pub(crate) trait StreamRecords {
    /// The records of the range.
    fn read(&self, range: StreamRange<'_>) -> impl Future<Output = Result<Reading, StoreError>>;
}

/// The DLQ of a subscription or of the router.
pub(crate) trait DlqSender {
    /// Sends a message to it.
    fn send(&self, body: &str) -> impl Future<Output = Result<(), StoreError>>;
}

impl StreamRecords for aws::Stream {
    async fn read(&self, range: StreamRange<'_>) -> Result<Reading, StoreError> {
        Self::read(self, range).await
    }
}

impl DlqSender for aws::Queue {
    async fn send(&self, body: &str) -> Result<(), StoreError> {
        Self::send(self, body).await
    }
}
