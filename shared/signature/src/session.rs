use aws_lc_rs::{constant_time::verify_slices_are_equal, digest};
use domain::{Headers, KeyUse};
use scan::Scanner;

use crate::{
    Key, Rejection, Streamed, Verified, Verifier,
    algorithm::Running,
    challenge::Watch,
    claim::{BodyDigest, Claim, Coverage, Evidence, Moment},
    content::{BodyForm, Frame},
    kinds::Token,
    verified::{Finding, Signed, hash, to_digest},
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

/// A delivery whose body comes in pieces. Needs the same memory for every size,
/// but for Ed25519 (which reads its message twice), Twilio, Mailgun and Adyen
/// (whose body decides what is signed): these keep the body until the end.
pub struct Session<'v> {
    verifier: &'v Verifier,
    work: Work,
    moment: Option<Moment>,
    coverage: Coverage,
    payload: Option<digest::Context>,
    signed: Option<digest::Context>,
    scanner: Scan,
    watch: Watch,
}

/// What is still to be proven.
enum Work {
    Around {
        running: Running,
        signatures: Vec<Vec<u8>>,
        frame: Frame,
    },
    /// The headers are proven; the body must have these digests.
    Bound {
        key_id: String,
        signed: Option<domain::Digest>,
        digests: Vec<(digest::Context, Vec<u8>)>,
    },
    Inside {
        body: Vec<u8>,
        signatures: Vec<Vec<u8>>,
        keys: Vec<Key>,
    },
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
        let Claim {
            evidence,
            moment,
            coverage,
        } = verifier.claim(headers)?;
        let context = || digest::Context::new(&digest::SHA256);
        let mut payload = wants.payload.then(context);
        let mut signed = None;
        let work = match evidence {
            Evidence::Around { signatures, frame } => {
                let mut running = verifier.prover()?.start(keys)?;
                running.update(&frame.before);
                let in_hex = frame.form == BodyForm::Sha256Hex;
                if in_hex || (wants.signed && frame.is_bare()) {
                    payload = Some(context());
                }
                if wants.signed && !in_hex && !frame.is_bare() {
                    let mut all = context();
                    all.update(&frame.before);
                    signed = Some(all);
                }
                Work::Around {
                    running,
                    signatures,
                    frame,
                }
            }
            Evidence::Headers {
                signatures,
                message,
                digests,
                key_id,
            } => Work::Bound {
                key_id: prove_headers(verifier, &signatures, &message, key_id.as_deref(), keys)?,
                signed: Some(hash(&[&message])),
                digests: digests.into_iter().map(expect).collect(),
            },
            Evidence::Presented(shown) => {
                if wants.signed {
                    payload = Some(context());
                }
                Work::Bound {
                    key_id: Token::matching(&shown, keys)?,
                    signed: None,
                    digests: Vec::new(),
                }
            }
            Evidence::Inside { signatures } => Work::Inside {
                body: Vec::new(),
                signatures,
                keys: keys.to_vec(),
            },
        };
        if verifier.also_basic {
            Token::shows(&Token::basic().read(headers)?, keys, KeyUse::Basic)?;
        }
        Ok(Self {
            verifier,
            work,
            moment,
            coverage,
            payload,
            signed,
            scanner: Scan::None,
            watch: verifier.watch(),
        })
    }

    pub(crate) fn resume(
        verifier: &'v Verifier,
        headers: &Headers,
        key_id: String,
        wants: Digests,
    ) -> Result<Self, Rejection> {
        let Claim {
            evidence,
            moment,
            coverage,
        } = verifier.proven_claim(headers)?;
        let (signed, digests) = match evidence {
            Evidence::Headers {
                message, digests, ..
            } => (Some(hash(&[&message])), digests),
            Evidence::Presented(_) => (None, Vec::new()),
            // Nobody can have proven these without the body.
            Evidence::Around { .. } | Evidence::Inside { .. } => {
                return Err(Rejection::SignatureMissing);
            }
        };
        let takes = wants.payload || (wants.signed && signed.is_none());
        Ok(Self {
            verifier,
            work: Work::Bound {
                key_id,
                signed,
                digests: digests.into_iter().map(expect).collect(),
            },
            moment,
            coverage,
            payload: takes.then(|| digest::Context::new(&digest::SHA256)),
            signed: None,
            scanner: Scan::None,
            watch: verifier.watch(),
        })
    }

    /// Reads the timestamp from the body on the way, if it stands there.
    pub(crate) fn with_scanner(mut self) -> Self {
        if let Some((pointer, _)) = self.verifier.json_clock() {
            self.scanner = Scan::Running(Box::new(Scanner::new(std::slice::from_ref(pointer))));
        }
        self
    }

    /// Takes the next piece of the body.
    pub fn update(&mut self, piece: &[u8]) {
        self.watch.update(piece);
        for block in piece.chunks(BLOCK) {
            match &mut self.work {
                Work::Around { running, frame, .. } if frame.form == BodyForm::Raw => {
                    running.update(block);
                }
                Work::Around { .. } => {}
                Work::Bound { digests, .. } => {
                    digests.iter_mut().for_each(|(hash, _)| hash.update(block));
                }
                Work::Inside { body, .. } => body.extend_from_slice(block),
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
        let (finding, scanner) = self.prove()?;
        let moment = match scanner {
            Scan::None => finding.moment,
            Scan::Failed => return Err(Rejection::TimestampMalformed),
            Scan::Running(scanner) => Some(verifier.read_json_clock(scanner.finish())?),
        };
        verifier.check_time(moment, now_unix_s)?;
        Ok(Verified::new(Streamed, finding))
    }

    /// The signature's verdict; the timestamp's is the caller's.
    pub(crate) fn prove(self) -> Result<(Finding, Scan), Rejection> {
        let payload = self.payload.map(|context| to_digest(context.finish()));
        let mut finding = Finding {
            key_id: String::new(),
            moment: self.moment,
            coverage: self.coverage,
            signed: Signed::Payload,
            digests: Default::default(),
        };
        match self.work {
            Work::Around {
                mut running,
                signatures,
                frame,
            } => {
                if let (BodyForm::Sha256Hex, Some(payload)) = (frame.form, &payload) {
                    running.update(payload.to_string().as_bytes());
                }
                running.update(&frame.after);
                if let Some(mut context) = self.signed {
                    context.update(&frame.after);
                    finding.digests.signed(to_digest(context.finish()));
                }
                finding.key_id = running
                    .matching(&signatures)
                    .ok_or(Rejection::SignatureMismatch)?;
                finding.signed = Signed::Around(frame);
            }
            Work::Bound {
                key_id,
                signed,
                digests,
            } => {
                let all_match = digests.into_iter().fold(true, |good, (hash, wanted)| {
                    verify_slices_are_equal(hash.finish().as_ref(), &wanted).is_ok() & good
                });
                if !all_match {
                    return Err(Rejection::DigestMismatch);
                }
                finding.key_id = key_id;
                if let Some(signed) = signed {
                    finding.signed = Signed::Known(signed);
                }
            }
            Work::Inside {
                body,
                signatures,
                keys,
            } => {
                let inside = self.verifier.look_inside(&body, &signatures, &keys)?;
                finding.key_id = inside.key_id;
                finding.moment = inside.moment;
                finding.coverage = inside.coverage;
                finding.signed = Signed::Known(hash(&[&inside.signed]));
            }
        }
        if self.watch.is_token() {
            return Err(Rejection::SignatureMismatch);
        }
        if let Some(payload) = payload {
            finding.digests.payload(payload);
        }
        Ok((finding, self.scanner))
    }
}

/// The id of a key under which the headers' own signature is good.
pub(crate) fn prove_headers(
    verifier: &Verifier,
    signatures: &[Vec<u8>],
    message: &[u8],
    key_id: Option<&str>,
    keys: &[Key],
) -> Result<String, Rejection> {
    let asked: Vec<Key> = keys
        .iter()
        .filter(|key| key_id.is_none_or(|id| key.id() == id))
        .cloned()
        .collect();
    if asked.is_empty() && !keys.is_empty() {
        // A key that the endpoint does not have, or not yet.
        return Err(Rejection::SignatureMismatch);
    }
    let mut running = verifier.prover()?.start(&asked)?;
    running.update(message);
    running
        .matching(signatures)
        .ok_or(Rejection::SignatureMismatch)
}

fn expect(digest: BodyDigest) -> (digest::Context, Vec<u8>) {
    match digest {
        BodyDigest::Sha256(wanted) => (digest::Context::new(&digest::SHA256), wanted),
        BodyDigest::Sha512(wanted) => (digest::Context::new(&digest::SHA512), wanted),
    }
}

impl std::fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}
