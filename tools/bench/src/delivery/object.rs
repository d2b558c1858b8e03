//! What is in the bucket.

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;

/// The only object in the bucket, and the configuration of the only endpoint.
#[derive(Debug, Clone, Default)]
pub(crate) struct Object {
    pub(crate) body: Bytes,
    /// Its metadata `delivery`.
    pub(crate) handover: String,
    pub(crate) config: String,
}

/// In lower-case hex.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes))
}
