//! What a sender needs: the input, and the private side of a key.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair,
        Ed25519KeyPair,
    },
};
use base64_simd::STANDARD;

use crate::{Algorithm, Key, KeyProblem, Rejection, SchemeError, Site, algorithm::Prover};

/// What a provider would put into a delivery.
#[derive(Debug, Clone, Copy, Default)]
pub struct SignInput<'a> {
    /// The body.
    pub body: &'a [u8],
    /// The provider's clock, Unix seconds; writes the scheme's timestamp, unless
    /// `headers` or `params` hold one.
    pub now: i64,
    /// Headers that the scheme signs, for instance `webhook-id`, by lower-case name.
    pub headers: &'a [(&'a str, &'a str)],
    /// Parameters that the scheme signs.
    pub params: &'a [(&'a str, &'a str)],
    /// What is configured of the endpoint.
    pub site: Site<'a>,
}

/// A delivery cannot be signed: the caller has to give something else.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The scheme breaks a rule.
    #[error("the scheme cannot be used")]
    Scheme(#[source] SchemeError),
    /// The key cannot sign.
    #[error("the key cannot be used")]
    Key(#[source] KeyProblem),
    /// The clock has no text in the scheme's unit.
    #[error("the time cannot be written in the scheme's unit")]
    Time,
    /// A signed header or parameter is missing, not ASCII, or holds its delimiter.
    #[error("the signed headers cannot be used")]
    Headers(#[source] Rejection),
    /// The signature of this kind is inside the body, which is the caller's.
    #[error("this provider signs inside the body: sign the body first")]
    InsideBody,
}

pub(crate) type Pairs = Vec<(String, String)>;

/// A signature over a message.
pub(crate) fn make(prover: &Prover, key: &Key, message: &[u8]) -> Result<Vec<u8>, SignError> {
    let refused = |_| SignError::Key(KeyProblem::NotPrivateKey);
    match prover.algorithm {
        Algorithm::Ed25519 => {
            let seed = key.decode(&prover.key).map_err(SignError::Key)?;
            // Some providers show the seed with the public key behind it.
            let seed = seed.get(..32).unwrap_or(&seed);
            let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(refused)?;
            Ok(pair.sign(message).as_ref().to_vec())
        }
        Algorithm::EcdsaP256 | Algorithm::EcdsaP256Fixed => {
            let algorithm = if prover.algorithm == Algorithm::EcdsaP256 {
                &ECDSA_P256_SHA256_ASN1_SIGNING
            } else {
                &ECDSA_P256_SHA256_FIXED_SIGNING
            };
            let document = STANDARD
                .decode_to_vec(key.raw())
                .map_err(|_| SignError::Key(KeyProblem::NotPrivateKey))?;
            let pair = EcdsaKeyPair::from_pkcs8(algorithm, &document).map_err(refused)?;
            let signature = pair
                .sign(&SystemRandom::new(), message)
                .map_err(|_| SignError::Key(KeyProblem::NotPrivateKey))?;
            Ok(signature.as_ref().to_vec())
        }
        Algorithm::HmacSha1 | Algorithm::HmacSha256 | Algorithm::HmacSha512 => {
            let mut mac = prover.mac(key).map_err(SignError::Key)?;
            mac.update(message);
            Ok(mac.sign().as_ref().to_vec())
        }
    }
}
