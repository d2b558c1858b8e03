use std::fmt;

use crate::{Digest, Timestamp, format_time};

/// `{hour}#{shard}`, for instance `2026-11-21T20#a`: the by-time index's hash
/// key, sixteen to the hour, so that no hour becomes a hot partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeBucket {
    hour: String,
    shard: char,
}

const SHARDS: &str = "0123456789abcdef";

impl TimeBucket {
    pub(crate) fn new(at: Timestamp, shard: char) -> Self {
        let hour = hour_of(at);
        Self { hour, shard }
    }

    /// The sixteen buckets of this moment's hour.
    pub fn shards(at: Timestamp) -> impl Iterator<Item = Self> {
        SHARDS.chars().map(move |shard| Self::new(at, shard))
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

/// For instance `2026-11-21T20`.
pub(crate) fn hour_of(at: Timestamp) -> String {
    let mut text = format_time(at);
    text.truncate("2026-11-21T20".len());
    text
}

/// The first hex digit of the payload's digest: sixteen prefixes that S3 and
/// DynamoDB scale separately.
pub(crate) fn shard_of(sha256: Digest) -> char {
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
            let of_digest = shard_of(Digest([first; 32]));
            assert_eq!(
                buckets
                    .iter()
                    .filter(|one| one.shard() == of_digest)
                    .count(),
                1
            );
        }
    }
}
