//! Where events with certain attributes are: in which partitions of an index, or anywhere in time.

use std::collections::{BTreeMap, BTreeSet};

use aws::Image;
use domain::{AttributeName, EndpointName, FindIndex, FindKey, Unkept, encode_attribute};

use super::Condition;
use crate::{
    Problem, Result,
    problem::refuse,
    stack::{DeclaredAttribute, StackDescription},
};

/// How many partitions of indexes a search may merge: one for each index and endpoint.
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
    /// Members of the pointer's item, and what each must be.
    stored: Vec<(String, String)>,
}

impl Having {
    pub(super) fn new(
        description: &StackDescription,
        endpoint: Option<&EndpointName>,
        conditions: &[Condition],
        lookup: Lookup,
    ) -> Result<Self> {
        let declared = Declared {
            description,
            endpoint,
        };
        let mut conditions: Vec<Condition> = conditions
            .iter()
            .map(|condition| declared.normal(condition))
            .collect::<Result<_>>()?;
        let place = match lookup {
            Lookup::Index => conditions
                .iter()
                .position(|one| declared.is_indexed(&one.name)),
            Lookup::Time => None,
        };
        let found_by = place.map(|place| conditions.remove(place));
        let places = found_by
            .as_ref()
            .map(|condition| declared.places(condition));
        Ok(Self {
            found_by,
            places: places.transpose()?.unwrap_or_default(),
            compared: Compared {
                stored: conditions.iter().map(stored).collect(),
            },
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

    /// The members of the item to read.
    pub(crate) fn names(&self) -> BTreeSet<&str> {
        self.stored.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// Whether an item with these texts meets them.
    pub(crate) fn are_met(&self, item: &Image) -> bool {
        let mut all = self.stored.iter();
        all.all(|(name, value)| item.get(name) == Some(value))
    }
}

/// The member of an item that holds the attribute, and its text there.
fn stored(condition: &Condition) -> (String, String) {
    let value = encode_attribute(&condition.value);
    (condition.name.stored(), value.into_owned())
}

type Attributes = BTreeMap<AttributeName, DeclaredAttribute>;

/// What the endpoints of a search declare: all, or one.
struct Declared<'a> {
    description: &'a StackDescription,
    endpoint: Option<&'a EndpointName>,
}

impl<'a> Declared<'a> {
    fn names(&self) -> BTreeSet<&'a str> {
        let all = self.all().flat_map(|(_, declared)| declared.keys());
        all.map(AttributeName::as_str).collect()
    }

    fn all(&self) -> impl Iterator<Item = (&'a EndpointName, &'a Attributes)> {
        let endpoint = self.endpoint;
        let all = self.description.declared.iter();
        all.filter(move |(name, _)| endpoint.is_none_or(|one| one == *name))
    }

    /// The endpoints that declare an attribute of this name, and as what.
    fn of(
        &self,
        name: &AttributeName,
    ) -> impl Iterator<Item = (&'a EndpointName, DeclaredAttribute)> {
        self.all()
            .filter_map(move |(endpoint, declared)| Some((endpoint, *declared.get(name)?)))
    }

    /// Whether the indexes have all events with this attribute: each endpoint that declares it indexes it.
    fn is_indexed(&self, name: &AttributeName) -> bool {
        let mut all = self.of(name).peekable();
        all.peek().is_some() && all.all(|(_, declared)| declared.index)
    }

    /// The condition with its value as it is kept; refused if no event can meet it.
    fn normal(&self, condition: &Condition) -> Result<Condition> {
        let Condition { name, value } = condition;
        let Some((_, declared)) = self.of(name).next() else {
            let who = self.endpoint.map_or("the stack", EndpointName::as_str);
            let names: Vec<&str> = self.names().into_iter().collect();
            if names.is_empty() {
                refuse!("no attribute {name}: {who} declares none (docs/attributes.md)");
            }
            refuse!("no attribute {name}: {who} declares {}", names.join(", "));
        };
        match declared.kind.value(value.clone()) {
            Ok(value) => Ok(Condition {
                name: name.clone(),
                value,
            }),
            Err(why) => Err(Problem::Refused(format!(
                "no event has {name}={value:?}: {}",
                never(why)
            ))),
        }
    }

    /// The partitions that hold events which meet the condition. What the first attribute of an event is depends on which
    /// it has, and on which were declared when it came: so every index is asked.
    fn places(&self, condition: &Condition) -> Result<Vec<(FindIndex, FindKey)>> {
        let keys = self.of(&condition.name);
        let keys =
            keys.map(|(endpoint, _)| FindKey::new(endpoint, &condition.name, &condition.value));
        let indexes = self.description.find_indexes();
        let places: Vec<_> = keys
            .flat_map(|key| indexes.iter().map(move |index| (*index, key.clone())))
            .collect();
        if places.len() > PLACES {
            refuse!(
                "{} endpoints index {}: name the endpoint",
                places.len() / indexes.len().max(1),
                condition.name
            );
        }
        Ok(places)
    }
}

/// Why no event has a value.
fn never(why: Unkept) -> &'static str {
    match why {
        Unkept::NotNumber => "the attribute is a number",
        Unkept::TooLong => "a value has at most 128 bytes",
        Unkept::Characters => "a value has no control characters",
        _ => "a value is never empty",
    }
}

#[cfg(test)]
mod tests;
