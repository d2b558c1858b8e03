use std::future::Future;

use aws::{EndpointTable, FifoMessage, FifoQueue, Queue};
use domain::StoreError;

/// Holds the stack's description.
pub(crate) trait DescriptionStore {
    /// The description, as JSON.
    fn read(&self) -> impl Future<Output = Result<Option<String>, StoreError>>;
}

/// The queues of the ordered subscriptions, and the DLQ of `fan`.
pub(crate) trait Senders {
    /// Sends messages to the queue at this URL: see [`FifoQueue::send`].
    fn send(
        &self,
        url: &str,
        messages: &[FifoMessage<'_>],
    ) -> impl Future<Output = Result<Vec<usize>, StoreError>>;

    /// Puts an event into the DLQ.
    fn give_up(&self, message: &str) -> impl Future<Output = Result<(), StoreError>>;
}

/// The table of endpoints, in which Terraform describes the stack.
pub(crate) struct StackTable(pub(crate) EndpointTable);

impl DescriptionStore for StackTable {
    async fn read(&self) -> Result<Option<String>, StoreError> {
        self.0.stack().await
    }
}

/// The queues on AWS.
pub(crate) struct Queues {
    pub(crate) dlq: Queue,
    /// Opens the queue at a URL.
    pub(crate) open: Box<dyn Fn(&str) -> FifoQueue>,
}

impl Senders for Queues {
    async fn send(
        &self,
        url: &str,
        messages: &[FifoMessage<'_>],
    ) -> Result<Vec<usize>, StoreError> {
        (self.open)(url).send(messages).await
    }

    async fn give_up(&self, message: &str) -> Result<(), StoreError> {
        self.dlq.send(message).await
    }
}
