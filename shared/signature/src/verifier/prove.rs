//! Whether a delivery is what a provider signed.

use std::sync::OnceLock;

use domain::{Digest, Headers, KeyUse};

use crate::{
    Key, Rejection, Verified, Verifier,
    algorithm::usable,
    challenge::is_plain,
    claim::{Evidence, HeaderClaim},
    content::BodyForm,
    hash::Body,
    kinds::Token,
    verified::{Proven, SignedBytes},
};

impl Verifier {
    /// Judges a whole delivery: the exact bytes of the body, under the live keys.
    ///
    /// The timestamp's window is judged after the signature, so that a stale forgery
    /// is a mismatch and only the provider learns that it was late.
    ///
    /// # Errors
    /// [`Rejection`].
    pub fn verify<B: AsRef<[u8]>>(
        &self,
        headers: &Headers,
        body: B,
        keys: &[Key],
        now_unix_s: i64,
    ) -> Result<Verified<B>, Rejection> {
        let payload = OnceLock::new();
        let proven = self.prove(headers, keys, &Body::new(body.as_ref(), &payload))?;
        self.judge(body, payload, proven, now_unix_s)
    }

    /// Judges the body of a delivery whose headers [`Self::verify_headers`] found good under
    /// this key. A secret that was shown need not be among them any more.
    ///
    /// # Errors
    /// [`Rejection`].
    pub fn verify_body<B: AsRef<[u8]>>(
        &self,
        headers: &Headers,
        body: B,
        key_id: String,
        now_unix_s: i64,
    ) -> Result<Verified<B>, Rejection> {
        let HeaderClaim {
            evidence,
            moment,
            coverage,
        } = self.kind.proven_claim(headers)?;
        let payload = OnceLock::new();
        let signed = match evidence {
            Evidence::Headers {
                message, digests, ..
            } => {
                Body::new(body.as_ref(), &payload).is_bound_by(&digests)?;
                SignedBytes::of(&message, &digests)
            }
            Evidence::Presented(_) => SignedBytes::Payload,
            // No one can have proven these without the body.
            Evidence::Around { .. } | Evidence::Inside { .. } => {
                return Err(Rejection::SignatureMissing);
            }
        };
        let proven = Proven {
            key_id,
            moment,
            coverage,
            signed,
        };
        self.judge(body, payload, proven, now_unix_s)
    }

    /// The signature's verdict.
    fn prove(&self, headers: &Headers, keys: &[Key], body: &Body<'_>) -> Result<Proven, Rejection> {
        let HeaderClaim {
            evidence,
            mut moment,
            mut coverage,
        } = self.claim(headers)?;
        let (key_id, signed) = match evidence {
            Evidence::Around { signatures, frame } => {
                let ready = self.prover()?.ready(keys)?;
                if self.also_basic {
                    Token::shows(&Token::basic().read(headers)?, keys, KeyUse::Basic)?;
                }
                let key_id = match frame.form {
                    BodyForm::Raw => {
                        let (before, after) = (&frame.before[..], &frame.after[..]);
                        let message = [before].into_iter().chain(body.blocks()).chain([after]);
                        ready.matching(message, &signatures)
                    }
                    BodyForm::Sha256Hex => frame.with(body, |message| {
                        ready.matching(message.iter().copied(), &signatures)
                    }),
                }?;
                (key_id, SignedBytes::Around(frame))
            }
            Evidence::Headers {
                signatures,
                message,
                digests,
                key_id,
            } => {
                let key_id = self.prove_headers(&signatures, &message, key_id.as_deref(), keys)?;
                body.is_bound_by(&digests)?;
                (key_id, SignedBytes::of(&message, &digests))
            }
            Evidence::Presented(shown) => (Token::matching(&shown, keys)?, SignedBytes::Payload),
            Evidence::Inside { signatures } => {
                usable(keys, |_| Ok(()))?;
                let inside = self.kind.look_inside(body.bytes, &signatures, keys)?;
                (moment, coverage) = (inside.moment, inside.coverage);
                (
                    inside.key_id,
                    SignedBytes::Known(Digest::of(&inside.signed)),
                )
            }
        };
        Ok(Proven {
            key_id,
            moment,
            coverage,
            signed,
        })
    }

    /// The id of a key under which the headers' own signature is good.
    pub(super) fn prove_headers(
        &self,
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
        self.kind.prove(message, signatures, &asked)
    }

    /// What is left to judge once the signature is good.
    fn judge<B: AsRef<[u8]>>(
        &self,
        body: B,
        payload: OnceLock<Digest>,
        proven: Proven,
        now_unix_s: i64,
    ) -> Result<Verified<B>, Rejection> {
        // A stranger could have had it signed by asking, so it is not a delivery.
        if self.signs_for_strangers && is_plain(body.as_ref()) {
            return Err(Rejection::SignatureMismatch);
        }
        let moment = match self.json_clock() {
            Some((pointer, _)) => {
                let found = scan::scan(body.as_ref(), std::slice::from_ref(pointer));
                Some(self.read_json_clock(found)?)
            }
            None => proven.moment,
        };
        self.check_time(moment, now_unix_s)?;
        Ok(Verified::new(body, payload, proven))
    }
}
