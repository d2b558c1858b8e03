//! The facts about an event, looked up in a verified delivery.

mod attributes;
mod look;
mod problem;

use domain::{
    Attributes, Dedupe, Digest, EventFields, EventKey, EventLocations, Field, Headers, LeftOut,
    Location,
};
use scan::{JsonPointer, Scalar};

use self::look::{Fact, Look};
pub use self::{attributes::AttributePlaces, problem::FactProblem};
use crate::{SchemeError, Verified, compile};

/// Where an event's facts are, ready to be looked up in one pass.
#[derive(Debug, Clone)]
pub struct Places {
    locations: EventLocations,
    /// Those of the facts, then those of the attributes.
    pointers: Vec<JsonPointer>,
    attributes: AttributePlaces,
    /// Whether the body may be a form, and so no JSON.
    may_be_form: bool,
    dedupe: Dedupe,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The facts, unjudged.
    pub found: EventFields,
    /// The optional facts that are there and cannot be used. None of them is in `found`.
    pub left_out: Vec<Field>,
    /// Whether the id was where the signature covers it, or should have been there.
    pub id_is_signed: bool,
    /// 32 hex digits of the SHA-256 of the id and the type as they are in headers that
    /// the signature does not cover: what tells events apart whose signed bytes are the
    /// same. `None` where there is neither, or where the signature leaves the body open, for
    /// then a captured one could bring another body under another id.
    pub unsigned: Option<String>,
    /// What the endpoint keeps besides.
    pub kept: Attributes,
    /// How much of that could not be kept.
    pub unkept: LeftOut,
}

impl Places {
    /// Makes locations ready. `dedupe`: what names the event, and so whether an id is needed
    /// that is not signed.
    ///
    /// # Errors
    /// [`SchemeError::Rule`] naming the field.
    pub fn new(locations: EventLocations, dedupe: Dedupe) -> Result<Self, SchemeError> {
        compile::check_event(&locations)?;
        let simple = || all(&locations).flat_map(Location::simple);
        let pointers = simple()
            .filter_map(|location| match location {
                Location::Json(pointer) => JsonPointer::parse(pointer).ok(),
                _ => None,
            })
            .collect();
        let may_be_form = simple().any(|location| matches!(location, Location::Form(_)));
        Ok(Self {
            locations,
            pointers,
            attributes: AttributePlaces::default(),
            may_be_form,
            dedupe,
        })
    }

    /// The same, and the attributes of these places, in the same pass.
    #[must_use]
    pub fn keeping(mut self, attributes: AttributePlaces) -> Self {
        self.pointers.extend_from_slice(attributes.pointers());
        self.attributes = attributes;
        self
    }

    /// Looks every fact up. The body has to be sound JSON only if a fact that the event needs
    /// is there and nowhere else: the type, or the id where it names the event.
    ///
    /// # Errors
    /// [`FactProblem`].
    pub fn look_up<B: AsRef<[u8]>>(
        &self,
        headers: &Headers,
        verified: &Verified<B>,
    ) -> Result<Facts, FactProblem> {
        let scalars = match &self.pointers[..] {
            [] => Ok(Vec::new()),
            pointers => scan::scan(verified.body(), pointers),
        };
        let facts = self.pointers.len() - self.attributes.pointers().len();
        let (scalars, of_attributes) = match scalars {
            Ok(mut scalars) => {
                let of_attributes = scalars.split_off(facts);
                (scalars, Some(of_attributes))
            }
            Err(problem) => {
                let found = (!self.may_be_form).then_some(Scalar::Unusable(problem));
                (vec![found; facts], None)
            }
        };
        let (kept, unkept) = self.attributes.keep(headers, of_attributes);
        let mut look = Look {
            headers,
            form: verified.body(),
            scalars: scalars.into_iter(),
            is_signed: &|location| verified.is_signed(location),
            met_unusable: false,
        };
        let mut left_out = Vec::new();
        let EventLocations {
            id: place,
            kind,
            subject,
            ordering_key,
            occurred_at,
        } = &self.locations;
        let id = place.as_ref().map(|place| look.id_at(place));
        let id_is_signed = match &id {
            Some(Fact::Text(_, is_signed)) => *is_signed,
            _ => place
                .as_ref()
                .is_some_and(|place| verified.is_signed(place)),
        };
        let id_is_needed = id_is_signed || self.dedupe == Dedupe::Id;
        let id_fits = match &id {
            Some(Fact::Text(text, _)) => Field::Id.fits(text),
            _ => true,
        };
        if (look.took_unusable() || !id_fits) && !id_is_needed {
            left_out.push(Field::Id);
        }
        let kind = kind.as_ref().map(|place| look.at(place));
        if look.took_unusable() {
            left_out.push(Field::Type);
        }
        let unsigned = if verified.signs_the_body() {
            unsigned(id.as_ref(), kind.as_ref())
        } else {
            None
        };
        let mut wished = |field: Field, place: &Option<Location>| {
            let text = place.as_ref().and_then(|place| look.at(place).wished());
            let text = text.map(|text| match field {
                // Its digest orders as well as the text does.
                Field::OrderingKey if !field.fits(&text) => Digest::of(text).to_string(),
                _ => text,
            });
            let fits = text.as_ref().is_none_or(|text| field.fits(text));
            if look.took_unusable() || !fits {
                left_out.push(field);
            }
            text.filter(|_| fits)
        };
        let found = EventFields {
            subject: wished(Field::Subject, subject),
            ordering_key: wished(Field::OrderingKey, ordering_key),
            occurred_at: wished(Field::OccurredAt, occurred_at),
            id: id
                .map(|id| {
                    if id_is_needed {
                        id.demanded()
                    } else {
                        Ok(id.wished())
                    }
                })
                .transpose()?,
            kind: kind.map(Fact::demanded).transpose()?,
        };
        Ok(Facts {
            found,
            left_out,
            id_is_signed,
            unsigned,
            kept,
            unkept,
        })
    }

    /// The headers that facts may be in.
    pub fn headers(&self) -> impl Iterator<Item = &str> {
        let simple = all(&self.locations).flat_map(Location::simple);
        simple.filter_map(|location| match location {
            Location::Header(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// The headers that attributes are in.
    pub fn attribute_headers(&self) -> impl Iterator<Item = &str> {
        self.attributes.headers()
    }
}

/// Lengths come before the texts, so that two pairs never read alike.
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
    let mut hex = Digest::of(written).to_string();
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
