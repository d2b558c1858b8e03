//! The rules that a scheme has to keep before it may judge anything.

mod event;
mod jwt;
mod message;
mod names;
mod signature;

use self::names::{check_names, check_param};
pub(crate) use self::{
    event::check_event,
    jwt::{check_jwt, unfinished},
    message::check_message,
    names::{check_header, check_pointer},
};
use crate::{
    Algorithm, KeyDecode, KeySpec, Part, Proof, Scheme, SchemeError, SignedScheme, TimestampFrom,
    TokenScheme, content::is_clock,
};

/// Seconds. The longest window a provider is known to ask for is two days.
const MAX_WINDOW_S: u32 = 7 * 24 * 3600;

pub(crate) fn check(scheme: &SignedScheme) -> Result<(), SchemeError> {
    signature::check(&scheme.signature)?;
    check_key(&scheme.key, scheme.algorithm)?;
    check_content(scheme)?;
    check_timestamp(scheme)
}

/// What does not depend on the kind.
pub(crate) fn check_common(scheme: &Scheme) -> Result<(), SchemeError> {
    if scheme.also_basic && !matches!(scheme.proof, Proof::Signed(_)) {
        return Err(SchemeError::rule(
            "also_require",
            "only a signature can be joined by credentials",
            "leave it out, or use kind basic alone",
        ));
    }
    Ok(())
}

pub(crate) fn check_token(scheme: &TokenScheme) -> Result<(), SchemeError> {
    check_header("header", &scheme.header)?;
    if scheme.prefix.as_deref() == Some("") {
        return Err(SchemeError::rule("prefix", "empty", "leave it out"));
    }
    Ok(())
}

pub(crate) fn check_window(field: &'static str, seconds: u32) -> Result<(), SchemeError> {
    if (1..=MAX_WINDOW_S).contains(&seconds) {
        return Ok(());
    }
    Err(SchemeError::rule(
        field,
        format!("not between 1 and {MAX_WINDOW_S}"),
        "300 suits most providers",
    ))
}

fn check_key(key: &KeySpec, algorithm: Algorithm) -> Result<(), SchemeError> {
    if algorithm.mac().is_none() && key.decode == KeyDecode::Utf8 {
        return Err(SchemeError::rule(
            "key.decode",
            "a public key is bytes, not text",
            "use base64 or hex, as the provider shows it",
        ));
    }
    if key.strip_prefix.as_deref() == Some("") {
        return Err(SchemeError::rule(
            "key.strip_prefix",
            "empty",
            "leave it out",
        ));
    }
    if algorithm.mac().is_none() && key.min_bytes.is_some() {
        return Err(SchemeError::rule(
            "key.min_bytes",
            "a public key has one length",
            "leave it out",
        ));
    }
    if key.min_bytes == Some(0) {
        return Err(SchemeError::rule(
            "key.min_bytes",
            "zero would let an empty key pass",
            "use 16 or more",
        ));
    }
    Ok(())
}

fn check_content(scheme: &SignedScheme) -> Result<(), SchemeError> {
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
            _ => {}
        }
    }
    // Without a literal between them, only a part of fixed form keeps the boundary.
    let is_fixed = |part: &Part| {
        !matches!(part, Part::Header(_) | Part::Param(_) | Part::Body(_))
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

fn check_timestamp(scheme: &SignedScheme) -> Result<(), SchemeError> {
    const FIELD: &str = "timestamp.from";
    let Some(spec) = &scheme.timestamp else {
        return Ok(());
    };
    match &spec.from {
        TimestampFrom::Header(names) => check_names(FIELD, names, &scheme.signature)?,
        TimestampFrom::Param(name) => check_param(FIELD, name, &scheme.signature)?,
        TimestampFrom::Json(pointer) => check_pointer(FIELD, pointer)?,
    }
    check_window("timestamp.max_age_s", spec.max_age_s)?;
    check_window("timestamp.max_future_s", spec.max_future_s)
}
