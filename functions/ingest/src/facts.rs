use domain::{EventLocations, Found, Headers, Location};
use scan::{Pointer, Scalar};

use crate::refusal::Refusal;

/// Where an endpoint's facts stand, ready to be looked up in one pass.
pub(crate) struct Places {
    locations: EventLocations,
    pointers: Vec<Pointer>,
}

impl Places {
    pub(crate) fn new(locations: EventLocations) -> Result<Self, Refusal> {
        let pointers = all(&locations)
            .filter_map(|location| match location {
                Location::Json(pointer) => Some(Pointer::parse(pointer)),
                _ => None,
            })
            .collect::<Result<_, _>>()
            .map_err(Refusal::misconfigured)?;
        Ok(Self {
            locations,
            pointers,
        })
    }

    /// The locations themselves.
    pub(crate) fn locations(&self) -> &EventLocations {
        &self.locations
    }

    /// Looks every fact up. The body is read as JSON only if a fact stands in it;
    /// it must then be sound JSON as a whole.
    pub(crate) fn look_up(&self, headers: &Headers, body: &[u8]) -> Result<Found, Refusal> {
        let scalars = if self.pointers.is_empty() {
            Vec::new()
        } else {
            scan::scan(body, &self.pointers)?
        };
        // Scalars come in the order in which `all` gives their locations.
        let mut scalars = scalars.into_iter();
        let mut fact = |location: &Option<Location>| -> Result<Option<Fact>, Refusal> {
            location
                .as_ref()
                .map(|location| match location {
                    Location::Header(name) => header(headers, name).map(Fact::Text),
                    Location::Json(_) => Ok(scalars
                        .next()
                        .flatten()
                        .map_or(Fact::Text(None), Fact::from)),
                    Location::Literal(text) => Ok(Fact::Text(Some(text.clone()))),
                })
                .transpose()
        };
        let EventLocations {
            id,
            kind,
            subject,
            ordering_key,
            occurred_at,
        } = &self.locations;
        Ok(Found {
            id: fact(id)?.map(Fact::demanded).transpose()?,
            kind: fact(kind)?.map(Fact::demanded).transpose()?,
            subject: fact(subject)?.and_then(Fact::wished),
            ordering_key: fact(ordering_key)?.and_then(Fact::wished),
            occurred_at: fact(occurred_at)?.and_then(Fact::wished),
        })
    }
}

/// What stands at a location.
enum Fact {
    Text(Option<String>),
    /// An object or an array.
    Composite,
}

impl Fact {
    /// Of a fact without which there is no event.
    fn demanded(self) -> Result<Option<String>, Refusal> {
        match self {
            Self::Text(text) => Ok(text),
            Self::Composite => Err(Refusal::malformed(
                "json_not_scalar",
                "an object or array stands where the event's id or type should",
            )),
        }
    }

    /// Of a fact that may be absent: providers put an object where they expand
    /// what is an id otherwise.
    fn wished(self) -> Option<String> {
        match self {
            Self::Text(text) => text,
            Self::Composite => None,
        }
    }
}

impl From<Scalar> for Fact {
    fn from(scalar: Scalar) -> Self {
        match scalar {
            Scalar::String(text) | Scalar::Number(text) => Self::Text(Some(text)),
            Scalar::Bool(value) => Self::Text(Some(value.to_string())),
            Scalar::Null => Self::Text(None),
            Scalar::Composite => Self::Composite,
        }
    }
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

fn header(headers: &Headers, name: &str) -> Result<Option<String>, Refusal> {
    let value = headers.one(name).map_err(|_| {
        Refusal::malformed("header_repeated", format!("the header {name} is repeated"))
    })?;
    match value {
        Some(value) if !value.is_ascii() => Err(Refusal::malformed(
            "header_not_ascii",
            format!("the header {name} is not ASCII"),
        )),
        other => Ok(other.map(str::to_owned)),
    }
}
