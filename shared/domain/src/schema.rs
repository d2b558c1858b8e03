use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{AttributeName, Digest};

/// The attribute that says how the check of an event's payload ended.
pub const SCHEMA_CHECK: AttributeName = AttributeName::own("schemacheck");

/// A JSON Schema of an endpoint, and which payloads it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchemaRule {
    /// Names its text: the digest of it.
    pub sha256: Digest,
    /// Event types: exact, `prefix.*` or `*`. Empty: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// What becomes of a delivery whose payload does not match.
    pub on_fail: OnMismatch,
}

/// What becomes of a delivery whose payload does not match its schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnMismatch {
    /// It is refused. In the direct lane, where it has been accepted already, it is quarantined.
    Reject,
    /// It is stored and routed, and its event says so.
    Flag,
    /// It is stored, and routed only to subscriptions that ask for such events.
    Quarantine,
}

/// How the check of a payload ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaCheck {
    /// No schema is for it.
    None,
    /// It matches.
    Passed,
    /// It does not match, and is flagged.
    Failed,
    /// It does not match, and is quarantined.
    Quarantined,
}

/// What of a payload does not match. Shows no value of it, and no name of a member that the schema
/// does not have itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mismatch {
    /// A rule of the schema is broken.
    Rule {
        /// Where in the payload: a JSON pointer; `*` stands for a name that the schema does not have.
        place: String,
        /// Which rule: a JSON pointer into the schema.
        rule: String,
    },
    /// The payload is not JSON.
    NotJson,
    /// The payload, or its check, passes this bound.
    Limit(&'static str),
}

impl SchemaRule {
    /// Whether it is for events of this type.
    #[must_use]
    pub fn is_for(&self, kind: &str) -> bool {
        let matches = |wanted: &String| match wanted.strip_suffix('*') {
            Some(prefix) => kind.starts_with(prefix),
            None => kind == wanted,
        };
        self.types.is_empty() || self.types.iter().any(matches)
    }
}

impl SchemaCheck {
    /// The value of the attribute [`SCHEMA_CHECK`]; `None`: the event has none.
    #[must_use]
    pub const fn value(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Passed => Some("passed"),
            Self::Failed => Some("failed"),
            Self::Quarantined => Some("quarantined"),
        }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule { place, rule } => {
                let place = if place.is_empty() { "its top" } else { place };
                let rule = if rule.is_empty() { "/" } else { rule };
                write!(
                    f,
                    "the payload does not match the schema of this endpoint at {place}: see {rule} in the schema"
                )
            }
            Self::NotJson => {
                f.write_str("the payload is not JSON, so it matches no schema of this endpoint")
            }
            Self::Limit(bound) => write!(
                f,
                "the payload passes the bound of a check by schema: {bound}"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(types: &str) -> SchemaRule {
        let sha256 = "0".repeat(64);
        let json = format!(r#"{{"sha256":"{sha256}","types":{types},"on_fail":"flag"}}"#);
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn is_for_the_types_that_it_names() {
        for (types, kind, expected) in [
            ("[]", "anything", true),
            (r#"["*"]"#, "anything", true),
            (r#"["push","invoice.*"]"#, "push", true),
            (r#"["push","invoice.*"]"#, "pushed", false),
            (r#"["push","invoice.*"]"#, "invoice.paid", true),
            (r#"["push","invoice.*"]"#, "invoice", false),
        ] {
            assert_eq!(rule(types).is_for(kind), expected, "{types} {kind}");
        }
    }

    #[test]
    fn its_text_names_the_place_and_the_rule() {
        let text = |place: &str, rule: &str| {
            let (place, rule) = (place.to_owned(), rule.to_owned());
            Mismatch::Rule { place, rule }.to_string()
        };
        assert!(
            text("/a/0", "/properties/a/items/type")
                .contains("at /a/0: see /properties/a/items/type in")
        );
        assert!(text("", "").contains("at its top: see / in"));
        assert!(Mismatch::Limit("depth").to_string().ends_with(": depth"));
    }
}
