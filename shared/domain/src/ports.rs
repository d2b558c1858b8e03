use std::{error::Error, future::Future};

use crate::{Digest, EndpointName, EventKey, KeyRing, Metadata, ObjectKey, Pointer, Retention};

/// A store failed. Neither text shows what was to be stored.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Busy, throttled, timed out, unreachable: the same call may go through
    /// later. It may also have gone through already.
    #[error("{operation} failed for now")]
    Transient {
        /// What was asked, for instance `s3:PutObject`.
        operation: &'static str,
        /// Why not.
        source: Box<dyn Error + Send + Sync>,
    },
    /// Refused: no right, no such table, bad configuration. Someone has to act.
    #[error("{operation} was refused")]
    Permanent {
        /// What was asked.
        operation: &'static str,
        /// Why not.
        source: Box<dyn Error + Send + Sync>,
    },
}

/// How a payload came to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// By this call.
    New,
    /// It was there before; the key names the bytes, so it holds these.
    AlreadyThere,
}

/// Keeps payloads.
pub trait PayloadStore {
    /// Bytes that can be sent more than once without being copied.
    type Body;

    /// The bucket, for pointers.
    fn bucket(&self) -> &str;

    /// Stores the body under the key unless the key exists. When it returns,
    /// the object is durable, has this digest, and expires after the days of this retention.
    fn put(
        &self,
        key: &ObjectKey,
        body: Self::Body,
        sha256: Digest,
        content_type: &str,
        metadata: &Metadata,
        retention: Retention,
    ) -> impl Future<Output = Result<Stored, StoreError>> + Send;
}

/// Whether a pointer was the first of its event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inserted {
    /// It is: the event will be routed.
    New,
    /// The event already has one, over a payload of this digest.
    Duplicate {
        /// Names the event. Differs from the pointer's own name if it came in another
        /// slot of the window in which equal bytes are one event.
        event_key: EventKey,
        /// The digest on the pointer that stays.
        sha256: Digest,
        /// The object that it names; `None` if it holds the payload itself.
        key: Option<ObjectKey>,
    },
    /// The event was erased, and its tombstone stays: nothing of it may be stored again.
    Erased {
        /// Names the event, as of a duplicate.
        event_key: EventKey,
    },
}

impl Inserted {
    /// Names the event, if it was there before.
    #[must_use]
    pub fn event_key(&self) -> Option<&EventKey> {
        match self {
            Self::New => None,
            Self::Duplicate { event_key, .. } | Self::Erased { event_key } => Some(event_key),
        }
    }
}

/// Keeps pointers. One conditional write decides between concurrent duplicates.
pub trait PointerStore {
    /// Inserts the pointer unless its event has one. Where the event key has a window, a pointer
    /// among its [neighbours](EventKey::neighbours) also belongs to the event.
    fn insert(
        &self,
        pointer: &Pointer,
    ) -> impl Future<Output = Result<Inserted, StoreError>> + Send;
}

/// Knows whether the same bytes came before.
pub trait Siblings {
    /// Whether there is another event of the pointer's ordering key, or of none, with the
    /// same signed bytes. It may miss one that came a moment ago.
    fn has_sibling(
        &self,
        pointer: &Pointer,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
}

/// Knows the endpoints.
pub trait EndpointDirectory {
    /// The endpoint's configuration as stored: one JSON string.
    fn find(
        &self,
        name: &EndpointName,
    ) -> impl Future<Output = Result<Option<String>, StoreError>> + Send;
}

/// Knows the endpoints' keys.
pub trait KeyStore {
    /// The endpoint's keys, read again.
    fn keys(
        &self,
        endpoint: &EndpointName,
    ) -> impl Future<Output = Result<KeyRing, StoreError>> + Send;
}

impl<T: PayloadStore> PayloadStore for &T {
    type Body = T::Body;

    fn bucket(&self) -> &str {
        (**self).bucket()
    }

    fn put(
        &self,
        key: &ObjectKey,
        body: Self::Body,
        sha256: Digest,
        content_type: &str,
        metadata: &Metadata,
        retention: Retention,
    ) -> impl Future<Output = Result<Stored, StoreError>> + Send {
        (**self).put(key, body, sha256, content_type, metadata, retention)
    }
}

impl<T: PointerStore> PointerStore for &T {
    fn insert(
        &self,
        pointer: &Pointer,
    ) -> impl Future<Output = Result<Inserted, StoreError>> + Send {
        (**self).insert(pointer)
    }
}

impl<T: Siblings> Siblings for &T {
    fn has_sibling(
        &self,
        pointer: &Pointer,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        (**self).has_sibling(pointer)
    }
}

impl<T: EndpointDirectory> EndpointDirectory for &T {
    fn find(
        &self,
        name: &EndpointName,
    ) -> impl Future<Output = Result<Option<String>, StoreError>> + Send {
        (**self).find(name)
    }
}

impl<T: KeyStore> KeyStore for &T {
    fn keys(
        &self,
        endpoint: &EndpointName,
    ) -> impl Future<Output = Result<KeyRing, StoreError>> + Send {
        (**self).keys(endpoint)
    }
}
