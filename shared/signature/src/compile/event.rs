//! Where the facts about an event may be.

use domain::{EventLocations, Location};

use super::names::{check_header, check_pointer};
use crate::SchemeError;

pub(crate) fn check_event(event: &EventLocations) -> Result<(), SchemeError> {
    let fields = [
        ("event.id", &event.id),
        ("event.type", &event.kind),
        ("event.subject", &event.subject),
        ("event.ordering_key", &event.ordering_key),
        ("event.occurred_at", &event.occurred_at),
    ];
    for (field, location) in fields {
        if let Some(location) = location {
            check(field, location)?;
        }
    }
    Ok(())
}

fn check(field: &'static str, location: &Location) -> Result<(), SchemeError> {
    match location {
        Location::Header(name) => check_header(field, name),
        Location::Json(pointer) => check_pointer(field, pointer),
        Location::Form(name) if name.is_empty() => Err(SchemeError::rule(
            field,
            "a form's field has a name",
            "name it",
        )),
        Location::Form(_) | Location::Literal(_) => Ok(()),
        Location::Join(parts) => {
            let nests = |part: &Location| matches!(part, Location::Join(_) | Location::First(_));
            check_list(field, parts, 4, nests)
        }
        Location::First(parts) => {
            check_list(field, parts, 8, |part| matches!(part, Location::First(_)))
        }
    }
}

fn check_list(
    field: &'static str,
    parts: &[Location],
    max: usize,
    nests: impl Fn(&Location) -> bool,
) -> Result<(), SchemeError> {
    if !(2..=max).contains(&parts.len()) {
        return Err(SchemeError::rule(
            field,
            format!("a list of {} places", parts.len()),
            "join takes 2 to 4 places, first 2 to 8",
        ));
    }
    if parts.iter().any(nests) {
        return Err(SchemeError::rule(
            field,
            "lists of places are nested",
            "only a join may be inside a first",
        ));
    }
    parts.iter().try_for_each(|part| check(field, part))
}
