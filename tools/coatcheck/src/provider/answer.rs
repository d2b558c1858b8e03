use std::time::Duration;

use serde::Deserialize;

use crate::shown;

/// What an endpoint answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<Duration>,
    /// `accepted` or `duplicate`; empty where the answer is another's.
    pub(crate) outcome: String,
    /// Names the event.
    pub(crate) reference: Option<String>,
    /// The stable code of a refusal; empty where there is none.
    pub(crate) code: String,
    /// For people: the refusal's, or the start of an answer that is none of ours.
    pub(crate) message: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Ours {
    status: String,
    #[serde(rename = "ref")]
    reference: Option<String>,
    error: String,
    message: String,
}

impl Answer {
    pub(super) fn new(status: u16, retry_after: Option<Duration>, body: &[u8]) -> Self {
        let ours: Ours = serde_json::from_slice(body).unwrap_or_else(|_| Ours {
            message: shown::line(
                &String::from_utf8_lossy(body)
                    .chars()
                    .take(200)
                    .collect::<String>(),
            ),
            ..Ours::default()
        });
        Self {
            status,
            retry_after,
            outcome: ours.status,
            reference: ours.reference,
            code: ours.error,
            message: ours.message,
        }
    }

    pub(crate) fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether a provider would try again.
    pub(crate) fn may_pass_later(&self) -> bool {
        self.status >= 500 || self.status == 429
    }

    /// What a refusal means, and what to do.
    pub(crate) fn remedy(&self) -> &'static str {
        match (self.status, self.code.as_str()) {
            (401, "unauthorized") => {
                "the authorizer refuses it: the signature headers are missing, malformed or, by AWS's clock, \
                 stale or in the future; or the token is not one of the endpoint's. Check this machine's clock \
                 and the endpoint's scheme and keys (`coatcheck doctor`, `coatcheck endpoints ls`)"
            }
            (401, "signature_mismatch") => {
                "no live key of the endpoint made this signature, or it was made over other bytes: check the key \
                 (`coatcheck endpoints ls`) and, where the scheme signs its URL, the endpoint's url. A key that was \
                 put within the last 30 s may not be known everywhere yet"
            }
            (401, "timestamp_stale" | "timestamp_future") => {
                "the clocks disagree: set this machine's"
            }
            (401, _) => {
                "the signature headers are not what the scheme wants: see docs/providers.md"
            }
            (403, _) => {
                "the endpoint is unknown or disabled, or this machine's address is not among its allowed_cidrs"
            }
            (413, _) => "it is larger than the endpoint's max_body_bytes, or than 4,500,000 bytes",
            (429, _) => "the stage's rate is used up: send more slowly, or raise it",
            (500, _) => {
                "the endpoint is not set up properly: `coatcheck doctor` and the log of ingest say what is missing"
            }
            (502..=504, _) => {
                "something behind the endpoint fails for now: try again, then see docs/operations.md, \"errors\""
            }
            (404, _) => "there is no such path: the URL ends with /v1/hooks/NAME",
            (300..400, _) => {
                "the URL leads elsewhere: use the one it leads to, as a provider follows none"
            }
            (400, _) => {
                "the delivery is not what the endpoint's scheme expects: the code says what is wrong"
            }
            _ => "see docs/architecture.md, \"Responses\"",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_is_read_and_anything_else_is_shown_shortly() {
        let answer = Answer::new(200, None, br#"{"status":"accepted","ref":"a/b"}"#);
        assert!(answer.is_good());
        assert_eq!(
            (answer.outcome.as_str(), answer.reference.as_deref()),
            ("accepted", Some("a/b"))
        );
        let answer = Answer::new(
            401,
            None,
            br#"{"error":"signature_mismatch","message":"m"}"#,
        );
        assert_eq!(
            (answer.code.as_str(), answer.message.as_str()),
            ("signature_mismatch", "m")
        );
        let answer = Answer::new(502, None, format!("<h1>\x1b{}", "x".repeat(999)).as_bytes());
        assert!(answer.message.starts_with("<h1>\\u{1b}xxx"));
        assert!(answer.message.len() < 300 && answer.may_pass_later());
        assert_eq!(Answer::new(204, None, b"").message, "");
    }

    #[test]
    fn each_refusal_has_a_remedy_of_its_own() {
        let remedies = [
            (401, "unauthorized"),
            (401, "signature_mismatch"),
            (401, "timestamp_stale"),
            (401, "signature_missing"),
            (400, "type_missing"),
            (403, "forbidden"),
            (404, ""),
            (413, "body_too_large"),
            (429, "throttled"),
            (500, "misconfigured"),
            (503, "unavailable"),
            (302, ""),
        ]
        .map(|(status, code)| {
            let body = serde_json::json!({ "error": code }).to_string();
            Answer::new(status, None, body.as_bytes()).remedy()
        });
        let mut each = remedies.to_vec();
        each.sort_unstable();
        each.dedup();
        assert_eq!(each.len(), remedies.len());
    }
}
