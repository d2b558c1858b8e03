use std::fmt;

use crate::{
    Attributes, DataRef, Digest, EndpointName, EventIdentity, EventKey, ObjectKey, PartitionKey,
    Ref, SCHEMA_CHECK, SchemaCheck, TimeBucket, Timestamp, time_bucket::shard_of,
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
    /// Where the payload is.
    pub dataref: DataRef,
    /// The headers that are kept of its delivery, if no object holds them.
    pub headers: InlineHeaders,
    /// What its endpoint keeps of it besides.
    pub kept: Attributes,
    /// W3C trace context, always present.
    pub traceparent: String,
    /// The preset's name, or `custom`.
    pub scheme: String,
    /// Which key the signature matched.
    pub key_id: String,
    /// From then on DynamoDB may remove the pointer.
    pub expires_at: Timestamp,
}

/// What an object's metadata would say of the headers of a delivery, by the same names.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct InlineHeaders(Vec<(&'static str, String)>);

impl InlineHeaders {
    /// These pairs.
    pub(crate) const fn of(pairs: Vec<(&'static str, String)>) -> Self {
        Self(pairs)
    }

    /// The pairs, as an object's metadata has them: `StoredHeaders` reads them.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }
}

/// Shows no value: some are signatures.
impl fmt::Debug for InlineHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.iter().map(|(name, _)| name);
        f.debug_list().entries(names).finish()
    }
}

impl Pointer {
    /// The object that holds the payload; `None` if the pointer itself does.
    #[must_use]
    pub fn object(&self) -> Option<&ObjectKey> {
        self.dataref.object()
    }

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

    /// The pointer with the outcome of its payload's check.
    #[must_use]
    pub fn checked(mut self, check: SchemaCheck) -> Self {
        if let Some(value) = check.value() {
            self.kept.insert(SCHEMA_CHECK, value.to_owned(), None);
        }
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
        let incoming = self.object().and_then(ObjectKey::incoming);
        let shard = incoming.map(|parts| parts.shard);
        TimeBucket::new(
            self.received_at,
            shard.unwrap_or_else(|| shard_of(self.sha256)),
        )
    }
}
