//! Signatures of one message under every key that can be used.

use aws_lc_rs::{
    constant_time::verify_slices_are_equal,
    digest, hmac,
    signature::{ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey},
};
use domain::KeyUse;

use crate::{Algorithm, Key, KeyProblem, KeySpec, MAX_KEYS, Rejection, jwk};

/// What makes a signature, and how secrets become its keys.
#[derive(Debug, Clone)]
pub(crate) struct Prover {
    pub(crate) algorithm: Algorithm,
    pub(crate) key: KeySpec,
    /// Whether `whsec_` belongs to the key. Stripe's grammar is the one where it does.
    pub(crate) keeps_prefix: bool,
}

/// The keys that can be used, made ready, each under its id.
pub(crate) enum Ready {
    Macs(Vec<(String, hmac::Context)>),
    Public(Algorithm, Vec<(String, ParsedPublicKey)>),
}

/// How long a decoded signature is. It must be exact where it can be: a comparison
/// over the shorter of two lengths lets an empty signature pass.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Length {
    Exact(usize),
    /// DER: two integers of at most 33 bytes each, and their headers.
    Der,
}

impl Length {
    pub(crate) fn fits(self, bytes: usize) -> bool {
        match self {
            Self::Exact(length) => bytes == length,
            Self::Der => (8..=72).contains(&bytes),
        }
    }
}

impl Algorithm {
    pub(crate) fn length(self) -> Length {
        match self {
            Self::HmacSha1 => Length::Exact(20),
            Self::HmacSha256 => Length::Exact(32),
            Self::HmacSha512 | Self::Ed25519 | Self::EcdsaP256Fixed => Length::Exact(64),
            Self::EcdsaP256 => Length::Der,
        }
    }

    /// The MAC, if it is one.
    pub(crate) fn mac(self) -> Option<hmac::Algorithm> {
        match self {
            Self::HmacSha1 => Some(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY),
            Self::HmacSha256 => Some(hmac::HMAC_SHA256),
            Self::HmacSha512 => Some(hmac::HMAC_SHA512),
            Self::Ed25519 | Self::EcdsaP256 | Self::EcdsaP256Fixed => None,
        }
    }

    fn parse(self, key: &[u8]) -> Result<ParsedPublicKey, KeyProblem> {
        match self {
            Self::EcdsaP256 => ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key),
            Self::EcdsaP256Fixed => ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key),
            // Longer encodings of an Ed25519 key are not what any provider shows.
            _ if key.len() != 32 => return Err(KeyProblem::NotPublicKey),
            _ => ParsedPublicKey::new(&ED25519, key),
        }
        .map_err(|_| KeyProblem::NotPublicKey)
    }
}

impl Prover {
    /// Keys that cannot be used are left out, as long as one can: a mistake in
    /// the new secret must not undo the old one during a rotation.
    pub(crate) fn ready(&self, keys: &[Key]) -> Result<Ready, Rejection> {
        match self.algorithm.mac() {
            Some(_) => usable(keys, |key| self.mac(key)).map(Ready::Macs),
            None => {
                let keys = usable(keys, |key| self.public(key))?;
                Ok(Ready::Public(self.algorithm, keys))
            }
        }
    }

    pub(crate) fn mac(&self, key: &Key) -> Result<hmac::Context, KeyProblem> {
        let algorithm = self.algorithm.mac().ok_or(KeyProblem::NotPublicKey)?;
        let key = hmac::Key::new(algorithm, &key.decode(&self.key)?);
        Ok(hmac::Context::with_key(&key))
    }

    fn public(&self, key: &Key) -> Result<ParsedPublicKey, KeyProblem> {
        let bytes = key.decode(&self.key)?;
        // A key of a JSON Web Token may come as its provider publishes it.
        let point = (self.algorithm == Algorithm::EcdsaP256Fixed)
            .then(|| jwk::ec_point(&bytes))
            .flatten();
        self.algorithm.parse(point.as_deref().unwrap_or(&bytes))
    }

    /// What is wrong with a key.
    pub(crate) fn problem(&self, key: &Key) -> Option<KeyProblem> {
        if self.algorithm.mac().is_some() {
            key.problem(&self.key, self.keeps_prefix)
        } else {
            self.public(key).err()
        }
    }
}

/// The signing keys that can be used, made ready.
pub(crate) fn usable<T>(
    keys: &[Key],
    ready: impl Fn(&Key) -> Result<T, KeyProblem>,
) -> Result<Vec<(String, T)>, Rejection> {
    if keys.len() > MAX_KEYS {
        return Err(Rejection::KeyUnusable);
    }
    let mut signing = keys
        .iter()
        .filter(|key| key.is_for(KeyUse::Signature))
        .peekable();
    if signing.peek().is_none() {
        return Err(Rejection::KeyMissing);
    }
    let usable: Vec<_> = signing
        .filter_map(|key| Some((key.id().to_owned(), ready(key).ok()?)))
        .collect();
    if usable.is_empty() {
        Err(Rejection::KeyUnusable)
    } else {
        Ok(usable)
    }
}

impl Ready {
    /// The id of a key under which one of these signatures of the message is good. Every
    /// signature is compared under every key, whatever the earlier ones gave, so
    /// that the time taken tells nothing of which was closest.
    pub(crate) fn matching<'m>(
        self,
        message: impl IntoIterator<Item = &'m [u8]>,
        signatures: &[Vec<u8>],
    ) -> Result<String, Rejection> {
        let message = message.into_iter();
        let matched = match self {
            Self::Macs(mut keys) => {
                message.for_each(|piece| keys.iter_mut().for_each(|(_, mac)| mac.update(piece)));
                first(keys, |mac| {
                    let mac = mac.sign();
                    any(signatures, |signature| {
                        verify_slices_are_equal(mac.as_ref(), signature).is_ok()
                    })
                })
            }
            // Ed25519 reads its message twice, so a digest of it cannot be verified.
            Self::Public(Algorithm::Ed25519, keys) => {
                let message = message.collect::<Vec<_>>().concat();
                first(keys, |key| {
                    any(signatures, |signature| {
                        key.verify_sig(&message, signature).is_ok()
                    })
                })
            }
            Self::Public(_, keys) => {
                let mut hash = digest::Context::new(&digest::SHA256);
                message.for_each(|piece| hash.update(piece));
                let digest = hash.finish();
                first(keys, |key| {
                    any(signatures, |signature| {
                        key.verify_digest_sig(&digest, signature).is_ok()
                    })
                })
            }
        };
        matched.ok_or(Rejection::SignatureMismatch)
    }
}

/// The id of the first key that is good; all are asked.
pub(crate) fn first<T>(
    keys: Vec<(String, T)>,
    mut is_good: impl FnMut(T) -> bool,
) -> Option<String> {
    let mut matched = None;
    for (id, key) in keys {
        if is_good(key) && matched.is_none() {
            matched = Some(id);
        }
    }
    matched
}

/// Whether one is good; all are asked.
fn any(signatures: &[Vec<u8>], is_good: impl Fn(&[u8]) -> bool) -> bool {
    signatures
        .iter()
        .fold(false, |good, signature| is_good(signature) | good)
}
