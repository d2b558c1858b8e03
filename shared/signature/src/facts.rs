//! The facts about an event, looked up in a verified delivery.

use aws_lc_rs::digest::{SHA256, digest};
use domain::{EventKey, EventLocations, Found, Headers, Location};
use scan::{Pointer, Scalar, ScanError, Scanner};

use crate::{SchemeError, Verified, compile, form_fields};

/// Where an event's facts stand, ready to be looked up in one pass.
#[derive(Debug, Clone)]
pub struct Places {
    locations: EventLocations,
    pointers: Vec<Pointer>,
    /// Whether the body may be a form, and so no JSON.
    may_be_form: bool,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The facts, unjudged.
    pub found: Found,
    /// Whether the id stood where the signature covers it, or should have stood there.
    pub id_is_signed: bool,
    /// 32 hex digits of the SHA-256 of the id and the type as they stand in headers that
    /// the signature does not cover: what tells events apart whose signed bytes are the
    /// same. `None` where there is neither, or where the signature leaves the body open, for
    /// then a captured one could bring another body under another id.
    pub unsigned: Option<String>,
}

/// A delivery's facts cannot be read: reject it, it will not get better.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FactProblem {
    /// A fact stands in the body, which is not sound JSON.
    #[error(transparent)]
    Json(#[from] ScanError),
    /// A header that holds a fact came more than once.
    #[error("the header {0} is repeated")]
    HeaderRepeated(String),
    /// A header that holds a fact is not ASCII.
    #[error("the header {0} is not ASCII")]
    HeaderNotAscii(String),
    /// The id or the type is no text.
    #[error("an object or array stands where the event's id or type should")]
    NotScalar,
}

impl FactProblem {
    /// The stable word for responses and metrics.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Json(problem) => problem.code(),
            Self::HeaderRepeated(_) => "header_repeated",
            Self::HeaderNotAscii(_) => "header_not_ascii",
            Self::NotScalar => "json_not_scalar",
        }
    }
}

impl Places {
    /// Makes locations ready.
    ///
    /// # Errors
    /// [`SchemeError::Rule`] naming the field.
    pub fn new(locations: EventLocations) -> Result<Self, SchemeError> {
        compile::check_event(&locations)?;
        let simple = || all(&locations).flat_map(Location::simple);
        let pointers = simple()
            .filter_map(|location| match location {
                Location::Json(pointer) => Pointer::parse(pointer).ok(),
                _ => None,
            })
            .collect();
        let may_be_form = simple().any(|location| matches!(location, Location::Form(_)));
        Ok(Self {
            locations,
            pointers,
            may_be_form,
        })
    }

    /// Looks every fact up. The body is read as JSON only if a fact may stand in it; it
    /// must then be sound JSON as a whole, unless it may as well be a form.
    ///
    /// # Errors
    /// [`FactProblem`].
    pub fn look_up<B: AsRef<[u8]>>(
        &self,
        headers: &Headers,
        verified: &Verified<B>,
    ) -> Result<Facts, FactProblem> {
        let body = verified.body();
        let scalars = match &self.pointers[..] {
            [] => Ok(Vec::new()),
            pointers => scan::scan(body, pointers),
        };
        self.facts(headers, body, scalars, verified)
    }

    /// Starts to look in a body that comes in pieces. Needs the same memory for every
    /// size, unless a fact may stand in a form: then the body is kept.
    #[must_use]
    pub fn start(&self) -> Lookup<'_> {
        Lookup {
            places: self,
            scanner: (!self.pointers.is_empty()).then(|| Box::new(Scanner::new(&self.pointers))),
            form: Vec::new(),
        }
    }

    /// Where the event's id stands, if it has one.
    #[must_use]
    pub fn id(&self) -> Option<&Location> {
        self.locations.id.as_ref()
    }

    /// The headers that facts may stand in.
    pub fn headers(&self) -> impl Iterator<Item = &str> {
        let simple = all(&self.locations).flat_map(Location::simple);
        simple.filter_map(|location| match location {
            Location::Header(name) => Some(name.as_str()),
            _ => None,
        })
    }

    fn facts<B>(
        &self,
        headers: &Headers,
        form: &[u8],
        scalars: Result<Vec<Option<Scalar>>, ScanError>,
        verified: &Verified<B>,
    ) -> Result<Facts, FactProblem> {
        let scalars = match scalars {
            Err(_) if self.may_be_form => vec![None; self.pointers.len()],
            outcome => outcome?,
        };
        let mut look = Look {
            headers,
            form,
            scalars: scalars.into_iter(),
            is_signed: &|location| verified.is_signed(location),
        };
        let EventLocations {
            id: place,
            kind,
            subject,
            ordering_key,
            occurred_at,
        } = &self.locations;
        let id = place.as_ref().map(|place| look.id_at(place)).transpose()?;
        let id_is_signed = match &id {
            Some(Fact::Text(_, is_signed)) => *is_signed,
            _ => place
                .as_ref()
                .is_some_and(|place| verified.is_signed(place)),
        };
        let mut fact = |place: &Option<Location>| {
            let found = place.as_ref().map(|place| look.at(place));
            found.transpose()
        };
        let kind = fact(kind)?;
        let unsigned = if verified.signs_the_body() {
            unsigned(id.as_ref(), kind.as_ref())
        } else {
            None
        };
        let found = Found {
            id: id.map(Fact::demanded).transpose()?,
            kind: kind.map(Fact::demanded).transpose()?,
            subject: fact(subject)?.and_then(Fact::wished),
            ordering_key: fact(ordering_key)?.and_then(Fact::wished),
            occurred_at: fact(occurred_at)?.and_then(Fact::wished),
        };
        Ok(Facts {
            found,
            id_is_signed,
            unsigned,
        })
    }
}

