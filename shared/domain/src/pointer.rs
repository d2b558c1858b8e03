use std::fmt;

use crate::{Digest, EndpointName, Event, EventKey, ObjectKey, Ref, Timestamp, format_time};

/// `{endpoint}#{ordering key or event key}`: what keeps an event's order. If other events
/// may have the event key's digest, only the digest is used. An endpoint's name holds no
/// `#`, so it splits one way only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionKey(String);

/// `{hour}#{shard}`, for instance `2026-11-21T20#a`: the by-time index's hash
/// key, sixteen to the hour, so that no hour becomes a hot partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeBucket {
    hour: String,
    shard: char,
}

/// The separator of event key and replay id in the sort key of a replay's item.
/// No event key holds a control character.
pub const REPLAY_SEPARATOR: char = '\u{1f}';

impl PartitionKey {
    pub(crate) fn of(endpoint: &EndpointName, ordering_key: Option<&str>, key: &EventKey) -> Self {
        // Events of the same bytes are stored together: one query finds out whether there are
        // others.
        let event = || key.shared_digest().unwrap_or(key.as_str());
        let key = ordering_key.unwrap_or_else(event);
        Self(format!("{endpoint}#{key}"))
    }
}

impl fmt::Display for PartitionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TimeBucket {
    /// The sixteen buckets of this moment's hour.
    pub fn shards(at: Timestamp) -> impl Iterator<Item = Self> {
        let hour = hour(at);
        SHARDS.chars().map(move |shard| Self {
            hour: hour.clone(),
            shard,
        })
    }

    /// For instance `2026-11-21T20`.
    #[must_use]
    pub fn hour(&self) -> &str {
        &self.hour
    }

    /// A hex digit.
    #[must_use]
    pub fn shard(&self) -> char {
        self.shard
    }
}

impl fmt::Display for TimeBucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.hour, self.shard)
    }
}

/// The claim check: what DynamoDB holds of an event. Its insertion is what
/// routes the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer {
    /// The endpoint it came to.
    pub endpoint: EndpointName,
    /// The event.
    pub event: Event,
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
        TimeBucket {
            hour: hour(self.received_at),
            shard: self
                .key
                .incoming()
                .map_or_else(|| shard(self.sha256), |parts| parts.shard),
        }
    }
}

const SHARDS: &str = "0123456789abcdef";

/// For instance `2026-11-21T20`.
pub(crate) fn hour(at: Timestamp) -> String {
    let mut text = format_time(at);
    text.truncate("2026-11-21T20".len());
    text
}

/// The first hex digit of the payload's digest: sixteen prefixes that S3 and
/// DynamoDB scale separately.
pub(crate) fn shard(sha256: Digest) -> char {
    char::from_digit(u32::from(sha256.0[0] >> 4), 16).unwrap_or('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_has_sixteen_buckets_and_a_pointer_is_in_one_of_them() {
        let at: Timestamp = "2026-11-21T20:59:59.999999Z".parse().unwrap();
        let buckets: Vec<TimeBucket> = TimeBucket::shards(at).collect();
        assert_eq!(buckets.len(), 16);
        assert_eq!(buckets[0].to_string(), "2026-11-21T20#0");
        assert_eq!(buckets[10].to_string(), "2026-11-21T20#a");
        assert_eq!(
            (buckets[15].hour(), buckets[15].shard()),
            ("2026-11-21T20", 'f')
        );
        for first in 0..=u8::MAX {
            let of_digest = shard(Digest([first; 32]));
            assert_eq!(
                buckets
                    .iter()
                    .filter(|one| one.shard() == of_digest)
                    .count(),
                1
            );
        }
    }

    #[test]
    fn a_ref_and_its_pointer_agree_on_the_partition() {
        let bytes = "a".repeat(64);
        for (reference, partition) in [
            ("stripe/evt_1", "stripe#evt_1"),
            ("stripe/cus_1/evt_1", "stripe#cus_1"),
            ("stripe/cus%2F1/evt%231", "stripe#cus/1"),
            (
                &format!("github/{bytes}-{}", "1".repeat(32)),
                &format!("github#{bytes}"),
            ),
        ] {
            let reference: Ref = reference.parse().unwrap();
            assert_eq!(reference.partition_key().to_string(), partition);
        }
    }
}
