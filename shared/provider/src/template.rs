//! A delivery with placeholders, which are filled each time it is sent.

use std::ops::Range;

use domain::{Location, Timestamp};
use serde_json::value::RawValue;
use signature::{Proof, TimestampFrom, TimestampUnit};

use crate::{
    Pairs, Provider, ProviderError, Sample,
    nonce::hex,
    placeholder::{Id, clock, spaces},
    span::{alternatives, scalar},
};

/// A delivery with placeholders.
pub struct DeliveryTemplate {
    headers: Vec<(String, Field)>,
    body: Vec<Piece>,
}

enum Field {
    Text(String),
    Id(Id),
}

enum Piece {
    Bytes(Vec<u8>),
    /// The event's id, as JSON.
    Id(Id),
    /// So many hex digits; these at first.
    Hex(String),
    /// When it is sent, by the scheme's clock.
    Clock(TimestampUnit),
    /// White space that says nothing.
    Spaces,
}

impl DeliveryTemplate {
    /// Finds the placeholders: the id, where it stands or may be put, the text that may vary, and
    /// the scheme's time where it stands in the body. Signed headers that are missing are made up.
    #[must_use]
    pub fn new(sample: Sample, provider: &Provider, nonce: u64) -> Self {
        let Sample {
            headers,
            fixed,
            body,
            vary,
        } = sample;
        let made_up = format!("coatcheck-{}", hex(nonce, 16));
        let text = str::from_utf8(&body).unwrap_or_default();
        let mut cuts: Vec<(Range<usize>, Piece)> = Vec::new();
        if let Proof::Signed(signed) = &provider.scheme().proof
            && let Some(spec) = &signed.timestamp
            && let TimestampFrom::Json(pointer) = &spec.from
            && let Some(range) = scalar(text, pointer)
        {
            cuts.push((range, Piece::Clock(spec.unit)));
        }
        let mut own: Vec<(String, Field)> = headers
            .into_iter()
            .filter(|(name, _)| !fixed.iter().any(|(have, _)| have == name))
            .map(|(name, value)| (name, Field::Text(value)))
            .collect();
        match id_place(provider, &own, &fixed, text) {
            Some(Place::Header(name)) => match own.iter_mut().find(|(have, _)| *have == name) {
                Some((_, field)) => {
                    if let Field::Text(value) = field {
                        *field = Field::Id(Id::of_text(value));
                    }
                }
                None => own.push((name, Field::Id(Id::of_text(&made_up)))),
            },
            Some(Place::Body(range)) => {
                let id = Id::of_json(text.get(range.clone()).unwrap_or_default());
                cuts.push((range, Piece::Id(id)));
            }
            Some(Place::Fixed) | None => {}
        }
        let vary = vary.unwrap_or_default();
        cuts.extend(
            occurrences(&body, vary.as_bytes()).map(|range| (range, Piece::Hex(vary.clone()))),
        );
        own.extend(
            fixed
                .into_iter()
                .map(|(name, value)| (name, Field::Text(value))),
        );
        let mut template = Self {
            headers: own,
            body: cut(&body, cuts),
        };
        let (given, _) = template.make(None, Timestamp::UNIX_EPOCH);
        let missing = provider.missing(&given).into_iter();
        template
            .headers
            .extend(missing.map(|name| (name, Field::Text(made_up.clone()))));
        template
    }

    /// Makes sure that two deliveries are two events.
    ///
    /// # Errors
    /// [`ProviderError::NotDistinct`].
    pub fn made_distinct(
        mut self,
        provider: &Provider,
        now: Timestamp,
    ) -> Result<Self, ProviderError> {
        if self.is_distinct(provider, now) {
            return Ok(self);
        }
        let (_, body) = self.make(None, now);
        let is_json = serde_json::from_slice::<&RawValue>(&body).is_ok();
        if is_json {
            self.body.push(Piece::Spaces);
            if self.is_distinct(provider, now) || provider.has_public_key() {
                return Ok(self);
            }
        }
        Err(ProviderError::NotDistinct)
    }

