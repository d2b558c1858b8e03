use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use super::{
    limits::{ATTRIBUTE_MAX_BYTES, ATTRIBUTES_AT_MOST},
    name::AttributeName,
    number::canonical_number,
    problem::AttributeProblem,
    unkept::Unkept,
};
use crate::{header_names::may_be_named, text::is_text};

/// What an endpoint declares of one attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Json", into = "Json")]
pub struct AttributeRule {
    /// Where its value is.
    pub place: AttributePlace,
    /// What its value is.
    pub kind: AttributeKind,
    /// Whether events can be found by it.
    pub index: bool,
    /// Whether a subscription compares its number, so that the pointer needs a text that sorts as the number does.
    pub order: bool,
}

/// Where the value of an attribute is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttributePlace {
    /// The scalar at a JSON pointer (RFC 6901) into the body.
    Json(String),
    /// The value of a header, by its name in lower case.
    Header(String),
}

/// What the value of an attribute is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AttributeKind {
    /// Any text. A number is kept as it was written.
    #[default]
    Text,
    /// A number, in the one form that [`canonical_number`] gives it.
    Number,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Json {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    json: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    header: Option<String>,
    #[serde(default, rename = "as", skip_serializing_if = "is_default")]
    kind: AttributeKind,
    #[serde(default, skip_serializing_if = "is_default")]
    index: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    order: bool,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl TryFrom<Json> for AttributeRule {
    type Error = AttributeProblem;

    fn try_from(json: Json) -> Result<Self, AttributeProblem> {
        let place = match (json.json, json.header) {
            (Some(pointer), None) => AttributePlace::Json(pointer),
            (None, Some(name)) if !may_be_named(&name) => {
                return Err(AttributeProblem::Header(name));
            }
            (None, Some(name)) => AttributePlace::Header(name),
            _ => return Err(AttributeProblem::Place),
        };
        Ok(Self {
            place,
            kind: json.kind,
            index: json.index,
            order: json.order,
        })
    }
}

impl From<AttributeRule> for Json {
    fn from(rule: AttributeRule) -> Self {
        let (json, header) = match rule.place {
            AttributePlace::Json(pointer) => (Some(pointer), None),
            AttributePlace::Header(name) => (None, Some(name)),
        };
        Self {
            json,
            header,
            kind: rule.kind,
            index: rule.index,
            order: rule.order,
        }
    }
}

impl AttributeKind {
    /// The value that a text stands for.
    ///
    /// # Errors
    /// [`Unkept`]: why it cannot be kept.
    pub fn value(self, text: String) -> Result<String, Unkept> {
        if text.is_empty() {
            return Err(Unkept::Missing);
        }
        let value = match self {
            Self::Text => text,
            Self::Number => canonical_number(&text)?,
        };
        if value.len() > ATTRIBUTE_MAX_BYTES {
            Err(Unkept::TooLong)
        } else if is_text(&value) {
            Ok(value)
        } else {
            Err(Unkept::Characters)
        }
    }
}

/// Reads the rules of an endpoint, and refuses reserved names and too many.
pub(crate) fn read_rules<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<AttributeName, AttributeRule>, D::Error> {
    let rules: BTreeMap<AttributeName, AttributeRule> = BTreeMap::deserialize(deserializer)?;
    if let Some(name) = rules.keys().find(|name| name.is_reserved()) {
        return Err(D::Error::custom(AttributeProblem::Reserved(
            name.to_string(),
        )));
    }
    if rules.len() > ATTRIBUTES_AT_MOST {
        return Err(D::Error::custom(AttributeProblem::TooMany));
    }
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rule(json: serde_json::Value) -> Result<AttributeRule, String> {
        serde_json::from_value(json).map_err(|problem| problem.to_string())
    }

    #[test]
    fn a_rule_is_read_and_written_without_what_is_not_set() {
        for (text, place, kind) in [
            (
                r#"{"json":"/data/id"}"#,
                AttributePlace::Json("/data/id".to_owned()),
                AttributeKind::Text,
            ),
            (
                r#"{"header":"x-plan","as":"number","index":true,"order":true}"#,
                AttributePlace::Header("x-plan".to_owned()),
                AttributeKind::Number,
            ),
        ] {
            let read: AttributeRule = serde_json::from_str(text).unwrap();
            assert_eq!((&read.place, read.kind), (&place, kind));
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
        }
    }

    #[test]
    fn a_rule_without_one_place_is_refused_with_the_reason() {
        for (bad, reason) in [
            (json!({}), "exactly one of json and header"),
            (
                json!({"json": "/a", "header": "b"}),
                "exactly one of json and header",
            ),
            (json!({"header": "authorization"}), "secret"),
            (json!({"header": "x-api-key"}), "secret"),
            (json!({"header": "host"}), "secret"),
            (json!({"jsn": "/a"}), "unknown field"),
            (json!({"json": "/a", "as": "date"}), "unknown variant"),
        ] {
            let problem = rule(bad.clone()).unwrap_err();
            assert!(problem.contains(reason), "{bad}: {problem}");
        }
    }

    #[test]
    fn a_value_is_text_of_a_bounded_length() {
        let text = |text: &str| AttributeKind::Text.value(text.to_owned());
        assert_eq!(text("1.0"), Ok("1.0".to_owned()));
        assert_eq!(text("  "), Ok("  ".to_owned()));
        assert_eq!(text(&"\u{5ba2}".repeat(42)).map(|kept| kept.len()), Ok(126));
        assert_eq!(text(&"a".repeat(128)).map(|kept| kept.len()), Ok(128));
        assert_eq!(text(&"a".repeat(129)), Err(Unkept::TooLong));
        assert_eq!(text(""), Err(Unkept::Missing));
        for bad in ["a\nb", "\u{0}", "\u{7f}", "\u{85}", "\u{fffe}", "\u{fdd0}"] {
            assert_eq!(text(bad), Err(Unkept::Characters), "{bad:?}");
        }
    }

    #[test]
    fn a_number_has_one_form() {
        let number = |text: &str| AttributeKind::Number.value(text.to_owned());
        assert_eq!(number("100.50"), Ok("100.5".to_owned()));
        assert_eq!(number("hundred"), Err(Unkept::NotNumber));
        assert_eq!(number(""), Err(Unkept::Missing));
    }
}
