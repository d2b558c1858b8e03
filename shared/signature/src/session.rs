use aws_lc_rs::digest;
use domain::Headers;
use scan::Scanner;

use crate::{
    Key, Rejection, Streamed, Verified, Verifier,
    content::BodyForm,
    mac::Running,
    verified::{Proof, to_digest},
    verifier::Claim,
};

/// Bytes that several hashes take in turn while they are still in the cache.
const BLOCK: usize = 64 * 1024;

/// Which digests a [`Session`] takes as the body passes. They cannot be had
/// later; each costs about as much as the MAC.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Digests {
    /// SHA-256 of the body.
    pub payload: bool,
    /// SHA-256 of the signed bytes. Free where only the body is signed and
    /// `payload` is taken too.
    pub signed: bool,
}

/// A delivery whose body comes in pieces. Needs the same memory for every size.
pub struct Session<'v> {
    verifier: &'v Verifier,
    claim: Claim,
    macs: Running,
    payload: Option<digest::Context>,
    signed: Option<digest::Context>,
    scanner: Scan,
}

/// What reads a timestamp out of the body. It judges nothing before the MAC has.
pub(crate) enum Scan {
    None,
    Running(Box<Scanner>),
    Failed,
}

impl<'v> Session<'v> {
    pub(crate) fn start(
        verifier: &'v Verifier,
        headers: &Headers,
        keys: &[Key],
        wants: Digests,
    ) -> Result<Self, Rejection> {
        let claim = verifier.claim(headers)?;
        let mut macs = verifier.mac.start(keys)?;
        macs.update(&claim.frame.before);
        let hashes_hex = verifier.template.body == BodyForm::Sha256Hex;
        let only_body = verifier.signs_only_the_body();
        let context = || digest::Context::new(&digest::SHA256);
        let payload = (wants.payload || hashes_hex || (wants.signed && only_body)).then(context);
        let mut signed = (wants.signed && !only_body && !hashes_hex).then(context);
        if let Some(signed) = &mut signed {
            signed.update(&claim.frame.before);
        }
        Ok(Self {
            verifier,
            claim,
            macs,
            payload,
            signed,
            scanner: Scan::None,
        })
    }

    /// Reads the timestamp from the body on the way, if it stands there.
    pub(crate) fn with_scanner(mut self) -> Self {
        if let Some(pointer) = &self.verifier.json_clock {
            self.scanner = Scan::Running(Box::new(Scanner::new(std::slice::from_ref(pointer))));
        }
        self
    }

    /// Takes the next piece of the body.
    pub fn update(&mut self, piece: &[u8]) {
        for block in piece.chunks(BLOCK) {
            if self.verifier.template.body == BodyForm::Raw {
                self.macs.update(block);
            }
            for context in self.payload.iter_mut().chain(&mut self.signed) {
                context.update(block);
            }
            if let Scan::Running(scanner) = &mut self.scanner
                && scanner.feed(block).is_err()
            {
                self.scanner = Scan::Failed;
            }
        }
    }

    /// Judges the delivery, now that the whole body has passed.
    ///
    /// # Errors
    /// [`Rejection`].
    pub fn finish(self, now_unix_s: i64) -> Result<Verified<Streamed>, Rejection> {
        let verifier = self.verifier;
        let (proof, scanner) = self.prove()?;
        let unix_s = match scanner {
            Scan::None => proof.unix_s,
            Scan::Failed => return Err(Rejection::TimestampMalformed),
            Scan::Running(scanner) => Some(verifier.read_json_clock(scanner.finish())?),
        };
        unix_s.map_or(Ok(()), |unix_s| verifier.check_time(unix_s, now_unix_s))?;
        Ok(Verified::new(Streamed, proof))
    }

    /// The MAC's verdict; the timestamp's is the caller's.
    pub(crate) fn prove(mut self) -> Result<(Proof, Scan), Rejection> {
        let payload = self.payload.map(|context| to_digest(context.finish()));
        let form = self.verifier.template.body;
        if let (BodyForm::Sha256Hex, Some(payload)) = (form, &payload) {
            self.macs.update(payload.to_string().as_bytes());
        }
        self.macs.update(&self.claim.frame.after);
        let signed = self.signed.map(|mut context| {
            context.update(&self.claim.frame.after);
            to_digest(context.finish())
        });
        let key_id = self
            .macs
            .matching(&self.claim.signatures)
            .ok_or(Rejection::SignatureMismatch)?;
        Ok((
            Proof::new(key_id, self.claim, form, payload, signed),
            self.scanner,
        ))
    }
}

impl std::fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}