    /// A delivery, not yet signed. Without a nonce it is as it was given.
    #[must_use]
    pub fn make(&self, nonce: Option<u64>, now: Timestamp) -> (Pairs, Vec<u8>) {
        let headers = self.headers.iter().map(|(name, field)| {
            let value = match field {
                Field::Text(text) => text.clone(),
                Field::Id(id) => id.text(nonce),
            };
            (name.clone(), value)
        });
        let mut body = Vec::new();
        for piece in &self.body {
            match (piece, nonce) {
                (Piece::Bytes(bytes), _) => body.extend_from_slice(bytes),
                (Piece::Id(id), _) => body.extend_from_slice(id.json(nonce).as_bytes()),
                (Piece::Hex(first), None) => body.extend_from_slice(first.as_bytes()),
                (Piece::Hex(first), Some(nonce)) => {
                    body.extend_from_slice(hex(nonce, first.len()).as_bytes());
                }
                (Piece::Clock(unit), _) => {
                    body.extend_from_slice(clock(now, *unit).to_string().as_bytes());
                }
                (Piece::Spaces, None) => {}
                (Piece::Spaces, Some(nonce)) => body.extend(spaces(nonce)),
            }
        }
        (headers.collect(), body)
    }

    /// A delivery that its endpoint refuses is no event, so nothing has to be distinct.
    fn is_distinct(&self, provider: &Provider, now: Timestamp) -> bool {
        if provider.has_public_key() {
            let id = provider.locations().id.as_ref();
            return id.is_some_and(|id| provider.verifier().signs(id)) && self.has_id();
        }
        let event = |nonce| {
            let (headers, body) = self.make(Some(nonce), now);
            let headers = provider.sign(&headers, &body, now).ok()?;
            provider.rehearse(&headers, &body, now).ok()
        };
        match (event(0), event(1)) {
            (Some(one), Some(two)) => one.is_each_an_event || one.event.key != two.event.key,
            _ => true,
        }
    }

    fn has_id(&self) -> bool {
        let fields = self.headers.iter();
        let mut pieces = self.body.iter();
        fields
            .into_iter()
            .any(|(_, field)| matches!(field, Field::Id(_)))
            || pieces.any(|piece| matches!(piece, Piece::Id(_)))
    }
}

enum Place {
    Header(String),
    Body(Range<usize>),
    /// A person has said what stands there.
    Fixed,
}

/// Where the id is to be varied: where it decides now, else in a header that may hold it.
fn id_place(
    provider: &Provider,
    headers: &[(String, Field)],
    fixed: &Pairs,
    text: &str,
) -> Option<Place> {
    let places = alternatives(provider.locations().id.as_ref()?);
    let found = places.iter().filter_map(|location| {
        let (is_absent, place) = match location {
            Location::Header(name) if fixed.iter().any(|(have, _)| have == name) => {
                (false, Place::Fixed)
            }
            Location::Header(name) => {
                let is_there = headers.iter().any(|(have, _)| have == name);
                (!is_there, Place::Header(name.clone()))
            }
            Location::Json(pointer) => (false, Place::Body(scalar(text, pointer)?)),
            _ => return None,
        };
        Some((is_absent, !provider.verifier().signs(location), place))
    });
    let best = found.min_by_key(|(is_absent, is_unsigned, _)| (*is_absent, *is_unsigned));
    best.map(|(.., place)| place)
}

fn occurrences(body: &[u8], text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let length = text.len().max(1);
    let mut next = 0;
    body.windows(length)
        .enumerate()
        .filter_map(move |(at, window)| {
            let is_one = window == text && at >= next;
            if is_one {
                next = at + length;
            }
            is_one.then_some(at..at + length)
        })
}

/// The body, with pieces for these ranges; of two that overlap the first given stays.
fn cut(body: &[u8], cuts: Vec<(Range<usize>, Piece)>) -> Vec<Piece> {
    let mut apart: Vec<(Range<usize>, Piece)> = Vec::new();
    for (range, piece) in cuts {
        let overlaps =
            |(have, _): &(Range<usize>, Piece)| range.start < have.end && have.start < range.end;
        if !apart.iter().any(overlaps) {
            apart.push((range, piece));
        }
    }
    apart.sort_by_key(|(range, _)| range.start);
    let mut pieces = Vec::new();
    let mut done = 0;
    for (range, piece) in apart {
        pieces.push(Piece::Bytes(
            body.get(done..range.start).unwrap_or_default().to_vec(),
        ));
        pieces.push(piece);
        done = range.end;
    }
    pieces.push(Piece::Bytes(body.get(done..).unwrap_or_default().to_vec()));
    pieces
}
