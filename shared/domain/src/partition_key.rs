use std::fmt;

use crate::{Digest, EndpointName, EventKey};

/// `{endpoint}#{ordering key or event key}`: what keeps an event's order. If other events
/// may have the event key's digest, only the digest is used; so it is if attributes name them. An endpoint's name holds no
/// `#`, so it splits one way only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionKey(String);

/// The separator of event key and replay id in the sort key of a replay's item.
/// No event key holds a control character.
pub const REPLAY_SEPARATOR: char = '\u{1f}';

impl PartitionKey {
    pub(crate) fn of(endpoint: &EndpointName, ordering_key: Option<&str>, key: &EventKey) -> Self {
        // Events of the same bytes are stored together: one query finds out whether there are
        // others. So are those of the same attributes, for the slots of a window.
        let key = ordering_key.unwrap_or_else(|| key.shared());
        Self(format!("{endpoint}#{key}"))
    }

    /// The message group of the events of this partition key, for a FIFO queue. SQS accepts 128
    /// letters, digits and punctuation marks of ASCII; a partition key may be longer and hold any
    /// character. Half a digest: the item grows little, and someone who finds two keys with one
    /// group only makes their events wait for each other.
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagegroupid-property.html>
    #[must_use]
    pub fn group(partition_key: &str) -> String {
        let mut group = Digest::of(partition_key).to_string();
        group.truncate(32);
        group
    }
}

impl fmt::Display for PartitionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
