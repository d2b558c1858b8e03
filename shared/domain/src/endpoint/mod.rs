use std::{collections::BTreeMap, fmt, net::IpAddr, num::NonZeroU32};

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::{
    AttributeName, AttributeRule, CertificateDemand, EventLocations, MediaRange, Retention,
    RevokedCertificates, SchemaRule, attributes::read_rules,
};

/// The largest raw body of the standard lane. API Gateway hands a body to Lambda
/// as base64 inside an event of at most 6,291,456 bytes; 4.5 MB fits whatever
/// the content and the headers are.
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
pub const STANDARD_LANE_MAX_BYTES: usize = 4_500_000;

/// The largest raw body of the direct lane: what API Gateway accepts.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html>
pub const DIRECT_LANE_MAX_BYTES: usize = 10_485_760;

/// The largest payload that a pointer can hold itself. In base64, with the rest of its event, ten of them stay under the
/// 256 KiB that SNS and Pipes take at once, and twenty under what Step Functions takes.
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-batching-concurrency.html>
pub const INLINE_MAX_BYTES: u32 = 8_192;

/// The name of an endpoint: 1 to 63 of `a-z`, `0-9` and `-`, not starting with `-`.
/// It is used in URLs, object keys and partition keys, so it holds no separator.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EndpointName(String);

/// The endpoint's configuration cannot be used: someone has to fix it.
#[derive(Debug, thiserror::Error)]
pub enum EndpointProblem {
    /// The name has other characters or another length.
    #[error("an endpoint's name is 1 to 63 of a-z, 0-9 and -, not starting with -")]
    Name,
    /// The stored JSON is not an endpoint.
    #[error("the endpoint's configuration cannot be read")]
    Config(#[source] serde_json::Error),
}

/// The path of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lane {
    /// Through `ingest`, up to [`STANDARD_LANE_MAX_BYTES`].
    Standard,
    /// Straight to S3.
    Direct,
}

impl Lane {
    /// The largest raw body that it carries.
    #[must_use]
    pub const fn max_body_bytes(self) -> usize {
        match self {
            Self::Standard => STANDARD_LANE_MAX_BYTES,
            Self::Direct => DIRECT_LANE_MAX_BYTES,
        }
    }

    /// The prefix of its payloads' keys.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Standard => "payloads",
            Self::Direct => "incoming",
        }
    }

    /// The path before an endpoint's name.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Standard => "/hooks",
            Self::Direct => "/direct",
        }
    }
}

/// What makes two deliveries the same event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dedupe {
    /// The event id where the signature covers it, else the digest of the signed bytes
    /// together with the id and the type in unsigned headers.
    Auto,
    /// The event id where the signature covers it, else the digest of the signed bytes alone.
    Bytes,
    /// The event id, even if the signature does not cover it.
    Id,
    /// The type and the attributes of [`Endpoint::dedupe_by`]. [`Dedupe::Auto`] applies to an event
    /// that lacks one of them.
    Attributes,
}

/// A preset's name, or a scheme written out. The signature engine interprets the
/// object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SchemeRef {
    /// A scheme that comes with Coatcheck, for instance `github`.
    Preset(String),
    /// The user's own scheme.
    Custom(serde_json::Value),
}

