use std::{future::Future, time::Duration};

use aws::{FailureRecord, Queue, Remembered, SumOf};
use domain::{Ref, StoreError, Timestamp};

/// For so long no one else gets a message, if this process dies while it looks at it.
const HIDE: Duration = Duration::from_secs(10);

/// Knows what the stack consists of.
pub(crate) trait StackParts {
    /// Its description, as JSON; none if there is none.
    fn description(&self) -> impl Future<Output = Result<Option<String>, StoreError>>;

    /// The names of its endpoints.
    fn endpoints(&self) -> impl Future<Output = Result<Vec<String>, StoreError>>;
}

/// Looks at DLQs and takes nothing.
pub(crate) trait DeadLetters {
    /// About how many are in the DLQ at this URL, held by a reader or not.
    fn count(&self, url: &str) -> impl Future<Output = Result<u64, StoreError>>;

    /// The texts of some of them.
    fn peek(&self, url: &str) -> impl Future<Output = Result<Vec<String>, StoreError>>;

    /// How this processor failed with an event, as it recorded it.
    fn failure(
        &self,
        reference: &Ref,
        processor: &str,
    ) -> impl Future<Output = Result<Option<FailureRecord>, StoreError>>;
}

/// Remembers what was said.
pub(crate) trait Memory {
    /// All of it.
    fn all(&self) -> impl Future<Output = Result<Vec<Remembered>, StoreError>>;

    /// Replaces the version before. `false`: another run was faster.
    fn put(
        &self,
        alert: &Remembered,
        now: Timestamp,
    ) -> impl Future<Output = Result<bool, StoreError>>;
}

/// Sends messages to people.
pub(crate) trait Outlet {
    /// Publishes to this topic.
    fn publish(
        &self,
        topic_arn: &str,
        subject: &str,
        by_protocol: &str,
    ) -> impl Future<Output = Result<(), StoreError>>;
}

/// Sums up the stack's metrics.
pub(crate) trait Sums {
    /// The sums in this time, in the order of the metrics.
    fn of(
        &self,
        metrics: &[SumOf],
        from: Timestamp,
        until: Timestamp,
    ) -> impl Future<Output = Result<Vec<u64>, StoreError>>;
}

impl StackParts for aws::EndpointTable {
    async fn description(&self) -> Result<Option<String>, StoreError> {
        self.stack().await
    }

    async fn endpoints(&self) -> Result<Vec<String>, StoreError> {
        self.names().await
    }
}

/// The stack's DLQs, and the records of its processors.
pub(crate) struct Dlqs {
    /// Any queue of the stack.
    pub(crate) queue: Queue,
    pub(crate) records: aws::FailureRecords,
}

impl DeadLetters for Dlqs {
    async fn count(&self, url: &str) -> Result<u64, StoreError> {
        let depth = self.queue.at(url).depth().await?;
        Ok(depth.visible + depth.in_flight + depth.delayed)
    }

    async fn peek(&self, url: &str) -> Result<Vec<String>, StoreError> {
        let queue = self.queue.at(url);
        // A wait of a second asks every server of the queue: without it SQS may say that there is
        // none although there is one.
        // <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html>
        let held = queue.hold(Duration::from_secs(1), HIDE).await?;
        let receipts: Vec<String> = held.iter().map(|one| one.receipt.clone()).collect();
        queue.release(&receipts).await?;
        Ok(held.into_iter().map(|one| one.body).collect())
    }

    async fn failure(
        &self,
        reference: &Ref,
        processor: &str,
    ) -> Result<Option<FailureRecord>, StoreError> {
        self.records.of(reference, processor).await
    }
}

impl Memory for aws::AlertMemory {
    async fn all(&self) -> Result<Vec<Remembered>, StoreError> {
        Self::all(self).await
    }

    async fn put(&self, alert: &Remembered, now: Timestamp) -> Result<bool, StoreError> {
        Self::put(self, alert, now).await
    }
}

impl Outlet for aws::Topics {
    async fn publish(
        &self,
        topic_arn: &str,
        subject: &str,
        by_protocol: &str,
    ) -> Result<(), StoreError> {
        Self::publish(self, topic_arn, subject, by_protocol).await
    }
}

impl Sums for aws::MetricSums {
    async fn of(
        &self,
        metrics: &[SumOf],
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<u64>, StoreError> {
        Self::of(self, metrics, from, until).await
    }
}
