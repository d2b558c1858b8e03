use domain::{EventLocations, SchemeRef};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{SchemeError, preset};

/// How a provider signs, as written in configuration or in a preset.
///
/// One variant per kind of proof, each with the fields that kind has; unknown
/// fields are refused. Being readable does not make a scheme safe: see
/// [`crate::Verifier::compile`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", try_from = "Value")]
pub enum Scheme {
    /// A MAC over a template of literals, headers, parameters and the body.
    Hmac(HmacScheme),
}

/// The fields of `"kind": "hmac"`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HmacScheme {
    /// The hash under the MAC.
    pub hash: Hash,
    /// SHA-1 is refused without it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub allow_sha1: bool,
    /// Where the signature stands and how it is written.
    pub signature: SignatureSpec,
    /// How the configured secret becomes the key.
    #[serde(default)]
    pub key: KeySpec,
    /// What is signed, in order.
    pub content: Vec<Part>,
    /// What makes a delivery stale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<TimestampSpec>,
    /// Where the facts about an event stand; an endpoint may say otherwise.
    #[serde(default)]
    pub event: EventLocations,
}

/// A hash function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hash {
    /// SHA-1, for providers that have nothing better.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

/// Where the signature stands and how it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignatureSpec {
    /// Names of the header, lower case, tried in order: the first one present
    /// decides, whether or not its signature is good.
    pub headers: Vec<String>,
    /// How the header's value is built.
    pub grammar: Grammar,
    /// How a signature is written.
    pub encoding: Encoding,
    /// What stands before each signature, case-sensitive, for instance `sha256=`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// `kv`: what separates pairs; `,` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pair_sep: Option<String>,
    /// `kv`: what separates a key from its value; `=` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kv_sep: Option<String>,
    /// `kv`: the keys whose values are signatures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sig_keys: Vec<String>,
    /// `versions`: what separates entries; a space if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_sep: Option<String>,
    /// `versions`: what separates a version from its signature; `,` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_sep: Option<String>,
    /// `versions`: the versions to accept; others are skipped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<String>,
    /// `kv` and `versions`: more signatures than this refuse the delivery; 8 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_signatures: Option<usize>,
}

/// How a signature header's value is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeySpec {
    /// What the secret is.
    #[serde(default)]
    pub decode: KeyDecode,
    /// Dropped from the front of the secret, where it stands there, before decoding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strip_prefix: Option<String>,
    /// A shorter decoded key is reported. Never refused, unless it is empty.
    #[serde(default = "sixteen")]
    pub min_bytes: usize,
}

impl Default for KeySpec {
    fn default() -> Self {
        Self {
            decode: KeyDecode::Utf8,
            strip_prefix: None,
            min_bytes: sixteen(),
        }
    }
}

/// What the configured secret is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
}

/// The name of a header, or one name for each of the signature's own names: the
/// one at the position of the signature header that was found is used, so that
/// two families of names are never mixed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "bool", into = "bool")]
pub struct True;

impl TryFrom<bool> for True {
    type Error = &'static str;

    fn try_from(value: bool) -> Result<Self, Self::Error> {
        if value {
            Ok(Self)
        } else {
            Err("only true can be written here; leave the part out instead")
        }
    }
}

impl From<True> for bool {
    fn from(True: True) -> Self {
        true
    }
}

/// What makes a delivery stale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimestampSpec {
    /// Where it stands.
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

/// Where a timestamp stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimestampUnit {
    /// Unix seconds: exactly ten digits.
    S,
    /// Unix milliseconds: exactly thirteen digits.
    Ms,
    /// RFC 3339 with seconds and offset, capital `T` and `Z`.
    Rfc3339,
}

fn is_false(value: &bool) -> bool {
    !value
}
fn sixteen() -> usize {
    16
}
fn five_minutes() -> u32 {
    300
}

impl Scheme {
    /// The scheme that an endpoint's configuration names or holds.
    ///
    /// # Errors
    /// [`SchemeError::UnknownPreset`] and [`SchemeError::Shape`].
    pub fn resolve(reference: &SchemeRef) -> Result<Self, SchemeError> {
        match reference {
            SchemeRef::Preset(name) => preset::scheme(name),
            SchemeRef::Custom(object) => object.clone().try_into(),
        }
    }

    /// Where the facts about an event stand, as far as the scheme knows.
    #[must_use]
    pub fn event(&self) -> &EventLocations {
        match self {
            Self::Hmac(scheme) => &scheme.event,
        }
    }
}

/// By hand, because a derived reader of tagged variants loses the path to a mistake.
impl TryFrom<Value> for Scheme {
    type Error = SchemeError;

    fn try_from(object: Value) -> Result<Self, SchemeError> {
        const KINDS: &str = "the kind of proof must be \"hmac\"";
        let shape = |field: &str, message: String| SchemeError::Shape {
            field: field.to_owned(),
            message,
        };
        let Value::Object(mut fields) = object else {
            let message = "must be a preset's name or an object".to_owned();
            return Err(shape("scheme", message));
        };
        match fields.remove("kind") {
            Some(Value::String(kind)) if kind == "hmac" => {
                serde_path_to_error::deserialize(Value::Object(fields))
                    .map(Self::Hmac)
                    .map_err(|problem| match problem.path().to_string().as_str() {
                        "." => shape("scheme", problem.inner().to_string()),
                        path => shape(path, problem.inner().to_string()),
                    })
            }
            Some(other) => Err(shape("kind", format!("{other} is unknown: {KINDS}"))),
            None => Err(shape("kind", format!("missing: {KINDS}"))),
        }
    }
}
