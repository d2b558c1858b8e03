//! Events: what was received, what happened to each, and their payloads.

mod budget;
mod condition;
mod cursor;
mod details;
mod find;
mod having;
mod headers;
mod page;
mod payload;
mod query;
mod search;
mod states;
mod tail;
mod timeline;
mod verify;
mod way;

use aws::Image;
pub use aws::operator::Record;
use domain::{DataRef, ERASED_AT, Ref};

pub use self::{
    budget::Budget,
    condition::Condition,
    cursor::{Cursor, Direction},
    details::{EventDetails, details, outcome},
    find::{FoundEvents, find_text},
    having::Lookup,
    headers::{HeaderLookup, kept_headers},
    page::{EventPage, count_newer, page},
    payload::{Excerpt, Redeemed, excerpt, redeem},
    query::{Query, check_kind, check_span},
    search::{ListedEvent, Search},
    states::{EventState, StateFilter, states},
    tail::Tail,
    timeline::Looked,
    verify::{Reverification, verify},
    way::{Step, Way, way},
};
pub(crate) use self::{
    having::Having,
    headers::read_headers,
    payload::gone,
    timeline::{Index, Timeline},
};
use crate::{Problem, Result, Stack};

/// The pointer of an event, if it has one; or its tombstone, if it was erased.
pub async fn find(stack: &Stack, reference: &Ref) -> Result<Option<Image>> {
    Ok(stack.pointers().get(reference).await?)
}

/// The pointer of an event; an error if it has none.
pub async fn pointer(stack: &Stack, reference: &Ref) -> Result<Image> {
    let found = find(stack, reference).await?;
    if let Some(at) = found.as_ref().and_then(|image| image.get(ERASED_AT)) {
        return Err(Problem::NotFound(format!(
            "the event {reference} was erased at {at}: nothing of it is left but its name"
        )));
    }
    found.ok_or_else(|| {
        Problem::NotFound(format!(
            "no event {reference}: it was never received, or its pointer has expired \
             ({} days). `coatcheck events ls` lists the events",
            stack.description.pointer_days(&reference.endpoint)
        ))
    })
}

/// An attribute that every pointer has.
pub(crate) fn attribute<'a>(pointer: &'a Image, name: &str) -> Result<&'a str> {
    let value = pointer.get(name).map(String::as_str);
    value.ok_or_else(|| Problem::Refused(format!("the pointer has no attribute {name}")))
}

/// Where the payload of a pointer is.
pub(crate) fn dataref(pointer: &Image) -> Result<DataRef> {
    DataRef::of_image(pointer)
        .map_err(|name| Problem::Refused(format!("the pointer has no usable attribute {name}")))
}

/// An event of the index, for tests.
#[cfg(test)]
pub(crate) fn listed(reference: &str, received_at: &str) -> aws::Listed {
    aws::Listed {
        reference: reference.parse().unwrap(),
        id: String::new(),
        kind: "push".to_owned(),
        subject: String::new(),
        size: 1,
        received_at: received_at.parse().unwrap(),
        request_id: None,
    }
}
