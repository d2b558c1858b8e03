//! A part of a page that fetches itself again, and is left alone if it is as it was: then a
//! screen reader has nothing to read again.

use std::hash::{DefaultHasher, Hash, Hasher};

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use maud::Markup;

use crate::{address::Address, fields::Fields};

/// The name of the field that says what the page has.
const SEEN: &str = "seen";

/// What is inside of a live part.
pub(crate) struct Part {
    pub(crate) body: Markup,
    digest: String,
}

impl Part {
    pub(crate) fn new(body: Markup) -> Self {
        let mut hasher = DefaultHasher::new();
        body.0.hash(&mut hasher);
        Self {
            digest: format!("{:016x}", hasher.finish()),
            body,
        }
    }

    /// The address from which the part fetches itself again. It says what the page has.
    pub(crate) fn seen(&self, address: Address) -> Address {
        address.with(SEEN, &self.digest)
    }
}

/// The part, drawn, or 204 if the page has it already: htmx leaves the page alone then.
pub(crate) fn part_if_changed(
    asked: &Fields,
    part: &Part,
    draw: impl FnOnce(&Part) -> Markup,
) -> Response {
    if asked.one(SEEN) == Some(&part.digest) {
        return StatusCode::NO_CONTENT.into_response();
    }
    draw(part).into_response()
}
