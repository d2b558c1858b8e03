//! What is at the places where facts may be.

use domain::{Headers, Location};
use scan::Scalar;

use super::problem::FactProblem;
use crate::form_fields;

/// What can be looked at of one delivery.
pub(super) struct Look<'a> {
    pub(super) headers: &'a Headers,
    /// The body, if it may be a form.
    pub(super) form: &'a [u8],
    /// In the order in which the locations name them.
    pub(super) scalars: std::vec::IntoIter<Option<Scalar>>,
    pub(super) is_signed: &'a dyn Fn(&Location) -> bool,
    /// Whether a place held something that cannot become a text.
    pub(super) met_unusable: bool,
}

/// What is at a location.
pub(super) enum Fact {
    Absent,
    /// A text, and whether the signature covers where it is.
    Text(String, bool),
    /// An object or an array.
    Composite,
    /// Something that cannot become a text.
    Unusable(FactProblem),
}

impl Look<'_> {
    pub(super) fn at(&mut self, location: &Location) -> Fact {
        let is_signed = (self.is_signed)(location);
        let text =
            |text: Option<String>| text.map_or(Fact::Absent, |text| Fact::Text(text, is_signed));
        let fact = match location {
            Location::Header(name) => header(self.headers, name).map_or_else(Fact::Unusable, text),
            Location::Json(_) => match self.scalars.next().flatten() {
                None | Some(Scalar::Null) => Fact::Absent,
                Some(Scalar::String(found) | Scalar::Number(found)) => text(Some(found)),
                Some(Scalar::Bool(value)) => text(Some(value.to_string())),
                Some(Scalar::Composite) => Fact::Composite,
                Some(Scalar::Unusable(problem)) => Fact::Unusable(problem.into()),
            },
            Location::Form(name) => text(form_field(self.form, name)),
            Location::Literal(literal) => Fact::Text(literal.clone(), true),
            Location::Join(parts) => {
                let facts = self.each(parts);
                if facts.iter().all(Fact::is_there) {
                    let joined = facts.into_iter().reduce(Fact::dotted);
                    joined.unwrap_or(Fact::Absent)
                } else {
                    Fact::unusable(facts)
                }
            }
            Location::First(parts) => Fact::first(self.each(parts)),
        };
        self.met_unusable |= matches!(fact, Fact::Unusable(_));
        fact
    }

    /// Whether something unusable was met since this was last asked.
    pub(super) fn took_unusable(&mut self) -> bool {
        std::mem::take(&mut self.met_unusable)
    }

    /// Where one of several places holds the id, one that the signature covers goes
    /// first: a header that anyone can add must not hide it.
    pub(super) fn id_at(&mut self, location: &Location) -> Fact {
        let Location::First(parts) = location else {
            return self.at(location);
        };
        let mut facts = self.each(parts);
        facts.sort_by_key(|fact| !matches!(fact, Fact::Text(_, true)));
        Fact::first(facts)
    }

    /// Every part, also those that are not needed: each takes its own scalars.
    fn each(&mut self, parts: &[Location]) -> Vec<Fact> {
        parts.iter().map(|part| self.at(part)).collect()
    }
}

impl Fact {
    fn is_there(&self) -> bool {
        matches!(self, Self::Text(text, _) if !text.is_empty())
    }

    /// The first one that is there.
    fn first(mut facts: Vec<Self>) -> Self {
        match facts.iter().position(Self::is_there) {
            Some(place) => facts.swap_remove(place),
            None => Self::unusable(facts),
        }
    }

    /// What is wrong with the first unusable one; absent if all are usable.
    fn unusable(facts: Vec<Self>) -> Self {
        let mut facts = facts.into_iter();
        let unusable = facts.find(|fact| matches!(fact, Self::Unusable(_)));
        unusable.unwrap_or(Self::Absent)
    }

    fn dotted(self, next: Self) -> Self {
        match (self, next) {
            (Self::Text(one, a), Self::Text(two, b)) => Self::Text(format!("{one}.{two}"), a && b),
            _ => Self::Absent,
        }
    }

    /// A fact that every event needs.
    pub(super) fn demanded(self) -> Result<Option<String>, FactProblem> {
        match self {
            Self::Text(text, _) => Ok(Some(text)),
            Self::Absent => Ok(None),
            Self::Composite => Err(FactProblem::NotScalar),
            Self::Unusable(problem) => Err(problem),
        }
    }

    /// Of a fact that may be absent: providers put an object where they expand
    /// what is an id otherwise.
    pub(super) fn wished(self) -> Option<String> {
        match self {
            Self::Text(text, _) => Some(text),
            Self::Absent | Self::Composite | Self::Unusable(_) => None,
        }
    }
}

fn header(headers: &Headers, name: &str) -> Result<Option<String>, FactProblem> {
    match headers.one(name) {
        Err(_) => Err(FactProblem::HeaderRepeated(name.to_owned())),
        Ok(Some(value)) if !value.is_ascii() => Err(FactProblem::HeaderNotAscii(name.to_owned())),
        Ok(value) => Ok(value.map(str::to_owned)),
    }
}

/// A field of a form, if it is there once and is text.
fn form_field(body: &[u8], name: &str) -> Option<String> {
    let mut values = form_fields(body).filter(|(have, _)| **have == *name.as_bytes());
    let (_, value) = values.next()?;
    let text = String::from_utf8(value.into_owned()).ok()?;
    values.next().is_none().then_some(text)
}
