use std::{fmt, sync::OnceLock};

use aws_lc_rs::digest;
use domain::{Digest, Location};

use crate::{
    content::{BodyForm, Frame},
    verifier::{Claim, covers},
};

/// A delivery whose signature and timestamp are good. Only verification makes
/// one, so that a body cannot be used before it is verified.
///
/// `B` is the body as it was given, or [`Streamed`] when it passed in pieces.
pub struct Verified<B> {
    body: B,
    proof: Proof,
}

/// Stands for a body that passed through a [`crate::Session`] and was not kept.
#[derive(Debug, Clone, Copy)]
pub struct Streamed;

/// What verification found.
pub(crate) struct Proof {
    key_id: String,
    pub(crate) unix_s: Option<i64>,
    frame: Frame,
    form: BodyForm,
    signed_headers: Vec<String>,
    payload: OnceLock<Digest>,
    signed: OnceLock<Digest>,
}

impl<B> Verified<B> {
    pub(crate) fn new(body: B, proof: Proof) -> Self {
        Self { body, proof }
    }

    /// The key under which the signature is good.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.proof.key_id
    }

    /// Whether the signature covers what stands at a location. A fact from
    /// anywhere else may have been changed on the way.
    #[must_use]
    pub fn is_signed(&self, location: &Location) -> bool {
        covers(&self.proof.signed_headers, location)
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
        *self.proof.payload.get_or_init(|| hash(&[self.body()]))
    }

    /// SHA-256 of the signed bytes. Computed when first asked for; where only the
    /// body is signed it is [`Self::payload_sha256`], and the body is hashed once
    /// for both.
    #[must_use]
    pub fn signed_sha256(&self) -> Digest {
        *self.proof.signed.get_or_init(|| match self.proof.form {
            BodyForm::Raw
                if self.proof.frame.before.is_empty() && self.proof.frame.after.is_empty() =>
            {
                self.payload_sha256()
            }
            BodyForm::Raw => hash(&[
                &self.proof.frame.before,
                self.body(),
                &self.proof.frame.after,
            ]),
            BodyForm::Sha256Hex => self.proof.signed_hex(self.payload_sha256()),
        })
    }
}

impl Verified<Streamed> {
    /// SHA-256 of the body, if [`crate::Digests`] asked for it.
    #[must_use]
    pub fn payload_sha256(&self) -> Option<Digest> {
        self.proof.payload.get().copied()
    }

    /// SHA-256 of the signed bytes, if [`crate::Digests`] asked for it.
    #[must_use]
    pub fn signed_sha256(&self) -> Option<Digest> {
        self.proof.signed.get().copied()
    }
}

impl<B> fmt::Debug for Verified<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("key_id", &self.proof.key_id)
            .finish_non_exhaustive()
    }
}

impl Proof {
    /// `payload` and `signed` are what was taken on the way.
    pub(crate) fn new(
        key_id: String,
        claim: Claim,
        form: BodyForm,
        payload: Option<Digest>,
        signed: Option<Digest>,
    ) -> Self {
        let Claim {
            frame,
            unix_s,
            signed_headers,
            ..
        } = claim;
        let proof = Self {
            key_id,
            unix_s,
            frame,
            form,
            signed_headers,
            payload: OnceLock::new(),
            signed: OnceLock::new(),
        };
        if let Some(payload) = payload {
            proof.payload.get_or_init(|| payload);
        }
        let bare = proof.frame.before.is_empty() && proof.frame.after.is_empty();
        let signed = signed.or_else(|| match form {
            BodyForm::Raw => payload.filter(|_| bare),
            BodyForm::Sha256Hex => payload.map(|payload| proof.signed_hex(payload)),
        });
        if let Some(signed) = signed {
            proof.signed.get_or_init(|| signed);
        }
        proof
    }

    fn signed_hex(&self, payload: Digest) -> Digest {
        hash(&[
            &self.frame.before,
            payload.to_string().as_bytes(),
            &self.frame.after,
        ])
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
