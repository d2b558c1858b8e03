//! What an endpoint keeps of its events besides what names and routes them: declared scalars of the body and of headers.

mod escape;
mod limits;
mod name;
mod number;
mod problem;
mod rule;
#[cfg(test)]
mod tests;
mod unkept;

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    fmt,
};

pub(crate) use self::rule::read_rules;
pub use self::{
    escape::{decode_attribute, encode_attribute},
    limits::{ATTRIBUTE_MAX_BYTES, ATTRIBUTES_AT_MOST, ATTRIBUTES_MAX_BYTES},
    name::AttributeName,
    number::canonical_number,
    problem::AttributeProblem,
    rule::{AttributeKind, AttributePlace, AttributeRule},
    unkept::{LeftOut, Unkept},
};

/// The attributes that were kept of an event: plain texts, in the order of their names.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Attributes(BTreeMap<AttributeName, KeptAttribute>);

/// One of them.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptAttribute {
    /// Its value. A number is in its canonical form.
    pub value: String,
    /// Whether events can be found by it.
    pub index: bool,
    /// Whether a subscription compares its number.
    pub order: bool,
}

impl Attributes {
    /// What of these may be kept: each value as its rule says, and in the order of the names as far as there is room.
    pub fn keep<'r>(
        rules: impl IntoIterator<Item = (&'r AttributeName, &'r AttributeRule)>,
        mut found: impl FnMut(&AttributeRule) -> Result<String, Unkept>,
    ) -> (Self, LeftOut) {
        let (mut kept, mut left_out) = (Self::default(), LeftOut::default());
        let mut room = ATTRIBUTES_MAX_BYTES;
        for (name, rule) in rules {
            let value = found(rule).and_then(|text| rule.kind.value(text));
            let fitting = value.and_then(|value| {
                let left = room.checked_sub(stored_bytes(name, &value));
                left.map(|left| (value, left)).ok_or(Unkept::NoRoom)
            });
            match fitting {
                Ok((value, left)) => {
                    room = left;
                    kept.insert(name.clone(), value, Some(rule));
                }
                Err(why) => left_out.count(why),
            }
        }
        (kept, left_out)
    }

    /// Sets one. Without a rule events cannot be found by it, and no subscription compares it.
    pub fn insert(&mut self, name: AttributeName, value: String, rule: Option<&AttributeRule>) {
        let kept = KeptAttribute {
            value,
            index: rule.is_some_and(|rule| rule.index),
            order: rule.is_some_and(|rule| rule.order),
        };
        self.0.insert(name, kept);
    }

    /// The value of one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut pairs = self.iter();
        pairs.find_map(|(have, value)| (have.as_str() == name).then_some(value))
    }

    /// Their names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&AttributeName, &str)> {
        self.kept().map(|(name, kept)| (name, kept.value.as_str()))
    }

    /// Their names, and all that is known of each.
    pub fn kept(&self) -> impl Iterator<Item = (&AttributeName, &KeptAttribute)> {
        self.0.iter()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those of a pointer's item, from its texts.
    #[must_use]
    pub fn of_image(image: &HashMap<String, String>) -> Self {
        let mut kept = Self::default();
        for (member, stored) in image {
            let name = member.strip_prefix(name::STORED);
            if let Some(name) = name.and_then(|name| AttributeName::try_from(name.to_owned()).ok())
                && !stored.is_empty()
            {
                kept.insert(name, decode_attribute(stored).into_owned(), None);
            }
        }
        kept
    }

    /// The value of one of them in a pointer's item, as it is stored there; empty if the pointer has none.
    #[must_use]
    pub fn stored_in<'i>(image: &'i HashMap<String, String>, name: &AttributeName) -> &'i str {
        image.get(&name.stored()).map_or("", String::as_str)
    }

    /// The members of a pointer's item.
    pub(crate) fn stored(&self) -> impl Iterator<Item = (String, Cow<'_, str>)> {
        self.iter()
            .map(|(name, value)| (name.stored(), encode_attribute(value)))
    }

    /// As one text: a JSON object.
    pub(crate) fn to_json(&self) -> String {
        let pairs: BTreeMap<&str, &str> = self
            .iter()
            .map(|(name, value)| (name.as_str(), value))
            .collect();
        serde_json::to_string(&pairs).unwrap_or_default()
    }

    /// Reads it back; `None` if it is not one.
    pub(crate) fn from_json(text: &str) -> Option<Self> {
        let pairs: BTreeMap<AttributeName, String> = serde_json::from_str(text).ok()?;
        let mut kept = Self::default();
        for (name, value) in pairs {
            kept.insert(name, value, None);
        }
        Some(kept)
    }

    /// As many of them, in the order of their names, as a condition on them holds for, and how many not.
    pub(crate) fn as_many_as(&self, fit: impl Fn(&Self) -> bool) -> (Self, usize) {
        let mut some = Self::default();
        for (name, kept) in &self.0 {
            some.0.insert(name.clone(), kept.clone());
            if !fit(&some) {
                some.0.remove(name);
            }
        }
        let left = self.0.len() - some.0.len();
        (some, left)
    }

    /// These, and of others those whose names they lack.
    #[must_use]
    pub fn or(mut self, others: Self) -> Self {
        for (name, kept) in others.0 {
            self.0.entry(name).or_insert(kept);
        }
        self
    }

    /// The same values under the rules of an endpoint: what can be found and compared is what they say.
    #[must_use]
    pub fn under(mut self, rules: &BTreeMap<AttributeName, AttributeRule>) -> Self {
        for (name, kept) in &mut self.0 {
            let rule = rules.get(name);
            kept.index = rule.is_some_and(|rule| rule.index);
            kept.order = rule.is_some_and(|rule| rule.order);
        }
        self
    }
}

/// What one attribute adds to an item. DynamoDB counts the UTF-8 bytes of names and values.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>
fn stored_bytes(name: &AttributeName, value: &str) -> usize {
    name::STORED.len() + name.as_str().len() + encode_attribute(value).len()
}

/// Shows no value: it is a part of a payload.
impl fmt::Debug for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// Shows no value either.
impl fmt::Debug for KeptAttribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("KeptAttribute");
        shown.field("bytes", &self.value.len());
        shown.field("index", &self.index);
        shown.field("order", &self.order).finish()
    }
}
