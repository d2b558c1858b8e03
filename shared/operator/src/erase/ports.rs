use std::{future::Future, time::Duration};

use aws::{
    Deliveries, Image, Queue, Version, VersionMarker, VersionPage, Versions,
    operator::{Depth, Held, Records},
};
use domain::{ObjectKey, Ref, StoreError, Timestamp, Tombstone};

use crate::Stack;

/// Where a stack holds events.
pub(super) struct Stores<E, B, R, Q> {
    pub(super) events: E,
    pub(super) bucket: B,
    pub(super) results: R,
    pub(super) queues: Vec<NamedQueue<Q>>,
}

/// A queue, and what people call it.
pub(super) struct NamedQueue<Q> {
    pub(super) name: String,
    pub(super) queue: Q,
}

/// The events table: see the methods of [`aws::Pointers`].
pub(super) trait EventTable {
    fn get(
        &self,
        reference: &Ref,
    ) -> impl Future<Output = Result<Option<Image>, StoreError>> + Send;
    fn bury(
        &self,
        image: &Image,
        tombstone: &Tombstone,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
    fn rewrite(&self, tombstone: &Tombstone)
    -> impl Future<Output = Result<(), StoreError>> + Send;
    fn replays(
        &self,
        reference: &Ref,
    ) -> impl Future<Output = Result<Vec<String>, StoreError>> + Send;
    fn delete_replay(
        &self,
        reference: &Ref,
        id: &str,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// The payload bucket: see the methods of [`aws::Versions`].
pub(super) trait Bucket {
    fn of(&self, key: &ObjectKey) -> impl Future<Output = Result<Vec<Version>, StoreError>> + Send;
    fn delete(&self, version: &Version) -> impl Future<Output = Result<(), StoreError>> + Send;
    fn page(
        &self,
        prefix: &str,
        after: Option<VersionMarker>,
    ) -> impl Future<Output = Result<VersionPage, StoreError>> + Send;
    fn folders(&self, prefix: &str)
    -> impl Future<Output = Result<Vec<String>, StoreError>> + Send;
}

/// What processors and `deliver` keep of an event.
pub(super) trait Results {
    /// Those who have recorded something.
    fn recorders(
        &self,
        reference: &Ref,
    ) -> impl Future<Output = Result<Vec<String>, StoreError>> + Send;

    /// See [`Records::erase`].
    fn erase(
        &self,
        reference: &Ref,
        processor: &str,
        times: (Timestamp, Timestamp),
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Forgets how often `deliver` tried the event, or this replay of it; an empty id is no replay.
    fn forget_tries(
        &self,
        reference: &Ref,
        replay_id: &str,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// A queue whose messages are looked at: see the methods of [`Queue`].
pub(super) trait MessageQueue {
    fn depth(&self) -> impl Future<Output = Result<Depth, StoreError>> + Send;
    fn hold(&self) -> impl Future<Output = Result<Vec<Held>, StoreError>> + Send;
    fn delete(&self, receipt: &str) -> impl Future<Output = Result<(), StoreError>> + Send;
    fn release(&self, receipts: &[String]) -> impl Future<Output = Result<(), StoreError>> + Send;
}

impl EventTable for aws::Pointers {
    async fn get(&self, reference: &Ref) -> Result<Option<Image>, StoreError> {
        Self::get(self, reference).await
    }

    async fn bury(&self, image: &Image, tombstone: &Tombstone) -> Result<bool, StoreError> {
        Self::bury(self, image, tombstone).await
    }

    async fn rewrite(&self, tombstone: &Tombstone) -> Result<(), StoreError> {
        Self::rewrite(self, tombstone).await
    }

    async fn replays(&self, reference: &Ref) -> Result<Vec<String>, StoreError> {
        Self::replays(self, reference).await
    }

    async fn delete_replay(&self, reference: &Ref, id: &str) -> Result<(), StoreError> {
        Self::delete_replay(self, reference, id).await
    }
}

impl Bucket for Versions {
    async fn of(&self, key: &ObjectKey) -> Result<Vec<Version>, StoreError> {
        Self::of(self, key).await
    }

    async fn delete(&self, version: &Version) -> Result<(), StoreError> {
        self.delete_version(version).await
    }

    async fn page(
        &self,
        prefix: &str,
        after: Option<VersionMarker>,
    ) -> Result<VersionPage, StoreError> {
        Self::page(self, prefix, after).await
    }

    async fn folders(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        Self::folders(self, prefix).await
    }
}

/// Those of a stack.
pub(super) struct StackResults {
    records: Records,
    deliveries: Vec<Deliveries>,
}

impl StackResults {
    pub(super) fn of(stack: &Stack) -> Self {
        let all = stack.description.subscriptions.iter();
        let delivered = all.filter(|(_, one)| one.deliver.is_some());
        Self {
            records: stack.records(),
            deliveries: delivered
                .filter_map(|(name, _)| stack.deliveries(name))
                .collect(),
        }
    }
}

impl Results for StackResults {
    async fn recorders(&self, reference: &Ref) -> Result<Vec<String>, StoreError> {
        let all = self.records.of(reference).await?;
        Ok(all.into_iter().map(|one| one.processor).collect())
    }

    async fn erase(
        &self,
        reference: &Ref,
        processor: &str,
        times: (Timestamp, Timestamp),
    ) -> Result<(), StoreError> {
        self.records.erase(reference, processor, times).await
    }

    async fn forget_tries(&self, reference: &Ref, replay_id: &str) -> Result<(), StoreError> {
        for deliveries in &self.deliveries {
            deliveries.forget(reference, replay_id).await?;
        }
        Ok(())
    }
}

/// How long a receive waits for messages.
const WAIT: Duration = Duration::from_secs(1);

/// How long no one else gets the messages, if this process dies before it releases them.
const HIDE: Duration = Duration::from_secs(120);

impl MessageQueue for Queue {
    async fn depth(&self) -> Result<Depth, StoreError> {
        Self::depth(self).await
    }

    async fn hold(&self) -> Result<Vec<Held>, StoreError> {
        Self::hold(self, WAIT, HIDE).await
    }

    async fn delete(&self, receipt: &str) -> Result<(), StoreError> {
        Self::delete(self, receipt).await
    }

    async fn release(&self, receipts: &[String]) -> Result<(), StoreError> {
        Self::release(self, receipts).await
    }
}
