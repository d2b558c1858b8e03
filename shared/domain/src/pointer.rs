use std::fmt;

use crate::{Digest, EndpointName, Event, EventKey, ObjectKey, Ref, Timestamp, format_time};

/// `{endpoint}#{ordering key or event key}`: what keeps an event's order.
/// An endpoint's name holds no `#`, so it splits one way only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionKey(String);

/// `{hour}#{shard}`, for instance `2026-11-21T20#a`: the by-time index's hash
/// key, sixteen to the hour, so that no hour is one hot partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeBucket(String);

impl fmt::Display for PartitionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for TimeBucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The claim check: what DynamoDB holds of an event. Its insertion is what
/// routes the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer {
    /// The endpoint it came to.
    pub endpoint: EndpointName,
    /// What the provider meant.
    pub event: Event,
    /// When the delivery came, by our clock.
    pub received_at: Timestamp,
    /// As received; `application/octet-stream` where the provider sent none.
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
        let key = self
            .event
            .ordering_key
            .as_deref()
            .unwrap_or(self.event.key.as_str());
        PartitionKey(format!("{}#{key}", self.endpoint))
    }

    /// The sort key of its item.
    #[must_use]
    pub fn sort_key(&self) -> &EventKey {
        &self.event.key
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
        TimeBucket(format!("{}#{}", hour(self.received_at), shard(self.sha256)))
    }
}

/// `2026-11-21T20`.
pub(crate) fn hour(at: Timestamp) -> String {
    let mut text = format_time(at);
    text.truncate("2026-11-21T20".len());
    text
}

/// The first hex digit of the payload's digest: sixteen prefixes that S3 and
/// DynamoDB scale apart.
pub(crate) fn shard(sha256: Digest) -> char {
    char::from_digit(u32::from(sha256.0[0] >> 4), 16).unwrap_or('0')
}
