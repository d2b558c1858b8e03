//! What people are shown of deliveries of endpoints with `redact`: the question to the function `redact`, and its answer.
//! The role of that function may read these payloads; the role of people may not (decision 0071).

use serde::{Deserialize, Serialize};

use crate::{Endpoint, StoredHeaders};

/// What people see in place of a value.
pub const REDACTED: &str = "[redacted]";

/// The most bytes of a payload in one answer. In base64 they fit the 6 MB of Lambda's answers.
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
pub const REDACTED_PART_MAX_BYTES: usize = 3 * 1024 * 1024;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedactedWish {
    /// The event's ref.
    #[serde(rename = "ref")]
    pub reference: String,
    /// How many bytes of what is shown to leave out.
    #[serde(default)]
    pub from: usize,
    /// How many to answer with, at most; never more than [`REDACTED_PART_MAX_BYTES`].
    pub at_most: usize,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum RedactedView {
    /// A part of the payload, redacted.
    Part {
        /// The bytes, in base64.
        content: String,
        /// How many bytes the whole has, redacted.
        size: usize,
        /// The headers that are kept of the delivery, redacted.
        headers: StoredHeaders,
    },
    /// Nothing of the payload.
    Withheld {
        /// Why.
        why: Withheld,
        /// The headers that are kept of the delivery, redacted, if they could be read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        headers: Option<StoredHeaders>,
    },
}

/// Why nothing of a payload is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Withheld {
    /// The text is no ref of an event, or the event has no pointer.
    NoEvent,
    /// The endpoint is gone, so nobody knows what to redact.
    NoEndpoint,
    /// The endpoint has no `redact`: its payloads are not for this function.
    NotRedacted,
    /// Its media type is not JSON's, so places in it mean nothing.
    NotJson,
    /// It is not one sound JSON document.
    Unreadable,
    /// It is gone.
    Gone,
    /// Its digest is not that of the pointer.
    Altered,
}

/// Whether a media type is that of JSON documents: `application/json`, or one that ends in `+json`.
/// <https://datatracker.ietf.org/doc/html/rfc6839#section-3.1>
#[must_use]
pub fn is_json(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default();
    let kind = kind.trim().to_ascii_lowercase();
    kind == "application/json" || kind.ends_with("+json")
}

impl Endpoint {
    /// The JSON pointers of `redact`.
    pub fn redacted_pointers(&self) -> impl Iterator<Item = &str> {
        let places = self.redact.iter().map(String::as_str);
        places.filter(|place| place.starts_with('/'))
    }

    /// The headers of `redact`, in lower case.
    pub fn redacted_headers(&self) -> impl Iterator<Item = &str> {
        let places = self.redact.iter().map(String::as_str);
        places.filter(|place| !place.starts_with('/'))
    }

    /// Whether people are not shown what is at this JSON pointer.
    #[must_use]
    pub fn redacts_pointer(&self, pointer: &str) -> bool {
        self.redacted_pointers().any(|place| {
            let rest = pointer.strip_prefix(place);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    /// Whether people are not shown this header.
    #[must_use]
    pub fn redacts_header(&self, name: &str) -> bool {
        let mut places = self.redacted_headers();
        places.any(|place| place.eq_ignore_ascii_case(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_is_redacted_with_all_that_it_leads_through() {
        let config = r#"{"name":"a","scheme":"github","redact":["/user","/a~1b/0","x-user"]}"#;
        let endpoint = Endpoint::from_json(config).unwrap();
        for (pointer, expected) in [
            ("/user", true),
            ("/user/email", true),
            ("/users", false),
            ("/a~1b/0", true),
            ("/a~1b/01", false),
            ("/a~1b", false),
            ("x-user", false),
        ] {
            assert_eq!(endpoint.redacts_pointer(pointer), expected, "{pointer}");
        }
        assert!(endpoint.redacts_header("X-User") && !endpoint.redacts_header("/user"));
        let json = serde_json::to_string(&endpoint).unwrap();
        assert!(
            json.contains(r#""redact":["/user","/a~1b/0","x-user"]"#),
            "{json}"
        );
        let none = Endpoint::from_json(r#"{"name":"a","scheme":"github"}"#).unwrap();
        assert!(!serde_json::to_string(&none).unwrap().contains("redact"));
    }

    #[test]
    fn media_types_of_json_are_known() {
        for kind in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "a/b+json",
        ] {
            assert!(is_json(kind), "{kind}");
        }
        for kind in [
            "",
            "text/json",
            "application/x-ndjson",
            "application/jsonl",
            "text/plain",
        ] {
            assert!(!is_json(kind), "{kind}");
        }
    }

    #[test]
    fn questions_and_answers_have_one_form() {
        let wish = r#"{"ref":"stripe/evt_1","at_most":7}"#;
        let wish: RedactedWish = serde_json::from_str(wish).unwrap();
        assert_eq!(
            (wish.reference.as_str(), wish.from, wish.at_most),
            ("stripe/evt_1", 0, 7)
        );
        let view = RedactedView::Withheld {
            why: Withheld::NotJson,
            headers: None,
        };
        let json = serde_json::to_string(&view).unwrap();
        assert_eq!(json, r#"{"is":"withheld","why":"not_json"}"#);
        assert_eq!(serde_json::from_str::<RedactedView>(&json).unwrap(), view);
    }
}
