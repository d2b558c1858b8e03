//! Schemes in words, for people who choose or debug one. Names from the scheme are in backticks.

use domain::Headers;

use crate::{Algorithm, Encoding, Grammar, Part, SignatureSpec, TimestampUnit};

/// A kind of scheme in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SchemeDescription {
    /// The scheme's `kind`.
    pub kind: &'static str,
    /// What proves a delivery, and where it is.
    pub proof: String,
    /// What is signed; `nothing` where a secret is shown.
    pub signed: String,
    /// Where the timestamp is, and how it is written; `nowhere` if there is none.
    pub clock: String,
    /// Whether the key that signs is another one than the key that verifies.
    pub has_public_key: bool,
    /// Whether a delivery says by its id which key verifies it.
    pub names_its_key: bool,
    /// Whether the signature is inside the body, so that no headers can be made for one.
    pub is_in_body: bool,
}

/// A header that a scheme reads, under any of these names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// Its names.
    pub names: Vec<String>,
    /// Whether [`crate::sign()`] writes it.
    pub is_written: bool,
}

impl Read {
    pub(crate) fn one(name: impl Into<String>, is_written: bool) -> Self {
        Self {
            names: vec![name.into()],
            is_written,
        }
    }

    /// Whether it is there.
    #[must_use]
    pub fn is_in(&self, headers: &Headers) -> bool {
        self.names
            .iter()
            .any(|name| headers.get_all(name).next().is_some())
    }
}

impl Algorithm {
    pub(crate) fn describe(self) -> &'static str {
        match self {
            Self::HmacSha1 => "HMAC-SHA1",
            Self::HmacSha256 => "HMAC-SHA256",
            Self::HmacSha512 => "HMAC-SHA512",
            Self::Ed25519 => "Ed25519",
            Self::EcdsaP256 | Self::EcdsaP256Fixed => "ECDSA P-256",
        }
    }
}

impl TimestampUnit {
    pub(crate) fn describe(self) -> &'static str {
        match self {
            Self::S => "Unix seconds, exactly 10 digits",
            Self::Ms => "Unix milliseconds, exactly 13 digits",
            Self::Rfc3339 => "RFC 3339 with seconds and offset, T and Z capital",
        }
    }
}

impl Part {
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Lit(text) => text.escape_debug().to_string(),
            Self::Header(names) => format!("{{{}}}", names.at(0)),
            Self::Param(name) => format!("{{{name}}}"),
            Self::Body(_) => "{body}".to_owned(),
            Self::BodySha256Hex(_) => "{sha256 of body}".to_owned(),
            Self::Url(_) => "{url}".to_owned(),
            Self::Method(_) => "{method}".to_owned(),
            Self::PathQuery(_) => "{path and query}".to_owned(),
        }
    }
}

impl SignatureSpec {
    /// Where a signature is, and in what form.
    #[must_use]
    pub fn describe(&self) -> String {
        let encoding = match self.encoding {
            Encoding::Hex => "hex",
            Encoding::Base64 => "base64",
            Encoding::Base64Url => "base64url",
        };
        let names = quoted(&self.headers).join(" or ");
        let prefix = self.prefix.as_deref().unwrap_or_default();
        let labelled = |labels: &[String], separator: &Option<String>, default: &str| {
            let separator = separator.as_deref().unwrap_or(default);
            let forms: Vec<String> = labels
                .iter()
                .map(|label| format!("`{label}{separator}{prefix}`"))
                .collect();
            format!(" after {}", forms.join(" or "))
        };
        let after = match self.grammar {
            Grammar::Whole if prefix.is_empty() => String::new(),
            Grammar::Whole => format!(" after `{prefix}`"),
            Grammar::Kv => labelled(&self.sig_keys, &self.kv_sep, "="),
            Grammar::Versions => labelled(&self.versions, &self.version_sep, ","),
        };
        let more = match self.more_headers.as_slice() {
            [] => String::new(),
            [one] => format!(", also in `{one}`"),
            more => format!(", also in {} more headers", more.len()),
        };
        format!("{encoding} in {names}{after}{more}")
    }
}

/// Names in backticks.
pub(crate) fn quoted(names: &[String]) -> Vec<String> {
    names.iter().map(|name| format!("`{name}`")).collect()
}
