//! What the console takes at most. It serves one person.

use std::time::Duration;

/// What the console takes at most.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Connections at once. Others wait until one is closed.
    pub(crate) connections: usize,
    /// Live streams at once.
    pub(crate) streams: usize,
    /// Whole payloads in memory at once.
    pub(crate) payloads: usize,
    /// How long a request's head may take, and a connection may rest.
    pub(crate) head: Duration,
    /// Bytes of a request's head.
    pub(crate) head_bytes: usize,
    /// How long a request's body may take.
    pub(crate) body: Duration,
    /// Bytes of a request's body.
    pub(crate) body_bytes: usize,
    /// How long a reader may take nothing of an answer.
    pub(crate) unread: Duration,
    /// The shortest pause between two readings of the queues for live parts. The other pauses
    /// follow from it.
    pub(crate) live: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 32,
            streams: 8,
            payloads: 2,
            head: Duration::from_secs(10),
            head_bytes: 16 * 1_024,
            body: Duration::from_secs(10),
            body_bytes: 64 * 1_024,
            unread: Duration::from_secs(30),
            live: Duration::from_secs(5),
        }
    }
}
