//! Signs what a stack sends, as it comes.

use aws_lc_rs::hmac;
use base64_simd::STANDARD;

use crate::{
    Algorithm, Key, KeyDecode, KeySpec, MAX_KEYS,
    algorithm::{Prover, usable},
};

/// The signatures of one message by Standard Webhooks, under every key that is live: a receiver
/// that knows one of them accepts the message. The body may come in pieces, so that it need not be
/// in memory as a whole.
/// <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
pub struct OutgoingSignature {
    macs: Vec<hmac::Context>,
}

/// No key can sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoSigningKey {
    /// There is no live key, or there are too many.
    #[error("there must be 1 to {MAX_KEYS} live signing keys")]
    Count,
    /// No key is base64 behind `whsec_`.
    #[error("no signing key is base64 behind whsec_")]
    Unusable,
}

impl OutgoingSignature {
    /// Begins the signatures of the message of this id, at this time in Unix seconds. A key that
    /// cannot be used is left out as long as another can: a mistake in the new one must not undo
    /// the old one during a rotation.
    ///
    /// # Errors
    /// [`NoSigningKey`].
    pub fn new(keys: &[Key], id: &str, timestamp: i64) -> Result<Self, NoSigningKey> {
        if keys.is_empty() || keys.len() > MAX_KEYS {
            return Err(NoSigningKey::Count);
        }
        let prover = Prover {
            algorithm: Algorithm::HmacSha256,
            key: KeySpec {
                decode: KeyDecode::Base64,
                strip_prefix: Some("whsec_".to_owned()),
                min_bytes: None,
            },
            keeps_prefix: false,
        };
        let ready = usable(keys, |key| prover.mac(key)).map_err(|_| NoSigningKey::Unusable)?;
        let mut signature = Self {
            macs: ready.into_iter().map(|(_, mac)| mac).collect(),
        };
        signature.update(format!("{id}.{timestamp}.").as_bytes());
        Ok(signature)
    }

    /// Adds the next bytes of the body.
    pub fn update(&mut self, bytes: &[u8]) {
        for mac in &mut self.macs {
            mac.update(bytes);
        }
    }

    /// The value of `webhook-signature`, in the order of the keys.
    #[must_use]
    pub fn header(self) -> String {
        let signed = self.macs.into_iter().map(hmac::Context::sign);
        signed
            .map(|mac| format!("v1,{}", STANDARD.encode_to_string(mac.as_ref())))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

#[cfg(test)]
mod tests {
    use domain::{Headers, SchemeRef};

    use super::*;
    use crate::{Rejection, Scheme, Site, Verifier};

    const NOW: i64 = 1_700_000_000;
    const NEW: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const OLD: &str = "whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

    fn header(keys: &[Key], pieces: &[&[u8]]) -> String {
        let mut signature = OutgoingSignature::new(keys, "stripe/evt_1", NOW).unwrap();
        for piece in pieces {
            signature.update(piece);
        }
        signature.header()
    }

    fn verdict(signature: String, body: &[u8], key: &str) -> Result<(), Rejection> {
        let scheme = Scheme::resolve(&SchemeRef::Preset("standard-webhooks".into())).unwrap();
        let verifier = Verifier::compile(&scheme, &Site::default()).unwrap();
        let headers = Headers::from_pairs([
            ("webhook-id".to_owned(), "stripe/evt_1".to_owned()),
            ("webhook-timestamp".to_owned(), NOW.to_string()),
            ("webhook-signature".to_owned(), signature),
        ]);
        let keys = [Key::new("held", key)];
        verifier
            .verify(&headers, body, &keys, NOW)
            .map(|_verified| ())
    }

    #[test]
    fn a_receiver_with_either_key_accepts_it_and_no_other_body() {
        let keys = [Key::new("new", NEW), Key::new("old", OLD)];
        let signature = header(&keys, &[b"{\"a\":", b"1}"]);
        assert_eq!(signature.split(' ').count(), 2);
        for key in [NEW, OLD] {
            assert_eq!(verdict(signature.clone(), b"{\"a\":1}", key), Ok(()));
            let other = verdict(signature.clone(), b"{\"a\":2}", key);
            assert_eq!(other, Err(Rejection::SignatureMismatch));
        }
    }

    #[test]
    fn pieces_make_no_difference() {
        let keys = [Key::new("new", NEW)];
        assert_eq!(header(&keys, &[b"abc"]), header(&keys, &[b"a", b"", b"bc"]));
        assert_eq!(verdict(header(&keys, &[]), b"", NEW), Ok(()));
    }

    #[test]
    fn a_key_that_cannot_sign_undoes_no_other() {
        let keys = [Key::new("new", "not base64!"), Key::new("old", OLD)];
        assert_eq!(verdict(header(&keys, &[b"x"]), b"x", OLD), Ok(()));
        let refused = |keys: &[Key]| OutgoingSignature::new(keys, "id", NOW).err();
        assert_eq!(refused(&keys[..1]), Some(NoSigningKey::Unusable));
        assert_eq!(refused(&[]), Some(NoSigningKey::Count));
    }
}
