use aws_lc_rs::digest::{SHA256, digest};
use domain::Digest;

/// The SHA-256 of a text.
#[must_use]
pub fn sha256_of(text: &str) -> Digest {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
    Digest(bytes)
}
