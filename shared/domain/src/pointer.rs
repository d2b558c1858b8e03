use crate::{
    Digest, EndpointName, EventIdentity, EventKey, ObjectKey, PartitionKey, Ref, TimeBucket,
    Timestamp, time_bucket::shard_of,
};

/// The claim check: what DynamoDB holds of an event. Its insertion is what
/// routes the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer {
    /// The endpoint it came to.
    pub endpoint: EndpointName,
    /// The event.
    pub event: EventIdentity,
    /// When the delivery came, by our clock.
    pub received_at: Timestamp,
    /// As received; `application/octet-stream` if the provider sent none.
    pub content_type: String,
    /// The payload's length in bytes.
    pub size: u64,
    /// The payload's digest.
    pub sha256: Digest,
    /// The bucket that holds the payload.
    pub bucket: String,
    /// The object that holds the payload.
    pub key: ObjectKey,
    /// W3C trace context, always present.
    pub traceparent: String,
    /// The preset's name, or `custom`.
    pub scheme: String,
    /// Which key the signature matched.
    pub key_id: String,
    /// From then on DynamoDB may remove the pointer.
    pub expires_at: Timestamp,
}

impl Pointer {
    /// The hash key of its item.
    #[must_use]
    pub fn partition_key(&self) -> PartitionKey {
        PartitionKey::of(
            &self.endpoint,
            self.event.ordering_key.as_deref(),
            &self.event.key,
        )
    }

    /// The sort key of its item.
    #[must_use]
    pub fn sort_key(&self) -> &EventKey {
        &self.event.key
    }

    /// The same delivery under the name of the event that it belongs to.
    #[must_use]
    pub fn named(mut self, key: EventKey) -> Self {
        if self.event.id == self.event.key.as_str() {
            key.as_str().clone_into(&mut self.event.id);
        }
        self.event.key = key;
        self
    }

    /// Its name in responses, logs and commands.
    #[must_use]
    pub fn reference(&self) -> Ref {
        Ref {
            endpoint: self.endpoint.clone(),
            ordering_key: self.event.ordering_key.clone(),
            event_key: self.event.key.clone(),
        }
    }

    /// Its bucket in the by-time index.
    #[must_use]
    pub fn time_bucket(&self) -> TimeBucket {
        let shard = self.key.incoming().map(|parts| parts.shard);
        TimeBucket::new(
            self.received_at,
            shard.unwrap_or_else(|| shard_of(self.sha256)),
        )
    }
}
