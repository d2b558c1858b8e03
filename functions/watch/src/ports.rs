use std::{future::Future, time::Duration};

use aws::{BreakerRecord, Message, PipeState};
use domain::{Heartbeat, StoreError, Timestamp};

/// Remembers which heartbeats are under way.
pub(crate) trait HeartbeatStore {
    /// Writes one, which the router should treat as a pointer.
    fn put(&self, heartbeat: Heartbeat) -> impl Future<Output = Result<(), StoreError>>;

    /// Those that are not forgotten, oldest first, at most 100.
    fn outstanding(
        &self,
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<Heartbeat>, StoreError>>;

    /// Forgets one, if it is there.
    fn delete(&self, heartbeat: Heartbeat) -> impl Future<Output = Result<(), StoreError>>;
}

/// Where heartbeats come back, and nothing else.
pub(crate) trait HeartbeatQueue {
    /// Some that came; none if no heartbeat came in that time.
    fn receive(&self, wait: Duration) -> impl Future<Output = Result<Vec<Message>, StoreError>>;

    /// Deletes the message of this receipt, if it is there.
    fn delete(&self, receipt: &str) -> impl Future<Output = Result<(), StoreError>>;
}

/// Knows the state of the pipes.
pub(crate) trait PipeStates {
    /// The state of the pipe of this name.
    fn state(&self, name: &str) -> impl Future<Output = Result<PipeState, StoreError>>;
}

/// Knows the subscriptions that the function `deliver` reads: through a mapping, not a pipe.
pub(crate) trait Delivered {
    /// The state of the subscription's mapping, in the words for a pipe.
    fn mapping(&self, subscription: &str) -> impl Future<Output = Result<PipeState, StoreError>>;

    /// Whether deliveries to its destination have stopped.
    fn breaker(
        &self,
        subscription: &str,
    ) -> impl Future<Output = Result<BreakerRecord, StoreError>>;
}

/// The items of `deliver`, and the mappings that they name.
pub(crate) struct MappingsAndBreakers {
    /// Of any subscription.
    pub(crate) deliveries: aws::Deliveries,
    pub(crate) mappings: aws::Mappings,
}

impl HeartbeatStore for aws::Heartbeats {
    async fn put(&self, heartbeat: Heartbeat) -> Result<(), StoreError> {
        Self::put(self, heartbeat).await
    }

    async fn outstanding(&self, now: Timestamp) -> Result<Vec<Heartbeat>, StoreError> {
        Self::outstanding(self, now).await
    }

    async fn delete(&self, heartbeat: Heartbeat) -> Result<(), StoreError> {
        Self::delete(self, heartbeat).await
    }
}

impl HeartbeatQueue for aws::Queue {
    async fn receive(&self, wait: Duration) -> Result<Vec<Message>, StoreError> {
        Self::receive(self, wait).await
    }

    async fn delete(&self, receipt: &str) -> Result<(), StoreError> {
        Self::delete(self, receipt).await
    }
}

impl PipeStates for aws::Pipes {
    async fn state(&self, name: &str) -> Result<PipeState, StoreError> {
        Self::state(self, name).await
    }
}

impl Delivered for MappingsAndBreakers {
    async fn mapping(&self, subscription: &str) -> Result<PipeState, StoreError> {
        match self.deliveries.of(subscription).mapping().await? {
            Some(uuid) => self.mappings.state(&uuid).await,
            None => Ok(PipeState {
                current: "NOT_FOUND".to_owned(),
                ..PipeState::default()
            }),
        }
    }

    async fn breaker(&self, subscription: &str) -> Result<BreakerRecord, StoreError> {
        self.deliveries.of(subscription).breaker().await
    }
}
