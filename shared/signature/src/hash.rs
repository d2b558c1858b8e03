//! Digests of bytes, each taken once.

use std::sync::OnceLock;

use aws_lc_rs::{
    constant_time::verify_slices_are_equal,
    digest::{Context, SHA256, SHA512, digest as hash},
};
use domain::Digest;

use crate::Rejection;

/// The SHA-256 of these pieces, one after the other.
pub(crate) fn sha256(pieces: &[&[u8]]) -> Digest {
    let mut context = Context::new(&SHA256);
    pieces.iter().for_each(|piece| context.update(piece));
    finish(context)
}

fn finish(context: Context) -> Digest {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(context.finish().as_ref());
    Digest(bytes)
}

/// A digest that the body must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BodyDigest {
    Sha256(Vec<u8>),
    Sha512(Vec<u8>),
}

/// A body. Where its SHA-256 is taken, it is kept for the next use.
pub(crate) struct Body<'a> {
    pub(crate) bytes: &'a [u8],
    sha256: &'a OnceLock<Digest>,
}

impl<'a> Body<'a> {
    pub(crate) fn new(bytes: &'a [u8], sha256: &'a OnceLock<Digest>) -> Self {
        Self { bytes, sha256 }
    }

    /// The body in blocks, for another hash. Each is hashed here before it is handed out, so
    /// that both find it in the processor's cache: from memory, the second costs half as much again.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = &'a [u8]> {
        const BLOCK: usize = 64 * 1024;
        let mut blocks = self.bytes.chunks(BLOCK);
        let mut context = Some(Context::new(&SHA256));
        let sha256 = self.sha256;
        std::iter::from_fn(move || {
            let block = blocks.next();
            match (block, &mut context) {
                (Some(block), Some(context)) => context.update(block),
                (None, context) => {
                    if let Some(context) = context.take() {
                        sha256.get_or_init(|| finish(context));
                    }
                }
                (Some(_), None) => {}
            }
            block
        })
    }

    pub(crate) fn sha256(&self) -> Digest {
        *self.sha256.get_or_init(|| Digest::of(self.bytes))
    }

    /// Whether it has all of these digests. Each is compared, whatever the others gave.
    pub(crate) fn is_bound_by(&self, digests: &[BodyDigest]) -> Result<(), Rejection> {
        let has = |digest: &BodyDigest| match digest {
            BodyDigest::Sha256(wanted) => verify_slices_are_equal(&self.sha256().0, wanted),
            BodyDigest::Sha512(wanted) => {
                verify_slices_are_equal(hash(&SHA512, self.bytes).as_ref(), wanted)
            }
        };
        let all = digests
            .iter()
            .fold(true, |all, digest| has(digest).is_ok() & all);
        all.then_some(()).ok_or(Rejection::DigestMismatch)
    }
}
