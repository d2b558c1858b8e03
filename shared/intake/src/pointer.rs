use domain::{Digest, EventIdentity, ObjectKey, Pointer, SignedDuration, Timestamp};

use crate::Intake;

/// A verified delivery whose event has a name.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// The event.
    pub event: EventIdentity,
    /// When it came.
    pub received_at: Timestamp,
    /// See [`crate::content_type`].
    pub content_type: String,
    /// The body's length in bytes.
    pub size: u64,
    /// The body's digest.
    pub sha256: Digest,
    /// The key that verified its signature.
    pub key_id: String,
    /// See [`crate::traceparent`].
    pub traceparent: String,
}

impl Intake {
    /// Its pointer, to the object that holds or will hold its body.
    #[must_use]
    pub fn pointer(
        &self,
        arrived: Arrived,
        bucket: String,
        key: ObjectKey,
        pointer_ttl: SignedDuration,
    ) -> Pointer {
        let Arrived {
            event,
            received_at,
            content_type,
            size,
            sha256,
            key_id,
            traceparent,
        } = arrived;
        Pointer {
            endpoint: self.endpoint.name.clone(),
            event,
            received_at,
            content_type,
            size,
            sha256,
            bucket,
            key,
            traceparent,
            scheme: self.scheme().to_owned(),
            key_id,
            expires_at: received_at + pointer_ttl,
        }
    }
}
