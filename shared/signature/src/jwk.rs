//! JSON Web Keys (RFC 7517), the public half of those that sign.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64_simd::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

use crate::{JwkProblem, JwtAlgorithm};

/// A key that verifies tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PublicJwk {
    key: PublicKey,
    /// The only algorithm it is for, if it says so.
    alg: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum PublicKey {
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// The uncompressed point.
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
}

#[derive(Deserialize)]
struct Members {
    kty: String,
    #[serde(default)]
    crv: Option<String>,
    #[serde(default)]
    x: Option<String>,
    #[serde(default)]
    y: Option<String>,
    #[serde(default)]
    n: Option<String>,
    #[serde(default)]
    e: Option<String>,
    #[serde(default)]
    alg: Option<String>,
    #[serde(default, rename = "use")]
    purpose: Option<String>,
    #[serde(default)]
    key_ops: Option<Vec<String>>,
    /// Private members, and that of a symmetric key.
    #[serde(default)]
    d: Option<Value>,
    #[serde(default)]
    k: Option<Value>,
}

impl PublicJwk {
    pub(crate) fn parse(text: &[u8]) -> Result<Self, JwkProblem> {
        let members: Members = serde_json::from_slice(text).map_err(|_| JwkProblem::Form)?;
        if members.d.is_some() {
            return Err(JwkProblem::Private);
        }
        let serves = members.purpose.as_deref().is_none_or(|one| one == "sig")
            && members
                .key_ops
                .as_ref()
                .is_none_or(|all| all.iter().any(|one| one == "verify"));
        if !serves {
            return Err(JwkProblem::Use);
        }
        let bytes = |text: &Option<String>| {
            let text = text.as_deref().ok_or(JwkProblem::Form)?;
            URL_SAFE_NO_PAD
                .decode_to_vec(text)
                .map_err(|_| JwkProblem::Form)
        };
        let half = |text: &Option<String>| match bytes(text)? {
            bytes if bytes.len() == 32 => Ok(bytes),
            _ => Err(JwkProblem::Form),
        };
        let key = match (members.kty.as_str(), members.crv.as_deref()) {
            _ if members.k.is_some() => return Err(JwkProblem::Kind),
            ("RSA", None) => {
                let (n, e) = (bytes(&members.n)?, bytes(&members.e)?);
                check_rsa(&n, &e)?;
                PublicKey::Rsa { n, e }
            }
            ("EC", Some("P-256")) => {
                PublicKey::P256([vec![4], half(&members.x)?, half(&members.y)?].concat())
            }
            ("OKP", Some("Ed25519")) => PublicKey::Ed25519(half(&members.x)?),
            _ => return Err(JwkProblem::Kind),
        };
        Ok(Self {
            key,
            alg: members.alg,
        })
    }

    /// Whether it is a key for this algorithm.
    pub(crate) fn serves(&self, algorithm: JwtAlgorithm) -> bool {
        let fits = matches!(
            (&self.key, algorithm),
            (
                PublicKey::Rsa { .. },
                JwtAlgorithm::Rs256 | JwtAlgorithm::Ps256
            ) | (PublicKey::P256(_), JwtAlgorithm::Es256)
                | (PublicKey::Ed25519(_), JwtAlgorithm::EdDsa)
        );
        let is_named = |alg: &str| {
            // RFC 9864 names the curve.
            alg == algorithm.name() || algorithm == JwtAlgorithm::EdDsa && alg == "Ed25519"
        };
        fits && self.alg.as_deref().is_none_or(is_named)
    }

    /// Whether this signature of the message is its, by this algorithm.
    pub(crate) fn is_signed(
        &self,
        algorithm: JwtAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        if !self.serves(algorithm) {
            return false;
        }
        match &self.key {
            PublicKey::Rsa { n, e } => {
                let padding = match algorithm {
                    JwtAlgorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
                    _ => &RSA_PKCS1_2048_8192_SHA256,
                };
                let key = RsaPublicKeyComponents { n, e };
                key.verify(padding, message, signature).is_ok()
            }
            PublicKey::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                .verify(message, signature)
                .is_ok(),
            PublicKey::Ed25519(x) => UnparsedPublicKey::new(&ED25519, x)
                .verify(message, signature)
                .is_ok(),
        }
    }
}

/// 2,048 to 8,192 bits, and an odd exponent that fits into 32 bits. Numbers have no zeros in front
/// (RFC 7518, section 2).
fn check_rsa(n: &[u8], e: &[u8]) -> Result<(), JwkProblem> {
    let is_number = |bytes: &[u8]| bytes.first().is_some_and(|first| *first != 0);
    if !is_number(n) || !is_number(e) {
        return Err(JwkProblem::Form);
    }
    let zeros = n.first().map_or(0, |first| first.leading_zeros() as usize);
    let is_odd = e.last().is_some_and(|last| last % 2 == 1);
    let is_good =
        (2048..=8192).contains(&(n.len() * 8 - zeros)) && is_odd && e.len() <= 4 && e != [1];
    is_good.then_some(()).ok_or(JwkProblem::RsaSize)
}

/// The point that a JSON Web Key describes, uncompressed.
pub(crate) fn ec_point(text: &[u8]) -> Option<Vec<u8>> {
    match PublicJwk::parse(text).ok()?.key {
        PublicKey::P256(point) => Some(point),
        _ => None,
    }
}
