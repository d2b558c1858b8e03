//! What is wrong with a key, in words that say nothing of its content but its form.

use std::fmt;

use crate::KeyDecode;

/// What is wrong with a key. Says nothing of its content but its length and form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// Nothing is left to sign with: anyone could. Never used.
    #[error("the key is empty once decoded")]
    Empty,
    /// Not a public key of the scheme's algorithm. Never used.
    #[error("the key is not a public key of the scheme's algorithm")]
    NotPublicKey,
    /// Not a JSON Web Key that verifies tokens. Never used.
    #[error("the key {0}")]
    Jwk(JwkProblem),
    /// Not a private key to sign with.
    #[error("signing needs the private key: an Ed25519 seed, or PKCS#8 in base64")]
    NotPrivateKey,
    /// Not of the encoding the scheme states. Never used.
    #[error("the key is not {}{}", encoding(*.decode), because(*.seen))]
    Undecodable {
        /// The scheme's `key.decode`.
        decode: KeyDecode,
        /// What is probably wrong with it.
        seen: Option<Oddity>,
    },
    /// Taken as it is, and probably not what the provider means. Used: warn.
    #[error("the key {0}; all of it is used as the key")]
    Odd(Oddity),
    /// The text before `whsec_` was left out. Used: warn.
    #[error("the key begins with `v1,`: this names the version and is not used as part of the key")]
    Versioned,
    /// Short enough to worry about. Used: warn.
    #[error("the key has {bytes} bytes, fewer than the {min_bytes} it should have")]
    Short {
        /// Its decoded length.
        bytes: usize,
        /// The scheme's `key.min_bytes`.
        min_bytes: usize,
    },
    /// A secret of Standard Webhooks under a scheme that does not decode it. Used: warn.
    #[error(
        "the key begins with whsec_, but the scheme does not decode it; key.decode should probably be base64"
    )]
    LooksEncoded,
}

/// What is wrong with a JSON Web Key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwkProblem {
    /// Not JSON, or a member is missing or misshapen.
    #[error("is not a JSON Web Key as RFC 7518 writes it: give one entry of the issuer's \"keys\"")]
    Form,
    /// It has the member `d`.
    #[error("is a private key: anyone who reads it can sign; give the public one, without d")]
    Private,
    /// Of another type or curve. Symmetric keys are among them.
    #[error("is not of kty RSA, EC with P-256 or OKP with Ed25519")]
    Kind,
    /// Not for signatures.
    #[error("is not for signatures, by its members use and key_ops")]
    Use,
    /// Too small or too large, or of an unusual exponent.
    #[error("is not an RSA key of 2048 to 8192 bits with an odd exponent of up to 32 bits")]
    RsaSize,
}

/// What a copy brings along, or another way to write the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oddity {
    /// One and the same quote at both ends.
    Quotes,
    /// White space around it, or a line end or another control character within.
    Space,
    /// `-` or `_`, which base64 writes as `+` and `/`.
    UrlAlphabet,
    /// `|` between several secrets.
    Several,
    /// The lines of a PEM file.
    Pem,
}

impl KeyProblem {
    /// Whether the key is never used; otherwise a warning is enough.
    #[must_use]
    pub const fn is_fatal(self) -> bool {
        !matches!(
            self,
            Self::Short { .. } | Self::LooksEncoded | Self::Odd(_) | Self::Versioned
        )
    }
}

impl Oddity {
    /// Of a secret whose every byte counts.
    pub(crate) fn of_text(secret: &[u8]) -> Option<Self> {
        if is_pem(secret) {
            Some(Self::Pem)
        } else if secret.trim_ascii() != secret || secret.iter().any(u8::is_ascii_control) {
            Some(Self::Space)
        } else {
            is_quoted(secret).then_some(Self::Quotes)
        }
    }

    /// Of a secret that cannot be decoded.
    pub(crate) fn of_encoded(secret: &[u8]) -> Option<Self> {
        let has = |wanted: fn(&u8) -> bool| secret.iter().any(wanted);
        if is_pem(secret) {
            Some(Self::Pem)
        } else if is_quoted(secret.trim_ascii()) {
            Some(Self::Quotes)
        } else if has(|byte| byte.is_ascii_whitespace() || byte.is_ascii_control()) {
            Some(Self::Space)
        } else if has(|byte| *byte == b'|') {
            Some(Self::Several)
        } else {
            // The prefix of Standard Webhooks has an underscore of its own.
            let key = secret.rsplit(|byte| *byte == b',').next().unwrap_or(secret);
            let key = [&b"whsec_"[..], b"whpk_"]
                .into_iter()
                .find_map(|prefix| key.strip_prefix(prefix));
            let is_url = |byte: &u8| matches!(byte, b'-' | b'_');
            let is_url = key.unwrap_or(secret).iter().any(is_url);
            is_url.then_some(Self::UrlAlphabet)
        }
    }
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Quotes => "is in quotes",
            Self::Space => "has white space around it, or a line end or control character in it",
            Self::UrlAlphabet => {
                "has - or _ of the URL alphabet: write them as + and /, if it is base64 at all"
            }
            Self::Several => {
                "contains |, like several secrets in one text: list each as a key of its own"
            }
            Self::Pem => "is a PEM file: give only the base64 between its two lines, as one line",
        })
    }
}

fn is_quoted(secret: &[u8]) -> bool {
    match secret {
        [first, .., last] => first == last && matches!(first, b'"' | b'\'' | b'`'),
        _ => false,
    }
}

fn is_pem(secret: &[u8]) -> bool {
    secret.trim_ascii_start().starts_with(b"-----BEGIN ")
}

fn encoding(decode: KeyDecode) -> &'static str {
    match decode {
        KeyDecode::Utf8 => "text",
        KeyDecode::Hex => "hex, as the scheme's key.decode states",
        KeyDecode::Base64 => "base64, as the scheme's key.decode states",
    }
}

fn because(seen: Option<Oddity>) -> String {
    seen.map_or_else(String::new, |seen| format!(": it {seen}"))
}
