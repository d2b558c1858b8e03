use std::{fmt, num::NonZeroU32};

use crate::{Dedupe, Digest, EventKey, Timestamp, parse_time};

/// A fact about an event, for error codes and logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The event id.
    Id,
    /// The event type.
    Type,
    /// The subject.
    Subject,
    /// The ordering key.
    OrderingKey,
    /// The provider's time.
    OccurredAt,
}

impl Field {
    /// Whether an event can hold this text as that fact.
    #[must_use]
    pub fn fits(self, text: &str) -> bool {
        text.len() <= self.max_bytes() && is_text(text)
    }

    /// The most bytes it may have. Together they fit the 2 KB that S3 gives an
    /// object's metadata, and the 1,024 bytes of a DynamoDB sort key.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html>
    const fn max_bytes(self) -> usize {
        match self {
            Self::Type => 128,
            _ => 256,
        }
    }

    /// Its name in codes and logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Type => "type",
            Self::Subject => "subject",
            Self::OrderingKey => "ordering_key",
            Self::OccurredAt => "occurred_at",
        }
    }
}

/// Whether a `CloudEvent` can hold this text.
pub(crate) fn is_text(text: &str) -> bool {
    let mut characters = text.chars();
    !characters.any(|character| character.is_control() || is_noncharacter(character))
}

/// What no text of a `CloudEvent` may hold, besides control characters.
/// <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#type-system>
fn is_noncharacter(character: char) -> bool {
    let code = u32::from(character);
    (0xfdd0..=0xfdef).contains(&code) || code & 0xfffe == 0xfffe
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The delivery lacks a required fact or has a bad one: reject it, a retry cannot help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityProblem {
    /// The fact is missing where the endpoint says it is.
    #[error("the event's {0} is missing")]
    Missing(Field),
    /// Longer than the stores allow.
    #[error("the event's {0} is longer than {max} bytes", max = .0.max_bytes())]
    TooLong(Field),
    /// Holds a control character.
    #[error("the event's {0} holds a control character")]
    Invalid(Field),
}

impl IdentityProblem {
    /// The stable code for responses and metrics, for instance `id_missing`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            // Only the type and the id are required.
            Self::Missing(Field::Type) => "type_missing",
            Self::Missing(_) => "id_missing",
            Self::TooLong(Field::Type) => "type_too_long",
            Self::TooLong(_) => "id_too_long",
            Self::Invalid(Field::Type) => "type_invalid",
            Self::Invalid(_) => "id_invalid",
        }
    }
}

/// What was found at the endpoint's locations, as text, not yet judged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFields {
    /// The event id: outer `None` where the endpoint has no location for it.
    pub id: Option<Option<String>>,
    /// The event type, likewise.
    pub kind: Option<Option<String>>,
    /// The subject.
    pub subject: Option<String>,
    /// The ordering key.
    pub ordering_key: Option<String>,
    /// The provider's time.
    pub occurred_at: Option<String>,
}

/// What names an event, according to its endpoint and its scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Naming<'a> {
    /// The endpoint's choice.
    pub dedupe: Dedupe,
    /// For how many seconds equal bytes are one event; `None`: for as long as its pointer is kept.
    /// An id that decides has no window; attributes that decide have one.
    pub window_s: Option<NonZeroU32>,
    /// Whether the signature covers the place where the id is, or should be. An id that
    /// decides nothing may be missing.
    pub id_is_signed: bool,
    /// Hex digits that distinguish events of the same bytes; left out under [`Dedupe::Bytes`].
    pub unsigned: Option<&'a str>,
    /// What names the event under [`Dedupe::Attributes`]: the names of its attributes, in order,
    /// with their texts. `None` if one of them is missing; then [`Dedupe::Auto`] applies.
    pub attributes: Option<&'a [(&'a str, &'a str)]>,
}

