use serde::Deserialize;

use super::KeySpec;
use crate::Algorithm;

/// HTTP Message Signatures (RFC 9421): what a signature has to cover, and how it is made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageScheme {
    /// What makes the signature. An `alg` in the request may only agree.
    pub algorithm: MessageAlgorithm,
    /// How the configured secret becomes the key.
    #[serde(default)]
    pub key: KeySpec,
    /// The signature's label. Without it exactly one signature may be there.
    #[serde(default)]
    pub label: Option<String>,
    /// The `tag` that the signature must have; of several signatures it is the one with it.
    #[serde(default)]
    pub tag: Option<String>,
    /// Only the key whose id is the signature's `keyid` counts, and there must be one.
    #[serde(default)]
    pub keyid: bool,
    /// What a signature has to cover at least: header names and derived
    /// components, `content-digest` among them.
    pub components: Vec<String>,
    /// Seconds that `created` may lie in the past.
    #[serde(default = "five_minutes")]
    pub max_age_s: u32,
    /// Seconds that `created` may lie in the future.
    #[serde(default = "five_minutes")]
    pub max_future_s: u32,
}

/// What makes the signature of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageAlgorithm {
    /// HMAC with SHA-256.
    HmacSha256,
    /// Ed25519.
    Ed25519,
    /// ECDSA over P-256 with SHA-256, which JOSE calls ES256.
    EcdsaP256Sha256,
}

impl MessageAlgorithm {
    /// What an `alg` in the request calls it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::HmacSha256 => "hmac-sha256",
            Self::Ed25519 => "ed25519",
            Self::EcdsaP256Sha256 => "ecdsa-p256-sha256",
        }
    }

    pub(crate) const fn algorithm(self) -> Algorithm {
        match self {
            Self::HmacSha256 => Algorithm::HmacSha256,
            Self::Ed25519 => Algorithm::Ed25519,
            Self::EcdsaP256Sha256 => Algorithm::EcdsaP256Fixed,
        }
    }
}

fn five_minutes() -> u32 {
    300
}
