//! Where events with certain attributes are: in which partitions of an index, or anywhere in time.

use std::collections::BTreeSet;

use aws::Image;
use domain::{EndpointName, FindIndex, FindKey, Unkept, encode_attribute};

use super::Condition;
use crate::{
    Problem, Result,
    problem::refuse,
    stack::{DeclaredAttribute, StackDescription},
};

/// How many partitions of an index a search may merge: one for each index and endpoint.
const PLACES: usize = 64;

/// How to look for events by their attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup {
    /// In an index, if the stack has one for any of the attributes. It does not hold events from before their attribute
    /// was indexed.
    Index,
    /// By time: every event of the span is looked at.
    Time,
}

/// What the attributes of events must be, and where events of which this holds are.
#[derive(Debug, Clone, Default)]
pub(crate) struct Having {
    found_by: Option<Condition>,
    places: Vec<(FindIndex, FindKey)>,
    compared: Compared,
}

/// Conditions that only a pointer can tell.
#[derive(Debug, Clone, Default)]
pub(crate) struct Compared {
    /// The attributes of the item that must be these texts.
    stored: Vec<(String, String)>,
}

impl Having {
    pub(super) fn new(
        description: &StackDescription,
        endpoint: Option<&EndpointName>,
        conditions: &[Condition],
        lookup: Lookup,
    ) -> Result<Self> {
        let conditions: Vec<Condition> = conditions
            .iter()
            .map(|condition| normal(description, endpoint, condition))
            .collect::<Result<_>>()?;
        let found_by = conditions
            .iter()
            .filter(|_| lookup == Lookup::Index)
            .find_map(|condition| {
                let places = places(description, endpoint, condition)?;
                Some((condition.clone(), places))
            });
        let (found_by, places) = found_by.unzip();
        let places = places.unwrap_or_default();
        if places.len() > PLACES {
            refuse!(
                "{} endpoints index an attribute of this name: name one endpoint, or a few one after the other",
                places.len() / description.find_indexes().len().max(1)
            );
        }
        let rest = conditions.iter().filter(|one| found_by.as_ref() != Some(one));
        let compared = Compared {
            stored: rest.map(stored).collect(),
        };
        Ok(Self {
            found_by,
            places,
            compared,
        })
    }

    pub(super) fn found_by(&self) -> Option<&Condition> {
        self.found_by.as_ref()
    }

    pub(super) fn places(&self) -> &[(FindIndex, FindKey)] {
        &self.places
    }

    pub(super) fn compared(&self) -> &Compared {
        &self.compared
    }
}

impl Compared {
    pub(crate) fn is_empty(&self) -> bool {
        self.stored.is_empty()
    }

    /// The attributes of the item to read.
    pub(crate) fn names(&self) -> BTreeSet<&str> {
        self.stored.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// Whether an item with these attributes meets them.
    pub(crate) fn are_met(&self, item: &Image) -> bool {
        let mut all = self.stored.iter();
        all.all(|(name, value)| item.get(name) == Some(value))
    }
}

/// The endpoints of a search that declare an attribute, and as what.
fn declaring<'a>(
    description: &'a StackDescription,
    endpoint: Option<&'a EndpointName>,
    name: &'a str,
) -> impl Iterator<Item = (&'a str, DeclaredAttribute)> {
    let all = description.declared.iter();
    let all = all.filter(move |(of, _)| endpoint.is_none_or(|one| one.as_str() == of.as_str()));
    all.filter_map(move |(of, declared)| {
        let one = declared.get(name)?;
        Some((of.as_str(), *one))
    })
}

/// The condition with its value as it is stored; refused if no event can meet it.
fn normal(
    description: &StackDescription,
    endpoint: Option<&EndpointName>,
    condition: &Condition,
) -> Result<Condition> {
    let Condition { name, value } = condition;
    let Some((_, declared)) = declaring(description, endpoint, name).next() else {
        let all = description.declared.iter();
        let all = all.filter(|(of, _)| endpoint.is_none_or(|one| one.as_str() == of.as_str()));
        let names: BTreeSet<&str> = all
            .flat_map(|(_, declared)| declared.keys().map(String::as_str))
            .collect();
        let whose = endpoint.map_or_else(|| "the stack".to_owned(), |one| format!("{one}"));
        if names.is_empty() {
            refuse!("no attribute {name:?}: {whose} declares none (docs/attributes.md)");
        }
        let names: Vec<&str> = names.into_iter().collect();
        refuse!("no attribute {name:?}: {whose} declares {}", names.join(", "));
    };
    let value = declared.kind.value(value.clone());
    let value = value.map_err(|why| {
        Problem::Refused(format!("no event has {condition}: a value {}", cannot_be(why)))
    })?;
    Ok(Condition {
        name: name.clone(),
        value,
    })
}

/// Where the indexes hold events that meet a condition; none if an endpoint declares the attribute and does not index it,
/// so that its events are in none. An attribute may have been in another index when an event came, because indexes are
/// given out by the order of names: so all are asked.
fn places(
    description: &StackDescription,
    endpoint: Option<&EndpointName>,
    condition: &Condition,
) -> Option<Vec<(FindIndex, FindKey)>> {
    let mut keys = Vec::new();
    for (of, declared) in declaring(description, endpoint, &condition.name) {
        let of = EndpointName::try_from(of.to_owned()).ok();
        let of = of.filter(|_| declared.index)?;
        keys.push(FindKey::new(&of, &condition.name, &condition.value));
    }
    let indexes = description.find_indexes();
    let places = keys.into_iter().flat_map(|key| {
        let of_key = indexes.iter();
        of_key.map(move |index| (*index, key.clone()))
    });
    Some(places.collect()).filter(|places: &Vec<_>| !places.is_empty())
}

/// The attribute of an item that holds the value, and its text there.
fn stored(condition: &Condition) -> (String, String) {
    let value = encode_attribute(&condition.value);
    (format!("x_{}", condition.name), value.into_owned())
}

#[cfg(test)]
mod tests;
