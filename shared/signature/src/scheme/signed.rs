//! Signatures over a template: literals, headers, parameters, the body.

use serde::Deserialize;

use crate::SchemeError;

/// A signature over a template around the body: `hmac`, `ed25519` and `ecdsa-p256`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedScheme {
    /// What makes the signature. Fixed here: nothing in a request chooses it.
    pub algorithm: Algorithm,
    /// Where the signature is and how it is written.
    pub signature: SignatureSpec,
    /// How the configured secret becomes the key.
    pub key: KeySpec,
    /// What is signed, in order.
    pub content: Vec<Part>,
    /// What makes a delivery stale.
    pub timestamp: Option<TimestampSpec>,
}

/// What makes a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC with SHA-1, for providers that have nothing better.
    HmacSha1,
    /// HMAC with SHA-256.
    HmacSha256,
    /// HMAC with SHA-512.
    HmacSha512,
    /// Ed25519 (RFC 8032). The key is the provider's public key.
    Ed25519,
    /// ECDSA over P-256 with SHA-256, signatures in DER. The key is the provider's
    /// public key as an X.509 `SubjectPublicKeyInfo`.
    EcdsaP256,
    /// The same with signatures of 64 bytes, as JSON Web Tokens have them.
    EcdsaP256Fixed,
}

/// The fields of `"kind": "hmac"`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HmacFields {
    hash: Hash,
    #[serde(default)]
    allow_sha1: bool,
    signature: SignatureSpec,
    #[serde(default)]
    key: KeySpec,
    content: Vec<Part>,
    timestamp: Option<TimestampSpec>,
}

/// The fields of `"kind": "ed25519"` and `"kind": "ecdsa-p256"`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PublicKeyFields {
    signature: SignatureSpec,
    key: KeySpec,
    content: Vec<Part>,
    timestamp: Option<TimestampSpec>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Hash {
    Sha1,
    Sha256,
    Sha512,
}

impl HmacFields {
    pub(super) fn scheme(self) -> Result<SignedScheme, SchemeError> {
        let algorithm = match (self.hash, self.allow_sha1) {
            (Hash::Sha1, true) => Algorithm::HmacSha1,
            (Hash::Sha256, false) => Algorithm::HmacSha256,
            (Hash::Sha512, false) => Algorithm::HmacSha512,
            (Hash::Sha1, false) => {
                return Err(SchemeError::rule(
                    "hash",
                    "sha1 is broken as a hash and refused by default",
                    "ask the provider for sha256, or set allow_sha1 to true",
                ));
            }
            (Hash::Sha256 | Hash::Sha512, true) => {
                return Err(SchemeError::rule(
                    "allow_sha1",
                    "the hash is not sha1",
                    "leave allow_sha1 out",
                ));
            }
        };
        Ok(SignedScheme {
            algorithm,
            signature: self.signature,
            key: self.key,
            content: self.content,
            timestamp: self.timestamp,
        })
    }
}

impl PublicKeyFields {
    pub(super) fn scheme(self, algorithm: Algorithm) -> SignedScheme {
        SignedScheme {
            algorithm,
            signature: self.signature,
            key: self.key,
            content: self.content,
            timestamp: self.timestamp,
        }
    }
}

/// Where the signature is and how it is written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignatureSpec {
    /// Names of the header, lower case, tried in order: the first one present
    /// decides, whether or not its signature is good.
    pub headers: Vec<String>,
    /// Further headers that may each hold a signature: any good one is enough.
    #[serde(default)]
    pub more_headers: Vec<String>,
    /// How the header's value is built.
    pub grammar: Grammar,
    /// How a signature is written.
    pub encoding: Encoding,
    /// What comes before each signature, case-sensitive, for instance `sha256=`.
    #[serde(default)]
    pub prefix: Option<String>,
    /// `kv`: what separates pairs; `,` if absent.
    #[serde(default)]
    pub pair_sep: Option<String>,
    /// `kv`: what separates a key from its value; `=` if absent.
    #[serde(default)]
    pub kv_sep: Option<String>,
    /// `kv`: the keys whose values are signatures.
    #[serde(default)]
    pub sig_keys: Vec<String>,
    /// `versions`: what separates entries; a space if absent.
    #[serde(default)]
    pub list_sep: Option<String>,
    /// `versions`: what separates a version from its signature; `,` if absent.
    #[serde(default)]
    pub version_sep: Option<String>,
    /// `versions`: the versions to accept; others are skipped.
    #[serde(default)]
    pub versions: Vec<String>,
    /// `kv` and `versions`: more signatures than this refuse the delivery; 8 if absent.
    #[serde(default)]
    pub max_signatures: Option<usize>,
}

