use std::{fmt, sync::OnceLock};

use aws_lc_rs::digest;
use domain::{Digest, Location};

use crate::{
    claim::{Coverage, Moment},
    content::{BodyForm, Frame},
};

/// A delivery whose signature and timestamp are good. Only verification makes
/// one, so that a body cannot be used before it is verified.
///
/// `B` is the body as it was given, or [`Streamed`] when it passed in pieces.
pub struct Verified<B> {
    body: B,
    finding: Finding,
}

/// Stands for a body that passed through a [`crate::Session`] and was not kept.
#[derive(Debug, Clone, Copy)]
pub struct Streamed;

/// What verification found.
pub(crate) struct Finding {
    pub(crate) key_id: String,
    pub(crate) moment: Option<Moment>,
    pub(crate) coverage: Coverage,
    pub(crate) signed: Signed,
    pub(crate) digests: Taken,
}

/// What was signed.
pub(crate) enum Signed {
    /// The body with a frame around it.
    Around(Frame),
    /// Nothing: the sender showed a secret. The body stands in for it.
    Payload,
    /// Something else, of this digest.
    Known(Digest),
}

/// Digests that were taken on the way, or when they were first asked for.
#[derive(Default)]
pub(crate) struct Taken {
    payload: OnceLock<Digest>,
    signed: OnceLock<Digest>,
}

impl Taken {
    pub(crate) fn payload(&mut self, digest: Digest) {
        self.payload = OnceLock::from(digest);
    }

    pub(crate) fn signed(&mut self, digest: Digest) {
        self.signed = OnceLock::from(digest);
    }
}

impl<B> Verified<B> {
    pub(crate) fn new(body: B, finding: Finding) -> Self {
        Self { body, finding }
    }

    /// The key under which the signature is good.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.finding.key_id
    }

    /// Whether the signature covers what stands at a location. A fact from
    /// anywhere else may have been changed on the way.
    #[must_use]
    pub fn is_signed(&self, location: &Location) -> bool {
        self.finding.coverage.covers(location)
    }

    /// Whether the signature, or the sender's word, covers the whole body.
    #[must_use]
    pub fn signs_the_body(&self) -> bool {
        !matches!(self.finding.coverage, Coverage::Places(_))
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
        let taken = &self.finding.digests.payload;
        *taken.get_or_init(|| hash(&[self.body()]))
    }

    /// SHA-256 of the signed bytes. Computed when first asked for; where only the
    /// body is signed, or nothing is, it is [`Self::payload_sha256`], and the body is
    /// hashed once for both.
    #[must_use]
    pub fn signed_sha256(&self) -> Digest {
        let taken = &self.finding.digests.signed;
        *taken.get_or_init(|| match &self.finding.signed {
            Signed::Around(frame) if frame.form == BodyForm::Raw && !frame.is_bare() => {
                hash(&[&frame.before, self.body(), &frame.after])
            }
            other => other.of_payload(self.payload_sha256()),
        })
    }
}

impl Verified<Streamed> {
    /// SHA-256 of the body, if [`crate::Digests`] asked for it.
    #[must_use]
    pub fn payload_sha256(&self) -> Option<Digest> {
        self.finding.digests.payload.get().copied()
    }

    /// SHA-256 of the signed bytes, if [`crate::Digests`] asked for it.
    #[must_use]
    pub fn signed_sha256(&self) -> Option<Digest> {
        if let Signed::Known(digest) = self.finding.signed {
            return Some(digest);
        }
        let Finding {
            signed, digests, ..
        } = &self.finding;
        let payload = digests
            .payload
            .get()
            .map(|payload| signed.of_payload(*payload));
        match (digests.signed.get(), signed) {
            (Some(signed), _) => Some(*signed),
            (None, Signed::Around(frame)) if frame.form == BodyForm::Raw && !frame.is_bare() => {
                None
            }
            (None, _) => payload,
        }
    }
}

impl<B> fmt::Debug for Verified<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("key_id", &self.finding.key_id)
            .finish_non_exhaustive()
    }
}

impl Signed {
    /// The digest of what was signed, where the body's is enough to tell.
    fn of_payload(&self, payload: Digest) -> Digest {
        match self {
            Self::Around(frame) if frame.form == BodyForm::Sha256Hex => {
                hash(&[&frame.before, payload.to_string().as_bytes(), &frame.after])
            }
            Self::Around(_) | Self::Payload => payload,
            Self::Known(digest) => *digest,
        }
    }
}

pub(crate) fn hash(pieces: &[&[u8]]) -> Digest {
    let mut context = digest::Context::new(&digest::SHA256);
    pieces.iter().for_each(|piece| context.update(piece));
    to_digest(context.finish())
}

pub(crate) fn to_digest(digest: digest::Digest) -> Digest {
    let mut bytes = [0; 32];
    bytes
        .iter_mut()
        .zip(digest.as_ref())
        .for_each(|(to, from)| *to = *from);
    Digest(bytes)
}
