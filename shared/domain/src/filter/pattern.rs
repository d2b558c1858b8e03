use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::order_text;
use crate::canonical_number;

/// One of the patterns of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pattern {
    /// A text, or a number in its canonical form.
    Is(String),
    Prefix(String),
    Suffix(String),
    /// ASCII.
    IgnoreCase(String),
    /// Any value but these. A missing one does not match, as with EventBridge.
    AnythingBut(Vec<String>),
    Exists(bool),
    Number {
        lower: Option<Bound>,
        upper: Option<Bound>,
    },
}

/// A bound of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bound {
    /// The order text of its number.
    at: String,
    includes: bool,
}

impl Pattern {
    /// Reads its JSON text.
    pub(super) fn read(json: &str) -> Option<Self> {
        if !json.starts_with('{') {
            return plain(json).map(Self::Is);
        }
        let operators: BTreeMap<String, &RawValue> = serde_json::from_str(json).ok()?;
        let mut operators = operators.into_iter();
        let (Some((operator, argument)), None) = (operators.next(), operators.next()) else {
            return None;
        };
        let argument = argument.get();
        let text = || serde_json::from_str::<String>(argument).ok();
        match operator.as_str() {
            "prefix" => text().map(Self::Prefix),
            "suffix" => text().map(Self::Suffix),
            "equals-ignore-case" => text().map(Self::IgnoreCase),
            "exists" => serde_json::from_str(argument).ok().map(Self::Exists),
            "anything-but" => many(argument).map(Self::AnythingBut),
            "numeric" => comparison(argument),
            _ => None,
        }
    }

    /// Whether a value matches; `None` is a missing one.
    pub(super) fn matches(&self, value: Option<&str>) -> bool {
        let Some(value) = value else {
            return *self == Self::Exists(false);
        };
        match self {
            Self::Is(wanted) => value == wanted,
            Self::Prefix(prefix) => value.starts_with(prefix),
            Self::Suffix(suffix) => value.ends_with(suffix),
            Self::IgnoreCase(wanted) => value.eq_ignore_ascii_case(wanted),
            Self::AnythingBut(others) => !others.iter().any(|other| other == value),
            Self::Exists(wanted) => *wanted,
            Self::Number { lower, upper } => order_text(value).is_some_and(|at| {
                let above = |bound: &Bound| at > bound.at || (bound.includes && at == bound.at);
                let below = |bound: &Bound| at < bound.at || (bound.includes && at == bound.at);
                lower.as_ref().is_none_or(above) && upper.as_ref().is_none_or(below)
            }),
        }
    }
}

/// A text or a number.
fn plain(json: &str) -> Option<String> {
    if json.starts_with('"') {
        serde_json::from_str(json).ok()
    } else {
        canonical_number(json).ok()
    }
}

/// One or several of them.
fn many(json: &str) -> Option<Vec<String>> {
    if !json.starts_with('[') {
        return plain(json).map(|one| vec![one]);
    }
    let values: Vec<&RawValue> = serde_json::from_str(json).ok()?;
    values.into_iter().map(|value| plain(value.get())).collect()
}

/// `["<", 5]`, or a lower bound and then an upper one; `["=", 5]` is the number itself.
fn comparison(json: &str) -> Option<Pattern> {
    let parts: Vec<&RawValue> = serde_json::from_str(json).ok()?;
    let (mut lower, mut upper) = (None, None);
    for pair in parts.chunks(2) {
        let [operator, number] = pair else {
            return None;
        };
        let operator: String = serde_json::from_str(operator.get()).ok()?;
        let number = canonical_number(number.get()).ok()?;
        if operator == "=" && parts.len() == 2 {
            return Some(Pattern::Is(number));
        }
        let place = match operator.as_str() {
            ">" | ">=" => &mut lower,
            "<" | "<=" => &mut upper,
            _ => return None,
        };
        let bound = Bound {
            at: order_text(&number)?,
            includes: operator.ends_with('='),
        };
        if place.replace(bound).is_some() {
            return None;
        }
    }
    (!parts.is_empty()).then_some(Pattern::Number { lower, upper })
}
