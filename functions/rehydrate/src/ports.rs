use std::future::Future;

use aws::{Reading, StreamRange};
use domain::StoreError;

/// Holds the records that dead letters name, for a day.
pub(crate) trait Records {
    /// The records of the range.
    fn read(&self, range: StreamRange<'_>) -> impl Future<Output = Result<Reading, StoreError>>;
}

/// A subscription's dead-letter queue, or the router's.
pub(crate) trait DeadLetters {
    /// Sends a message to it.
    fn send(&self, body: &str) -> impl Future<Output = Result<(), StoreError>>;
}

impl Records for aws::Stream {
    async fn read(&self, range: StreamRange<'_>) -> Result<Reading, StoreError> {
        Self::read(self, range).await
    }
}

impl DeadLetters for aws::Queue {
    async fn send(&self, body: &str) -> Result<(), StoreError> {
        Self::send(self, body).await
    }
}
