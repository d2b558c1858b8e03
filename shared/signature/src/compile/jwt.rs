//! The rules of `"kind": "jwt"`.

use serde_json::Value;

use super::{check_header, check_window};
use crate::{JwtScheme, SchemeError};

/// Clocks are not further apart where anyone looks after them. A token counts for so much longer.
const MAX_TOLERANCE_S: u32 = 300;

/// What the engine judges by itself. A rule beside it could only contradict.
const JUDGED: [&str; 6] = ["iss", "aud", "exp", "nbf", "iat", "scope"];

/// Whether it can judge, as far as it is written: what each endpoint must say may be missing.
pub(crate) fn check_jwt(scheme: &JwtScheme) -> Result<(), SchemeError> {
    check_header("header", &scheme.header)?;
    let filled = |text: &Option<String>| text.as_deref() != Some("");
    for (field, is_good) in [
        ("prefix", filled(&scheme.prefix)),
        ("typ", filled(&scheme.typ)),
        ("body_sha256", filled(&scheme.body_sha256)),
    ] {
        if !is_good {
            return Err(SchemeError::rule(field, "empty", "leave it out"));
        }
    }
    // RFC 6749, section 3.3.
    let is_of_scope = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\');
    let is_one_word = |text: &str| !text.is_empty() && text.bytes().all(is_of_scope);
    if scheme
        .scope
        .as_deref()
        .is_some_and(|word| !is_one_word(word))
    {
        return Err(SchemeError::rule(
            "scope",
            "not one word",
            "write the one scope that a sender needs",
        ));
    }
    for (field, texts) in [("issuer", &scheme.issuer), ("audience", &scheme.audience)] {
        if texts.iter().any(String::is_empty) {
            return Err(SchemeError::rule(
                field,
                "an empty text",
                "write what the token has, byte for byte",
            ));
        }
    }
    let mut algorithms = scheme.algorithms.clone();
    algorithms.sort_unstable();
    algorithms.dedup();
    if algorithms.is_empty() || algorithms.len() != scheme.algorithms.len() {
        return Err(SchemeError::rule(
            "algorithms",
            "empty, or one is listed twice",
            "list those that the issuer signs with, of RS256, PS256, ES256 and EdDSA",
        ));
    }
    check_claims(scheme)?;
    if scheme.tolerance_s > MAX_TOLERANCE_S {
        return Err(SchemeError::rule(
            "tolerance_s",
            format!("more than {MAX_TOLERANCE_S}"),
            "60 suits most issuers",
        ));
    }
    if let Some(seconds) = scheme.max_age_s {
        check_window("max_age_s", seconds)?;
    }
    match scheme.key_set_url() {
        Some(url) if !is_https(url) => Err(SchemeError::rule(
            "jwks_url",
            "not an https URL",
            "write the issuer's jwks_uri, or \"none\" if you put the keys into the secret",
        )),
        _ => Ok(()),
    }
}

fn check_claims(scheme: &JwtScheme) -> Result<(), SchemeError> {
    const FIELD: &str = "claims";
    for (name, wanted) in &scheme.claims {
        if name.is_empty() || JUDGED.contains(&name.as_str()) {
            return Err(SchemeError::rule(
                FIELD,
                format!("{name:?} is judged by itself"),
                "use issuer, audience, scope, tolerance_s and max_age_s for it",
            ));
        }
        let is_plain =
            |value: &Value| matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_));
        if wanted.is_empty() || !wanted.iter().all(is_plain) {
            return Err(SchemeError::rule(
                FIELD,
                format!("{name:?} has no value that a claim could be equal to"),
                "write a text, a number, true or false, or a list of these",
            ));
        }
    }
    let own = &scheme.endpoint_claims;
    if own
        .iter()
        .any(|name| name.is_empty() || JUDGED.contains(&name.as_str()))
    {
        return Err(SchemeError::rule(
            "endpoint_claims",
            "names a claim that is judged by itself, or none",
            "name other claims, whose values each endpoint says under jwt.claims",
        ));
    }
    Ok(())
}

/// What is missing before a token could be accepted. A verifier that lacks it accepts none.
pub(crate) fn unfinished(scheme: &JwtScheme) -> Option<SchemeError> {
    let own = scheme.endpoint_claims.iter();
    let mut unsaid = own.filter(|name| !scheme.claims.contains_key(*name));
    let says_for_whom = !scheme.audience.is_empty()
        || scheme.scope.is_some()
        || scheme.claims.contains_key("client_id");
    if scheme.issuer.is_empty() {
        Some(SchemeError::rule(
            "issuer",
            "missing, so anyone's token would count",
            "set it to the claim iss of the issuer's tokens, at an endpoint with a preset under jwt.issuer",
        ))
    } else if !says_for_whom {
        Some(SchemeError::rule(
            "audience",
            "missing, so a token for any other service would count",
            "set it to the claim aud, at an endpoint with a preset under jwt.audience; if the issuer writes no aud, set scope or the claim client_id",
        ))
    } else if let Some(name) = unsaid.next() {
        Some(SchemeError::rule(
            "claims",
            format!("{name} is missing, so a token of another sender would count"),
            "set it at the endpoint under jwt.claims",
        ))
    } else if scheme.jwks_url.is_none() {
        Some(SchemeError::rule(
            "jwks_url",
            "missing, so there are no keys to verify with",
            "set it to the issuer's jwks_uri, at an endpoint with a preset under jwt.jwks_url, or to \"none\" if you put the keys into the secret",
        ))
    } else {
        None
    }
}

/// An absolute https URL in ASCII, without a user and without a fragment.
fn is_https(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("https://") else {
        return false;
    };
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    !host.is_empty()
        && !host.contains('@')
        && rest
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'#' && byte != b'"' && byte != b'\\')
}