/// One inbound URL for one provider account. Written by Terraform as one JSON
/// string, which travels unchanged from the authorizer to `ingest`, so that one
/// version of it judges a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// Its name.
    pub name: EndpointName,
    /// How its provider signs.
    pub scheme: SchemeRef,
    /// Refuses everything if false.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// The lane of its bodies.
    #[serde(default = "standard")]
    pub lane: Lane,
    /// Source addresses that may deliver; empty means any.
    #[serde(default)]
    pub allowed_cidrs: Vec<IpNet>,
    /// The client certificates that may deliver; `None`: none is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mtls: Option<CertificateDemand>,
    /// The client certificates that may not, whatever the endpoint takes. The whole stack has the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<RevokedCertificates>,
    /// Its own limit, at most the lane's. Raw bytes.
    #[serde(default = "lane_limit")]
    pub max_body_bytes: usize,
    /// The smallest body that it takes. Raw bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_bytes: Option<NonZeroU32>,
    /// A body of at most this many bytes is held by its pointer, not by an object; 0: none is. In the direct lane it has no
    /// effect: there S3 has the body first. Left out where it is 0, so that functions of the version before still read the
    /// endpoint.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub inline_max_bytes: u32,
    /// The media types that it takes; empty means any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub content_types: Vec<MediaRange>,
    /// Headers that every delivery must have, in lower case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required_headers: Vec<String>,
    /// What makes two deliveries the same event.
    #[serde(default = "auto")]
    pub dedupe: Dedupe,
    /// The attributes that name an event under [`Dedupe::Attributes`]. Left out where there is none, so
    /// that functions of the version before still read the endpoint.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dedupe_by: Vec<AttributeName>,
    /// For how many seconds equal bytes, or equal attributes, are one event, if no id decides;
    /// `None`: for as long as pointers are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dedupe_window_s: Option<NonZeroU32>,
    /// For how many days its payloads are kept, if not as long as others of its stack. Left out where it is not set, so
    /// that functions of the version before still read the endpoint.
    #[serde(default, skip_serializing_if = "Retention::is_of_stack")]
    pub retention_days: Retention,
    /// What people are not shown: JSON pointers into the body, and names of headers in lower case.
    /// Left out where there is none, so that functions of the version before still read the endpoint.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redact: Vec<String>,
    /// The public URL, byte for byte as its provider signs it. Only some schemes
    /// need it; it is never rebuilt from a request.
    #[serde(default)]
    pub url: Option<String>,
    /// How old the signed time of a delivery may be, where that differs from the scheme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age_s: Option<u32>,
    /// What this endpoint's tokens must say, where that differs from the scheme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwt: Option<JwtSettings>,
    /// Whether a provider's unsigned handshake is answered: on while an operator
    /// registers the webhook, otherwise off.
    #[serde(default)]
    pub handshake: bool,
    /// Further headers to keep with each payload, as far as S3's metadata has room. Left out where
    /// there are none, so that functions of the version before still read the endpoint.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keep_headers: Vec<String>,
    /// Where the facts are, if that differs from the scheme.
    #[serde(default)]
    pub event: EventLocations,
    /// What else its pointers and events keep, by name; at most [`ATTRIBUTES_AT_MOST`](crate::ATTRIBUTES_AT_MOST). Left out
    /// where there is none, so that functions of the version before still read the endpoint.
    #[serde(
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "read_rules"
    )]
    pub attributes: BTreeMap<AttributeName, AttributeRule>,
    /// Its JSON Schemas: the first one for an event's type judges its payload.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schemas: Vec<SchemaRule>,
}

/// What an endpoint says of the JSON Web Tokens that its sender shows. What it leaves out, its
/// scheme says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct JwtSettings {
    /// The claim `iss`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// Of these the claim `aud` has one at least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<Vec<String>>,
    /// A word of the claim `scope`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Other claims, by name, beside those of the scheme.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub claims: BTreeMap<String, String>,
    /// Where the issuer publishes its keys, or `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_url: Option<String>,
    /// How far the issuer's clock may be off, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tolerance_s: Option<u32>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(number: &u32) -> bool {
    *number == 0
}
fn yes() -> bool {
    true
}
fn standard() -> Lane {
    Lane::Standard
}
fn lane_limit() -> usize {
    DIRECT_LANE_MAX_BYTES
}
fn auto() -> Dedupe {
    Dedupe::Auto
}

impl Endpoint {
    /// Reads the stored JSON.
    ///
    /// # Errors
    /// [`EndpointProblem::Config`] if it is not an endpoint; unknown fields are refused.
    pub fn from_json(text: &str) -> Result<Self, EndpointProblem> {
        serde_json::from_str(text).map_err(EndpointProblem::Config)
    }

    /// Whether a request from this address may be judged.
    #[must_use]
    pub fn admits(&self, source: Option<IpAddr>) -> bool {
        self.allowed_cidrs.is_empty()
            || source.is_some_and(|ip| {
                self.allowed_cidrs
                    .iter()
                    .any(|net| net.contains(&ip.to_canonical()))
            })
    }

    /// Whether the pointer of a body of this length holds it.
    #[must_use]
    pub fn holds_inline(&self, bytes: usize) -> bool {
        let limit = self.inline_max_bytes.min(INLINE_MAX_BYTES);
        limit > 0
            && self.lane == Lane::Standard
            && u32::try_from(bytes).is_ok_and(|bytes| bytes <= limit)
    }

    /// The largest body in raw bytes: the smaller of its own limit and the lane's.
    #[must_use]
    pub fn body_limit(&self) -> usize {
        self.max_body_bytes.min(self.lane.max_body_bytes())
    }
}

impl EndpointName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EndpointName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for EndpointName {
    type Error = EndpointProblem;

    fn try_from(name: String) -> Result<Self, EndpointProblem> {
        let good = (1..=63).contains(&name.len())
            && !name.starts_with('-')
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if good {
            Ok(Self(name))
        } else {
            Err(EndpointProblem::Name)
        }
    }
}

impl From<EndpointName> for String {
    fn from(name: EndpointName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests;