/// Looks every fact up of a body that comes in pieces, as [`Places::look_up`] does of a whole one.
#[derive(Debug)]
pub struct Lookup<'p> {
    places: &'p Places,
    scanner: Option<Box<Scanner>>,
    form: Vec<u8>,
}

impl Lookup<'_> {
    /// Takes the next piece of the body. What is wrong with it, [`finish`](Self::finish) tells.
    pub fn update(&mut self, piece: &[u8]) {
        if let Some(scanner) = &mut self.scanner {
            // It answers the same error to whatever follows.
            let _ = scanner.feed(piece);
        }
        if self.places.may_be_form {
            self.form.extend_from_slice(piece);
        }
    }

    /// The facts, now that the whole body has passed and is verified.
    ///
    /// # Errors
    /// [`FactProblem`].
    pub fn finish<B>(
        self,
        headers: &Headers,
        verified: &Verified<B>,
    ) -> Result<Facts, FactProblem> {
        let scalars = self
            .scanner
            .map_or(Ok(Vec::new()), |scanner| scanner.finish());
        self.places.facts(headers, &self.form, scalars, verified)
    }
}

/// What can be looked at of one delivery.
struct Look<'a> {
    headers: &'a Headers,
    /// The body, if it may be a form.
    form: &'a [u8],
    /// In the order in which the locations name them.
    scalars: std::vec::IntoIter<Option<Scalar>>,
    is_signed: &'a dyn Fn(&Location) -> bool,
}

/// What stands at a location.
enum Fact {
    Absent,
    /// A text, and whether the signature covers where it stands.
    Text(String, bool),
    /// An object or an array.
    Composite,
}

impl Look<'_> {
    fn at(&mut self, location: &Location) -> Result<Fact, FactProblem> {
        let is_signed = (self.is_signed)(location);
        let text =
            |text: Option<String>| text.map_or(Fact::Absent, |text| Fact::Text(text, is_signed));
        Ok(match location {
            Location::Header(name) => text(header(self.headers, name)?),
            Location::Json(_) => match self.scalars.next().flatten() {
                None | Some(Scalar::Null) => Fact::Absent,
                Some(Scalar::String(found) | Scalar::Number(found)) => text(Some(found)),
                Some(Scalar::Bool(value)) => text(Some(value.to_string())),
                Some(Scalar::Composite) => Fact::Composite,
            },
            Location::Form(name) => text(form_field(self.form, name)),
            Location::Literal(literal) => Fact::Text(literal.clone(), true),
            Location::Join(parts) => {
                let facts = self.each(parts)?;
                let all_there = facts.iter().all(Fact::is_there);
                let joined = facts.into_iter().reduce(Fact::dotted);
                joined.filter(|_| all_there).unwrap_or(Fact::Absent)
            }
            Location::First(parts) => {
                let mut facts = self.each(parts)?.into_iter();
                facts.find(Fact::is_there).unwrap_or(Fact::Absent)
            }
        })
    }

    /// Where one of several places holds the id, one that the signature covers goes
    /// first: a header that anyone can add must not hide it.
    fn id_at(&mut self, location: &Location) -> Result<Fact, FactProblem> {
        let Location::First(parts) = location else {
            return self.at(location);
        };
        let mut facts = self.each(parts)?;
        facts.retain(Fact::is_there);
        facts.sort_by_key(|fact| !matches!(fact, Fact::Text(_, true)));
        Ok(facts.into_iter().next().unwrap_or(Fact::Absent))
    }

    /// Every part, also those that nobody needs: each takes its own scalars.
    fn each(&mut self, parts: &[Location]) -> Result<Vec<Fact>, FactProblem> {
        parts.iter().map(|part| self.at(part)).collect()
    }
}

impl Fact {
    fn is_there(&self) -> bool {
        matches!(self, Self::Text(text, _) if !text.is_empty())
    }

    fn dotted(self, next: Self) -> Self {
        match (self, next) {
            (Self::Text(one, a), Self::Text(two, b)) => Self::Text(format!("{one}.{two}"), a && b),
            _ => Self::Absent,
        }
    }

    /// Of a fact without which there is no event.
    fn demanded(self) -> Result<Option<String>, FactProblem> {
        match self {
            Self::Text(text, _) => Ok(Some(text)),
            Self::Absent => Ok(None),
            Self::Composite => Err(FactProblem::NotScalar),
        }
    }

    /// Of a fact that may be absent: providers put an object where they expand
    /// what is an id otherwise.
    fn wished(self) -> Option<String> {
        match self {
            Self::Text(text, _) => Some(text),
            Self::Absent | Self::Composite => None,
        }
    }
}

/// Lengths stand before the texts, so that two pairs never read alike.
fn unsigned(id: Option<&Fact>, kind: Option<&Fact>) -> Option<String> {
    let text = |fact: Option<&Fact>| match fact {
        Some(Fact::Text(text, false)) if !text.is_empty() => Some(text.clone()),
        _ => None,
    };
    let (id, kind) = (text(id), text(kind));
    if id.is_none() && kind.is_none() {
        return None;
    }
    let (id, kind) = (id.unwrap_or_default(), kind.unwrap_or_default());
    let written = format!("{} {id} {} {kind}", id.len(), kind.len());
    let mut hex = hex::encode(digest(&SHA256, written.as_bytes()));
    hex.truncate(EventKey::SPLIT_DIGITS);
    Some(hex)
}

fn all(locations: &EventLocations) -> impl Iterator<Item = &Location> {
    let EventLocations {
        id,
        kind,
        subject,
        ordering_key,
        occurred_at,
    } = locations;
    [id, kind, subject, ordering_key, occurred_at]
        .into_iter()
        .flatten()
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
