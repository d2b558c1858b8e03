use domain::{DataRef, Digest};

/// The claim check: where the payload is and what it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The object that holds the payload, or a small payload itself.
    pub dataref: DataRef,
    /// The SHA-256 of the payload.
    pub sha256: Digest,
    /// The payload's length in bytes.
    pub size: u64,
}
