use serde::Deserialize;

use super::KeySpec;

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
}

fn five_minutes() -> u32 {
    300
}
