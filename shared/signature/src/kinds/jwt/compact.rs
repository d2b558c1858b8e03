//! A token as it is sent: RFC 7515, section 7.1.

use base64_simd::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::strict;
use crate::JwtAlgorithm;

/// A longer token is none: issuers' tokens have some 500 to 2,000 bytes.
const MAX_BYTES: usize = 8192;

/// A signature by the largest RSA key.
const MAX_SIGNATURE_BYTES: usize = 1024;

/// What a token's header says of its signature.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) algorithm: JwtAlgorithm,
    pub(super) kid: Option<String>,
    pub(super) typ: Option<String>,
}

/// A token taken apart, with nothing proven.
pub(super) struct Compact<'t> {
    pub(super) head: Head,
    pub(super) payload: Vec<u8>,
    /// What is signed.
    pub(super) message: &'t str,
    pub(super) signature: Vec<u8>,
}

impl<'t> Compact<'t> {
    /// Takes a token apart. Its algorithm must be one of these: the token chooses none.
    pub(super) fn read(token: &'t str, allowed: &[JwtAlgorithm]) -> Option<Self> {
        if token.len() > MAX_BYTES {
            return None;
        }
        let (message, signature) = token.rsplit_once('.')?;
        let (_, payload) = message.split_once('.')?;
        let head = Head::of(message.as_bytes(), allowed)?;
        // A dot is in no alphabet of base64, so a token has exactly three parts.
        let payload = decode(payload.as_bytes())?;
        let signature = decode(signature.as_bytes())?;
        let is_sized = match head.algorithm {
            JwtAlgorithm::Es256 | JwtAlgorithm::EdDsa => signature.len() == 64,
            JwtAlgorithm::Rs256 | JwtAlgorithm::Ps256 => {
                (256..=MAX_SIGNATURE_BYTES).contains(&signature.len())
            }
        };
        is_sized.then_some(Self {
            head,
            payload,
            message,
            signature,
        })
    }
}

impl Compact<'_> {
    pub(super) fn claims(&self) -> Option<Map<String, Value>> {
        strict::object(&self.payload)
    }
}

impl Head {
    /// Of a signed text. Keys and places of keys that it names are not looked at.
    pub(super) fn of(message: &[u8], allowed: &[JwtAlgorithm]) -> Option<Self> {
        let head = message.split(|byte| *byte == b'.').next()?;
        let mut members = strict::object(&decode(head)?)?;
        // Whoever writes `crit` names what a reader must know and we do not.
        if members.contains_key("crit") {
            return None;
        }
        let mut text = |name: &str| match members.remove(name) {
            None => Some(None),
            Some(Value::String(text)) => Some(Some(text)),
            Some(_) => None,
        };
        let algorithm = text("alg")??;
        Some(Self {
            algorithm: *allowed.iter().find(|one| one.name() == algorithm)?,
            kid: text("kid")?,
            typ: text("typ")?,
        })
    }
}

/// Exactly what an encoder writes: no padding, no spaces, no stray bits.
fn decode(text: &[u8]) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode_to_vec(text).ok()
}
