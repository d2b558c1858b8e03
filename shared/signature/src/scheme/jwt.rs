//! `"kind": "jwt"` as it is written.

use std::collections::BTreeMap;

use domain::JwtSettings;
use serde::{Deserialize, de::Error as _};
use serde_json::Value;

/// The fields of `"kind": "jwt"`: a JSON Web Token (RFC 7519) in a header.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JwtScheme {
    /// Name of the header, lower case.
    #[serde(default = "authorization")]
    pub header: String,
    /// What comes before the token, in any case. `Bearer ` if the header is `authorization`.
    #[serde(default)]
    pub prefix: Option<String>,
    /// Who may have issued the token: the claim `iss`. None: an endpoint must say it.
    #[serde(default, deserialize_with = "texts")]
    pub issuer: Vec<String>,
    /// Whom the token must be for: the claim `aud` has at least one of these.
    #[serde(default, deserialize_with = "texts")]
    pub audience: Vec<String>,
    /// The algorithms that count. Nothing in a token adds to them.
    pub algorithms: Vec<JwtAlgorithm>,
    /// A word that the claim `scope` must have among its words.
    #[serde(default)]
    pub scope: Option<String>,
    /// Claims that must have one of these values, or hold one in their list.
    #[serde(default, deserialize_with = "claims")]
    pub claims: BTreeMap<String, Vec<Value>>,
    /// Claims whose values each endpoint must say.
    #[serde(default)]
    pub endpoint_claims: Vec<String>,
    /// The header member `typ`, if it must be there.
    #[serde(default)]
    pub typ: Option<String>,
    /// How far the issuer's clock may be off, in seconds.
    #[serde(default = "minute")]
    pub tolerance_s: u32,
    /// How long after the claim `iat` the token counts, if not until `exp` alone.
    #[serde(default)]
    pub max_age_s: Option<u32>,
    /// The claim with the body's SHA-256, in hex or base64url, if there is one.
    #[serde(default)]
    pub body_sha256: Option<String>,
    /// Where the issuer publishes its keys, or [`JwtScheme::BY_HAND`]. None: an endpoint must say it.
    #[serde(default)]
    pub jwks_url: Option<String>,
}

/// A signature algorithm of JSON Web Tokens (RFC 7518, RFC 8037). There is no symmetric one and no
/// `none`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
pub enum JwtAlgorithm {
    /// RSA PKCS#1 v1.5 with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
    /// RSA PSS with SHA-256 and a salt of 32 bytes.
    #[serde(rename = "PS256")]
    Ps256,
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl JwtScheme {
    /// Instead of a URL: you put the keys into the endpoint's secret.
    pub const BY_HAND: &str = "none";

    /// The URL that the keys come from, if they come from one.
    #[must_use]
    pub fn key_set_url(&self) -> Option<&str> {
        let url = self.jwks_url.as_deref();
        url.filter(|url| *url != Self::BY_HAND)
    }

    /// Says what an endpoint says otherwise.
    pub(crate) fn settle(&mut self, settings: &JwtSettings) {
        let JwtSettings {
            issuer,
            audience,
            scope,
            claims,
            jwks_url,
            tolerance_s,
        } = settings.clone();
        self.issuer = issuer.map_or_else(|| self.issuer.clone(), |issuer| vec![issuer]);
        self.audience = audience.unwrap_or_else(|| self.audience.clone());
        self.scope = scope.or_else(|| self.scope.clone());
        self.jwks_url = jwks_url.or_else(|| self.jwks_url.clone());
        self.tolerance_s = tolerance_s.unwrap_or(self.tolerance_s);
        let claims = claims.into_iter();
        self.claims
            .extend(claims.map(|(name, value)| (name, vec![Value::String(value)])));
    }
}

impl JwtAlgorithm {
    /// As a token's header names it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }
}

fn authorization() -> String {
    "authorization".to_owned()
}

fn minute() -> u32 {
    60
}

/// One, or a list of some.
#[derive(Deserialize)]
#[serde(untagged, expecting = "write a text, or a list of texts")]
enum Texts {
    One(String),
    Some(Vec<String>),
}

fn texts<'de, D: serde::Deserializer<'de>>(reader: D) -> Result<Vec<String>, D::Error> {
    match Texts::deserialize(reader)? {
        Texts::One(text) => Ok(vec![text]),
        Texts::Some(texts) if texts.is_empty() => {
            Err(D::Error::custom("an empty list; leave it out"))
        }
        Texts::Some(texts) => Ok(texts),
    }
}

fn claims<'de, D: serde::Deserializer<'de>>(
    reader: D,
) -> Result<BTreeMap<String, Vec<Value>>, D::Error> {
    let all = BTreeMap::<String, Value>::deserialize(reader)?.into_iter();
    let wanted = |value| match value {
        Value::Array(values) => values,
        value => vec![value],
    };
    Ok(all.map(|(name, value)| (name, wanted(value))).collect())
}
