use std::time::Duration;

use serde::Deserialize;

/// Characters of a body that is not the endpoint's own.
const SHOWN: usize = 200;

/// What an endpoint replied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// `Retry-After`, if it is a number of seconds.
    pub retry_after: Option<Duration>,
    /// The API's id of the request, which every response of API Gateway has.
    pub request_id: String,
    /// How long it took.
    pub took: Duration,
    /// The body.
    pub body: ReplyBody,
}

/// The body of a reply; what it does not have is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ReplyBody {
    /// `accepted` or `duplicate`.
    pub status: String,
    /// Names the event.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Names the request, in the direct lane.
    pub request_id: String,
    /// The stable code of a refusal.
    pub error: String,
    /// For people: the refusal's, or the start of a body that another server sent, with control
    /// characters escaped.
    pub message: String,
}

impl ReplyBody {
    pub(crate) fn read(body: &[u8]) -> Self {
        serde_json::from_slice(body).unwrap_or_else(|_| Self {
            message: line(&String::from_utf8_lossy(body)),
            ..Self::default()
        })
    }
}

/// The start of a text, in one line.
fn line(text: &str) -> String {
    let escaped = |c: char| match c {
        '\'' | '"' => c.to_string(),
        _ => c.escape_debug().to_string(),
    };
    text.chars().take(SHOWN).map(escaped).collect()
}

impl Reply {
    /// Whether the endpoint took the delivery.
    #[must_use]
    pub fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether a provider would try again.
    #[must_use]
    pub fn may_pass_later(&self) -> bool {
        self.status >= 500 || self.status == 429
    }

    /// What a refusal means, and what to do.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match (self.status, self.body.error.as_str()) {
            (401, "unauthorized") => {
                "the authorizer refused it: the signature headers are missing, malformed or, by AWS's clock, \
                 stale or in the future; or the token is not one of the endpoint's. Check this machine's clock \
                 and the endpoint's scheme and keys (`coatcheck doctor`, `coatcheck endpoints ls`)"
            }
            (401, "signature_mismatch") => {
                "no live key of the endpoint made this signature, or it was made over other bytes: check the key \
                 (`coatcheck endpoints ls`) and, where the scheme signs its URL, the endpoint's url. It can take \
                 30 s until a new key is known everywhere"
            }
            (401, "timestamp_stale" | "timestamp_future") => {
                "the clocks differ: set this machine's clock"
            }
            (401, _) => "the signature headers do not fit the scheme: see docs/providers.md",
            (403, "content_type_not_allowed" | "required_header_missing" | "body_too_small") => {
                "the endpoint's content_types, required_headers or min_bytes refuse it: send what they demand, or \
                 change them in the endpoint"
            }
            (403, _) => {
                "the endpoint is unknown or disabled, or this machine's address is not among its allowed_cidrs"
            }
            (413, _) => {
                "the body is larger than the endpoint's max_body_bytes, or than its lane allows"
            }
            (429, _) => "the stage's rate is used up: send more slowly, or raise it",
            (500, _) => {
                "the endpoint is not set up properly: `coatcheck doctor` and the log of ingest say what is missing"
            }
            (502..=504, _) => {
                "something behind the endpoint is failing: try again, then see docs/operations.md, \"errors\""
            }
            (404, _) => "the API has no such path: the URL ends with /v1/hooks/NAME",
            (300..400, _) => {
                "the URL redirects: use the URL that it redirects to, since providers follow no redirect"
            }
            (400, "schema_mismatch") => {
                "the payload does not match the endpoint's schema: the message names the place and the rule. Correct \
                 the payload or the schema, or set on_fail to \"flag\" while you look: see docs/schemas.md"
            }
            (400, _) => {
                "the delivery does not fit the endpoint's scheme: the code says what is wrong"
            }
            _ => "see docs/api.md, \"Answers\"",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, body: &[u8]) -> Reply {
        let body = ReplyBody::read(body);
        Reply {
            status,
            body,
            ..Reply::default()
        }
    }

    #[test]
    fn the_endpoints_own_body_is_read_and_any_other_is_shown_in_short() {
        let good = reply(200, br#"{"status":"accepted","ref":"a/b"}"#);
        assert!(good.is_good());
        assert_eq!(good.body.status, "accepted");
        assert_eq!(good.body.reference, "a/b");
        let refused = reply(401, br#"{"error":"signature_mismatch","message":"m"}"#);
        assert_eq!(refused.body.error, "signature_mismatch");
        assert_eq!(refused.body.message, "m");
        let other = reply(502, format!("<h1>\x1b{}", "x".repeat(999)).as_bytes());
        assert!(other.body.message.starts_with("<h1>\\u{1b}xxx"));
        assert!(other.body.message.len() < 300 && other.may_pass_later());
        assert_eq!(reply(204, b"").body, ReplyBody::default());
    }

    #[test]
    fn each_refusal_has_a_remedy_of_its_own() {
        let remedies = [
            (401, "unauthorized"),
            (401, "signature_mismatch"),
            (401, "timestamp_stale"),
            (401, "signature_missing"),
            (400, "type_missing"),
            (400, "schema_mismatch"),
            (403, "forbidden"),
            (403, "body_too_small"),
            (404, ""),
            (413, "body_too_large"),
            (429, "throttled"),
            (500, "misconfigured"),
            (503, "unavailable"),
            (302, ""),
        ]
        .map(|(status, code)| {
            let body = serde_json::json!({ "error": code }).to_string();
            reply(status, body.as_bytes()).remedy()
        });
        let mut each = remedies.to_vec();
        each.sort_unstable();
        each.dedup();
        assert_eq!(each.len(), remedies.len());
    }
}
