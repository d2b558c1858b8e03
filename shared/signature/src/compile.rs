//! The rules that a scheme has to keep before it may judge anything.

mod names;
mod signature;

use domain::Location;

use self::names::{check_header, check_names, check_param, check_pointer};
use crate::{Hash, HmacScheme, Part, SchemeError, TimestampFrom, content::is_clock};

/// Seconds. The longest window a provider is known to ask for is two days.
const MAX_WINDOW_S: u32 = 7 * 24 * 3600;

pub(crate) fn check(scheme: &HmacScheme) -> Result<(), SchemeError> {
    check_hash(scheme)?;
    signature::check(&scheme.signature)?;
    check_key(scheme)?;
    check_content(scheme)?;
    check_timestamp(scheme)?;
    check_event(scheme)
}

fn check_hash(scheme: &HmacScheme) -> Result<(), SchemeError> {
    match (scheme.hash, scheme.allow_sha1) {
        (Hash::Sha1, false) => Err(SchemeError::rule(
            "hash",
            "sha1 is broken as a hash and refused by default",
            "ask the provider for sha256, or set allow_sha1 to true",
        )),
        (Hash::Sha256 | Hash::Sha512, true) => Err(SchemeError::rule(
            "allow_sha1",
            "the hash is not sha1",
            "leave allow_sha1 out",
        )),
        _ => Ok(()),
    }
}

fn check_key(scheme: &HmacScheme) -> Result<(), SchemeError> {
    if scheme.key.strip_prefix.as_deref() == Some("") {
        return Err(SchemeError::rule(
            "key.strip_prefix",
            "empty",
            "leave it out",
        ));
    }
    if scheme.key.min_bytes == 0 {
        return Err(SchemeError::rule(
            "key.min_bytes",
            "zero would let an empty key pass",
            "use 16 or more",
        ));
    }
    Ok(())
}

fn check_content(scheme: &HmacScheme) -> Result<(), SchemeError> {
    const FIELD: &str = "content";
    let is_body = |part: &&Part| matches!(part, Part::Body(_) | Part::BodySha256Hex(_));
    if scheme.content.iter().filter(is_body).count() != 1 {
        let problem = "the body must be signed, once";
        return Err(SchemeError::rule(
            FIELD,
            problem,
            "write one of {\"body\":true} and {\"body_sha256_hex\":true}",
        ));
    }
    for part in &scheme.content {
        match part {
            Part::Lit(text) if text.is_empty() => {
                return Err(SchemeError::rule(FIELD, "an empty lit", "leave it out"));
            }
            Part::Header(names) => check_names(FIELD, names, &scheme.signature)?,
            Part::Param(name) => check_param(FIELD, name, &scheme.signature)?,
            Part::Lit(_) | Part::Body(_) | Part::BodySha256Hex(_) => {}
        }
    }
    // Without a literal between them, only a part of fixed form keeps the boundary.
    let is_fixed = |part: &Part| {
        matches!(part, Part::Lit(_) | Part::BodySha256Hex(_))
            || is_clock(part, scheme.timestamp.as_ref())
    };
    for pair in scheme.content.windows(2) {
        if !pair.iter().any(is_fixed) {
            return Err(SchemeError::rule(
                FIELD,
                "two parts of any length touch, so bytes could move from one to the other under the same signature",
                "put the provider's literal between them, or name the one that is the timestamp under timestamp.from",
            ));
        }
    }
    Ok(())
}

fn check_timestamp(scheme: &HmacScheme) -> Result<(), SchemeError> {
    const FIELD: &str = "timestamp.from";
    let Some(spec) = &scheme.timestamp else {
        return Ok(());
    };
    match &spec.from {
        TimestampFrom::Header(names) => check_names(FIELD, names, &scheme.signature)?,
        TimestampFrom::Param(name) => check_param(FIELD, name, &scheme.signature)?,
        TimestampFrom::Json(pointer) => check_pointer(FIELD, pointer)?,
    }
    for (field, window) in [
        ("timestamp.max_age_s", spec.max_age_s),
        ("timestamp.max_future_s", spec.max_future_s),
    ] {
        if !(1..=MAX_WINDOW_S).contains(&window) {
            return Err(SchemeError::rule(
                field,
                format!("not between 1 and {MAX_WINDOW_S}"),
                "300 suits most providers",
            ));
        }
    }
    Ok(())
}

fn check_event(scheme: &HmacScheme) -> Result<(), SchemeError> {
    let event = &scheme.event;
    let fields = [
        ("event.id", &event.id),
        ("event.type", &event.kind),
        ("event.subject", &event.subject),
        ("event.ordering_key", &event.ordering_key),
        ("event.occurred_at", &event.occurred_at),
    ];
    for (field, location) in fields {
        match location {
            Some(Location::Header(name)) => check_header(field, name)?,
            Some(Location::Json(pointer)) => check_pointer(field, pointer)?,
            Some(Location::Literal(_)) | None => {}
        }
    }
    Ok(())
}
