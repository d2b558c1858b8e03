use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::True;

/// One thing a provider may ask, and the answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Challenge {
    /// The method it comes with.
    #[serde(default)]
    pub method: Method,
    /// What tells it from a delivery; all of it must hold.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// Where the value for the answer is.
    #[serde(default)]
    pub value: Option<Ask>,
    /// What is demanded before it is answered.
    #[serde(default, rename = "proof")]
    pub demand: Demand,
    /// The answer.
    pub respond: ReplyTemplate,
}

/// The method of a challenge.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Like a delivery.
    #[default]
    Post,
    /// Never a delivery.
    Get,
    /// Never a delivery.
    Head,
}

impl Method {
    /// The method of that name, if a challenge may come with it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "POST" => Some(Self::Post),
            "GET" => Some(Self::Get),
            "HEAD" => Some(Self::Head),
            _ => None,
        }
    }
}

/// Something that must be somewhere, or must not.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Where.
    pub at: Ask,
    /// The text that must be there; any, if absent.
    #[serde(default)]
    pub is: Option<String>,
    /// Nothing may be there.
    #[serde(default)]
    pub absent: Option<True>,
}

/// Where something is in a request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ask {
    /// The value of a header, by its lower-case name.
    Header(String),
    /// The scalar at a JSON pointer into the body.
    Json(String),
    /// A parameter of the query, decoded.
    Query(String),
}

impl std::fmt::Display for Ask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Header(name) => write!(f, "the header {name}"),
            Self::Json(pointer) => write!(f, "{pointer} in the body"),
            Self::Query(name) => write!(f, "{name} in the query"),
        }
    }
}

/// What is demanded before a challenge is answered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Demand {
    /// The request is verified like a delivery.
    #[default]
    Signature,
    /// A key whose use is `challenge` is there.
    Token(Ask),
    /// Nothing: anyone may ask.
    None,
    /// Anyone may ask, while an operator keeps the endpoint's `handshake` on.
    Operator,
}

/// An answer of the provider's own wishing. Strings may hold `{value}`, `{mac_hex}`
/// and `{mac_base64}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplyTemplate {
    /// The HTTP status.
    #[serde(default = "ok")]
    pub status: u16,
    /// A body of plain text.
    #[serde(default)]
    pub text: Option<String>,
    /// A body of JSON.
    #[serde(default)]
    pub json: Option<Value>,
    /// Headers, by lower-case name.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

fn ok() -> u16 {
    200
}

/// What a string of a reply may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Placeholder {
    Value,
    MacHex,
    MacBase64,
}

impl Placeholder {
    /// The value last: what it holds is not filled in again.
    pub(crate) const ALL: [Self; 3] = [Self::MacHex, Self::MacBase64, Self::Value];

    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Value => "{value}",
            Self::MacHex => "{mac_hex}",
            Self::MacBase64 => "{mac_base64}",
        }
    }

    pub(crate) fn is_mac(self) -> bool {
        self != Self::Value
    }
}

/// The placeholders that a reply holds.
pub(crate) fn placeholders(reply: &ReplyTemplate) -> impl Iterator<Item = Placeholder> {
    Placeholder::ALL.into_iter().filter(|placeholder| {
        let holds = |text: &String| text.contains(placeholder.text());
        reply.text.as_ref().is_some_and(holds)
            || reply.headers.values().any(holds)
            || reply
                .json
                .as_ref()
                .is_some_and(|json| json.to_string().contains(placeholder.text()))
    })
}
