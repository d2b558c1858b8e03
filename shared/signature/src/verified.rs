use std::{fmt, sync::OnceLock};

use domain::{Digest, Location};

use crate::{
    claim::Coverage,
    clock::Moment,
    content::Frame,
    hash::{Body, BodyDigest, sha256},
};

/// A delivery whose signature and timestamp are good. Only verification makes
/// one, so that a body cannot be used before it is verified.
pub struct Verified<B> {
    body: B,
    /// Its SHA-256, once it was asked for.
    payload: OnceLock<Digest>,
    proven: Proven,
}

/// What verification found.
pub(crate) struct Proven {
    pub(crate) key_id: String,
    pub(crate) moment: Option<Moment>,
    pub(crate) coverage: Coverage,
    pub(crate) signed: SignedBytes,
}

/// What was signed.
pub(crate) enum SignedBytes {
    /// The body with a frame around it.
    Around(Frame),
    /// Nothing: the sender showed a secret. The body stands in for it.
    Payload,
    /// Something else, of this digest.
    Known(Digest),
}

impl SignedBytes {
    /// Of a signed message in the headers. One that binds no body was made before the delivery, and
    /// comes with many.
    pub(crate) fn of(message: &[u8], digests: &[BodyDigest]) -> Self {
        match digests {
            [] => Self::Payload,
            _ => Self::Known(Digest::of(message)),
        }
    }
}

impl<B> Verified<B> {
    pub(crate) fn new(body: B, payload: OnceLock<Digest>, proven: Proven) -> Self {
        Self {
            body,
            payload,
            proven,
        }
    }

    /// The id of a key under which the signature is good.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.proven.key_id
    }

    /// Whether the signature covers what is at a location. A fact from
    /// anywhere else may have been changed on the way.
    #[must_use]
    pub fn is_signed(&self, location: &Location) -> bool {
        self.proven.coverage.covers(location)
    }

    /// Whether the signature, or the sender's word, covers the whole body.
    #[must_use]
    pub fn signs_the_body(&self) -> bool {
        !matches!(self.proven.coverage, Coverage::Places(_))
    }
}

impl<B: AsRef<[u8]>> Verified<B> {
    /// The exact bytes of the body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.body.as_ref()
    }

    /// The body as it was given.
    #[must_use]
    pub fn into_body(self) -> B {
        self.body
    }

    /// SHA-256 of the body. Computed when first asked for.
    #[must_use]
    pub fn payload_sha256(&self) -> Digest {
        Body::new(self.body(), &self.payload).sha256()
    }

    /// SHA-256 of the signed bytes. Where only the body is signed, or nothing is, it is
    /// [`Self::payload_sha256`], and the body is hashed once for both.
    #[must_use]
    pub fn signed_sha256(&self) -> Digest {
        match &self.proven.signed {
            SignedBytes::Around(frame) if !frame.is_bare() => {
                frame.with(&Body::new(self.body(), &self.payload), sha256)
            }
            SignedBytes::Around(_) | SignedBytes::Payload => self.payload_sha256(),
            SignedBytes::Known(digest) => *digest,
        }
    }
}

impl<B> fmt::Debug for Verified<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("key_id", &self.proven.key_id)
            .finish_non_exhaustive()
    }
}
