//! What a subscription wants of an event's attributes.

mod order;
mod pattern;
#[cfg(test)]
mod table;
#[cfg(test)]
mod tests;

use std::{borrow::Cow, collections::BTreeMap, fmt};

use serde::Deserialize;
use serde_json::value::RawValue;

pub use self::order::order_text;
pub(crate) use self::order::{NOT_COMPARABLE, ORDER_BYTES};
use self::pattern::Pattern;

/// What a subscription wants of an event's attributes: of each attribute that it names, one of the patterns must match. The
/// language is a part of EventBridge's event patterns; `modules/filter` of the Terraform code says what is not in it, and why.
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    text: String,
    wanted: BTreeMap<String, Vec<Pattern>>,
}

/// The filter cannot be used: someone has to fix it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterProblem {
    /// It is not an object of lists.
    #[error("a filter is a JSON object with a list of patterns for each attribute")]
    Form,
    /// Something in a list is no pattern.
    #[error("{0} is asked for something that is no pattern of filters")]
    Pattern(String),
}

impl Filter {
    /// Reads it from its JSON text.
    ///
    /// # Errors
    /// [`FilterProblem`]. Terraform refuses the same before it is applied, and more.
    pub fn parse(json: &str) -> Result<Self, FilterProblem> {
        // As written: a number has up to 38 digits.
        let lists: BTreeMap<String, Vec<&RawValue>> =
            serde_json::from_str(json).map_err(|_| FilterProblem::Form)?;
        let wanted = lists.into_iter().map(|(name, list)| {
            let patterns = list.into_iter().map(|text| Pattern::read(text.get()));
            let patterns: Option<Vec<_>> = patterns.collect();
            match patterns.filter(|patterns| !patterns.is_empty()) {
                Some(patterns) => Ok((name, patterns)),
                None => Err(FilterProblem::Pattern(name)),
            }
        });
        Ok(Self {
            text: json.to_owned(),
            wanted: wanted.collect::<Result<_, _>>()?,
        })
    }

    /// Whether an event passes. `value` gives an attribute of it as plain text; a missing one is `None` or empty.
    pub fn passes<'a>(&self, value: impl Fn(&str) -> Option<Cow<'a, str>>) -> bool {
        self.wanted.iter().all(|(name, patterns)| {
            let value = value(name).filter(|value| !value.is_empty());
            let value = value.as_deref();
            patterns.iter().any(|pattern| pattern.matches(value))
        })
    }
}

/// Its JSON text, for people: without the escapes that Terraform writes.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.text.replace("\\u003c", "<").replace("\\u003e", ">");
        f.write_str(&text.replace("\\u0026", "&"))
    }
}

impl<'de> Deserialize<'de> for Filter {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}