impl Naming<'_> {
    /// Whether the id alone names the event.
    #[must_use]
    pub fn id_decides(&self) -> bool {
        self.id_is_signed || self.dedupe == Dedupe::Id
    }

    /// The attributes that name the event.
    fn deciding(&self) -> Option<&[(&str, &str)]> {
        let all = self.attributes.filter(|all| !all.is_empty());
        all.filter(|_| self.dedupe == Dedupe::Attributes)
    }

    fn of_digest(&self, digest: Digest, received_at: Timestamp) -> EventKey {
        let unsigned = self.unsigned.filter(|_| self.dedupe != Dedupe::Bytes);
        self.windowed(EventKey::of_digest(digest, unsigned), received_at)
    }

    fn windowed(&self, key: EventKey, received_at: Timestamp) -> EventKey {
        match self.window_s {
            Some(window_s) => key.within(window_s, received_at),
            None => key,
        }
    }
}

/// The event that a delivery reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventIdentity {
    /// What identifies it within its endpoint.
    pub key: EventKey,
    /// The provider's id, or the key if there is none.
    pub id: String,
    /// What kind of event it is.
    pub kind: String,
    /// What it is about; the ordering key if nothing else says; else empty.
    pub subject: String,
    /// What orders it, if anything.
    pub ordering_key: Option<String>,
    /// The provider's time, or ours if it gives none that can be read.
    pub occurred_at: Timestamp,
}

impl EventIdentity {
    /// The type of an event whose endpoint has no location for one.
    pub const UNTYPED: &'static str = "event";

    /// The subject that processors get: the id if there is none. `CloudEvents` allows no empty
    /// subject, and a pipe's template cannot leave a member out. The id keeps such events apart
    /// for anyone who groups by subject.
    /// <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#subject>
    #[must_use]
    pub fn shown_subject(&self) -> &str {
        if self.subject.is_empty() {
            &self.id
        } else {
            &self.subject
        }
    }

    /// Judges what was found.
    ///
    /// `signed_digest`: the SHA-256 of the signed bytes, computed only if it decides.
    ///
    /// # Errors
    /// [`IdentityProblem`] for an id or type that is required and missing, too long,
    /// or holds control characters.
    pub fn identify(
        found: EventFields,
        naming: &Naming<'_>,
        signed_digest: impl FnOnce() -> Digest,
        received_at: Timestamp,
    ) -> Result<Self, IdentityProblem> {
        let id_decides = naming.id_decides();
        let id = match demand(found.id, Field::Id) {
            Err(_) if !id_decides => None,
            other => other?,
        };
        let kind = demand(found.kind, Field::Type)?.unwrap_or_else(|| Self::UNTYPED.to_owned());
        let optional = |fact: Option<String>, field: Field| {
            fact.filter(|text| !text.is_empty() && field.fits(text))
        };
        let ordering_key = optional(found.ordering_key, Field::OrderingKey);
        let subject = optional(found.subject, Field::Subject)
            .or_else(|| ordering_key.clone())
            .unwrap_or_default();
        let key = match (naming.deciding(), &id) {
            (Some(attributes), _) => {
                let key = EventKey::of_attributes(&kind, attributes.iter().copied());
                naming.windowed(key, received_at)
            }
            (None, Some(id)) if id_decides => EventKey::from_stored(id.clone()),
            _ => naming.of_digest(signed_digest(), received_at),
        };
        Ok(Self {
            id: id.unwrap_or_else(|| key.as_str().to_owned()),
            key,
            kind,
            subject,
            ordering_key,
            occurred_at: found
                .occurred_at
                .as_deref()
                .and_then(parse_time)
                .unwrap_or(received_at),
        })
    }
}

/// A fact that must be present if the endpoint has a location for it.
fn demand(found: Option<Option<String>>, field: Field) -> Result<Option<String>, IdentityProblem> {
    match found {
        None => Ok(None),
        Some(value) => match fit(value, field)? {
            Some(text) if !text.is_empty() => Ok(Some(text)),
            _ => Err(IdentityProblem::Missing(field)),
        },
    }
}

fn fit(value: Option<String>, field: Field) -> Result<Option<String>, IdentityProblem> {
    match value {
        Some(text) if text.len() > field.max_bytes() => Err(IdentityProblem::TooLong(field)),
        Some(text) if text.chars().any(char::is_control) => Err(IdentityProblem::Invalid(field)),
        other => Ok(other),
    }
}

#[cfg(test)]
mod tests;