/// How a signature header's value is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grammar {
    /// The value is one signature.
    Whole,
    /// `t=1,v1=<signature>`: parameters and signatures. Keys are trimmed, values are not.
    Kv,
    /// `v1,<signature> v2,<signature>`: versioned signatures.
    Versions,
}

/// How bytes are written as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// Hexadecimal, either case.
    Hex,
    /// Base64, padded.
    Base64,
    /// Base64 with the URL alphabet, without padding.
    Base64Url,
}

/// How the configured secret becomes the key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeySpec {
    /// What the secret is.
    #[serde(default)]
    pub decode: KeyDecode,
    /// Dropped from the front of the secret, where it is there, before decoding.
    #[serde(default)]
    pub strip_prefix: Option<String>,
    /// A shorter decoded key is reported; 16 if absent. Never refused, unless it is empty.
    #[serde(default)]
    pub min_bytes: Option<usize>,
}

/// What the configured secret is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyDecode {
    /// Its bytes are the key.
    #[default]
    Utf8,
    /// The key in base64, padded or not.
    Base64,
    /// The key in hex.
    Hex,
}

/// One part of what is signed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Text that is always there.
    Lit(String),
    /// The value of a header, as it came.
    Header(Names),
    /// The value of a parameter of the signature header (`kv`), as it came.
    Param(String),
    /// The body, as it came.
    Body(True),
    /// The body's SHA-256 in lower-case hex.
    BodySha256Hex(True),
    /// The endpoint's configured URL.
    Url(True),
    /// The request's method.
    Method(True),
    /// Path and query of the endpoint's configured URL.
    PathQuery(True),
}

/// The name of a header, or one name for each of the signature's own names: the
/// one at the position of the signature header that was found is used, so that
/// two families of names are never mixed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "expected a header name or a list of them")]
pub enum Names {
    /// The same header in every case.
    One(String),
    /// One for each name in `signature.headers`.
    Each(Vec<String>),
}

impl Names {
    /// The name that goes with the signature header of this position.
    pub(crate) fn at(&self, family: usize) -> &str {
        match self {
            Self::One(name) => name,
            Self::Each(names) => names.get(family).map_or("", String::as_str),
        }
    }

    pub(crate) fn all(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Each(names) => names,
        }
    }
}

/// The word `true`, and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "bool")]
pub struct True;

impl TryFrom<bool> for True {
    type Error = &'static str;

    fn try_from(value: bool) -> Result<Self, Self::Error> {
        if value {
            Ok(Self)
        } else {
            Err("only true is allowed here; leave the part out instead")
        }
    }
}

/// What makes a delivery stale.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimestampSpec {
    /// Where it is.
    pub from: TimestampFrom,
    /// What it counts.
    pub unit: TimestampUnit,
    /// Seconds it may lie in the past; 300 if absent.
    #[serde(default = "five_minutes")]
    pub max_age_s: u32,
    /// Seconds it may lie in the future; 300 if absent.
    #[serde(default = "five_minutes")]
    pub max_future_s: u32,
}

/// Where a timestamp is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimestampFrom {
    /// The value of a header.
    Header(Names),
    /// The value of a parameter of the signature header.
    Param(String),
    /// The scalar at a JSON pointer (RFC 6901) into the body; read after the MAC.
    Json(String),
}

/// What a timestamp counts, and so how it is written: anything else is malformed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimestampUnit {
    /// Unix seconds: exactly ten digits.
    S,
    /// Unix milliseconds: exactly thirteen digits.
    Ms,
    /// RFC 3339 with seconds and offset, capital `T` and `Z`.
    Rfc3339,
}

fn five_minutes() -> u32 {
    300
}
