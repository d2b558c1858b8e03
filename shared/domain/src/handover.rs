use serde::{Deserialize, Serialize};

use crate::{
    Headers, Timestamp, format_time,
    payload::{escape, unescape},
};

/// What the authorizer hands over to `admit` in a direct delivery's metadata: all
/// that is needed of the request besides its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// When the delivery came, by the authorizer's clock.
    pub received_at: Timestamp,
    /// The key under which its headers prove it, if they do: then only the body must
    /// still be checked against them.
    pub key_id: Option<String>,
    /// Names the configuration that the request was judged by.
    pub config: Option<String>,
    /// The headers that the signature is checked by, those with facts, and what
    /// else is kept of a delivery. Never a bearer secret.
    pub headers: Headers,
}

/// The most bytes of it as text. S3 gives an object 2,048 bytes of metadata, its names included.
pub const HANDOVER_MAX_BYTES: usize = 2000;

#[derive(Serialize, Deserialize)]
struct Json {
    received_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    config: Option<String>,
    headers: Headers,
}

impl Handover {
    /// As a metadata value: JSON in printable ASCII, the rest percent-encoded. `None`:
    /// longer than [`HANDOVER_MAX_BYTES`].
    #[must_use]
    pub fn to_metadata(&self) -> Option<String> {
        let json = Json {
            received_at: format_time(self.received_at),
            key_id: self.key_id.clone(),
            config: self.config.clone(),
            headers: self.headers.clone(),
        };
        let text = escape(&serde_json::to_string(&json).ok()?);
        (text.len() <= HANDOVER_MAX_BYTES).then_some(text)
    }

    /// The same with more headers: one by one in their order, as far as they fit.
    #[must_use]
    pub fn to_metadata_with(&self, more: &Headers) -> Option<String> {
        let mut whole = self.clone();
        let with = |headers: &Headers| Self {
            headers: headers.clone(),
            ..self.clone()
        };
        whole
            .headers
            .extend_where(more, |headers| with(headers).to_metadata().is_some());
        whole.to_metadata()
    }

    /// Reads it back; `None` if the text is not one.
    #[must_use]
    pub fn from_metadata(text: &str) -> Option<Self> {
        let json: Json = serde_json::from_str(&unescape(text)?).ok()?;
        Some(Self {
            received_at: json.received_at.parse().ok()?,
            key_id: json.key_id,
            config: json.config,
            headers: json.headers,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handover(key_id: Option<&str>, value: &str) -> Handover {
        Handover {
            received_at: "2026-11-21T20:59:57.414Z".parse().unwrap(),
            key_id: key_id.map(str::to_owned),
            config: key_id.map(|_| "0123456789abcdef".to_owned()),
            headers: Headers::from_pairs([("X-Sig", value), ("x-sig", "100% \"b\"")]),
        }
    }

    #[test]
    fn goes_through_a_metadata_value_unchanged() {
        for one in [
            handover(None, "t=1,v1=00"),
            handover(Some("current"), "\u{e9}\u{5ba2}\t"),
        ] {
            let text = one.to_metadata().unwrap();
            assert!(text.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
            assert_eq!(Handover::from_metadata(&text), Some(one));
        }
        for other in ["", "{}", "%ff", r#"{"received_at":"now","headers":[]}"#] {
            assert_eq!(Handover::from_metadata(other), None, "{other}");
        }
    }

    #[test]
    fn fits_into_an_objects_metadata_or_is_none() {
        let room = HANDOVER_MAX_BYTES - handover(None, "").to_metadata().unwrap().len();
        let full = handover(None, &"a".repeat(room)).to_metadata().unwrap();
        assert!("delivery".len() + full.len() <= crate::METADATA_MAX_BYTES);
        assert_eq!(handover(None, &"a".repeat(room + 1)).to_metadata(), None);
        let more = Headers::from_pairs([("x-long", "l".repeat(1_900)), ("x-short", "s".into())]);
        let whole = handover(None, "t=1").to_metadata_with(&more).unwrap();
        let headers = Handover::from_metadata(&whole).unwrap().headers;
        assert_eq!(headers.one("x-short"), Ok(Some("s")));
        assert_eq!(headers.one("x-long"), Ok(None));
        let full = handover(None, &"a".repeat(room));
        assert_eq!(full.to_metadata_with(&more), full.to_metadata());
    }
}
