//! What a token must say.

use serde_json::{Map, Value};

use super::compact::Head;
use crate::{JwtScheme, Rejection, clock::Moment, compile};

/// The claims that an endpoint wants.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    scheme: JwtScheme,
    /// Whether it says enough. If not, no token is good.
    is_finished: bool,
}

impl Rules {
    pub(super) fn new(scheme: &JwtScheme) -> Self {
        Self {
            scheme: scheme.clone(),
            is_finished: compile::unfinished(scheme).is_none(),
        }
    }

    /// Whether a token with these claims is for this endpoint.
    pub(super) fn judge(&self, head: &Head, claims: &Map<String, Value>) -> Result<(), Rejection> {
        let scheme = &self.scheme;
        let is_listed = |claim: &str, wanted: &[String]| {
            let mut words = texts(claims.get(claim));
            words.any(|word| wanted.iter().any(|one| one == word))
        };
        let issuer = claims.get("iss").and_then(Value::as_str);
        let is_issued = issuer.is_some_and(|issuer| scheme.issuer.iter().any(|one| one == issuer));
        let is_for_us = scheme.audience.is_empty() || is_listed("aud", &scheme.audience);
        let is_scoped = scheme.scope.as_ref().is_none_or(|scope| {
            let words = claims.get("scope").and_then(Value::as_str);
            words.is_some_and(|words| words.split(' ').any(|word| word == scope))
        });
        let says = |(name, wanted): (&String, &Vec<Value>)| match claims.get(name) {
            Some(Value::Array(values)) => values.iter().any(|value| wanted.contains(value)),
            Some(value) => wanted.contains(value),
            None => false,
        };
        let is_typed = scheme.typ.as_ref().is_none_or(|typ| {
            let have = head.typ.as_deref();
            have.is_some_and(|have| media_type(have).eq_ignore_ascii_case(media_type(typ)))
        });
        let is_good = self.is_finished
            && is_issued
            && is_for_us
            && is_scoped
            && is_typed
            && scheme.claims.iter().all(says);
        is_good.then_some(()).ok_or(Rejection::TokenRefused)
    }

    /// When the token counts.
    pub(super) fn moment(&self, claims: &Map<String, Value>) -> Result<Moment, Rejection> {
        let time = |name: &str, up: bool| match claims.get(name) {
            None => Ok(None),
            Some(value) => seconds(value, up)
                .map(Some)
                .ok_or(Rejection::TimestampMalformed),
        };
        let tolerance = i64::from(self.scheme.tolerance_s);
        let exp = time("exp", true)?.ok_or(Rejection::TimestampMissing)?;
        let (nbf, iat) = (time("nbf", false)?, time("iat", false)?);
        if self.scheme.max_age_s.is_some() && iat.is_none() {
            return Err(Rejection::TimestampMissing);
        }
        Ok(Moment {
            unix_s: iat.or(nbf).unwrap_or(exp),
            // At `exp` it is over (RFC 7519, section 4.1.4).
            expires: Some(exp.saturating_add(tolerance).saturating_sub(1)),
            // No one has a token before it is issued.
            begins: nbf.max(iat).map(|from| from.saturating_sub(tolerance)),
        })
    }
}

/// A text, or the texts of a list of nothing else.
fn texts(claim: Option<&Value>) -> impl Iterator<Item = &str> {
    let values = match claim {
        Some(Value::Array(values)) if values.iter().all(Value::is_string) => values.as_slice(),
        Some(value) => std::slice::from_ref(value),
        None => &[],
    };
    values.iter().filter_map(Value::as_str)
}

/// `typ` may leave out `application/` (RFC 7515, section 4.1.9).
fn media_type(typ: &str) -> &str {
    match typ.split_at_checked("application/".len()) {
        Some((start, rest)) if start.eq_ignore_ascii_case("application/") => rest,
        _ => typ,
    }
}

/// A `NumericDate` (RFC 7519, section 2) may have a fraction. It is rounded so that the token counts
/// no longer than it says.
fn seconds(value: &Value, is_end: bool) -> Option<i64> {
    if let Some(whole) = value.as_i64() {
        return Some(whole);
    }
    let exact = value.as_f64()?;
    let whole = if is_end { exact.floor() } else { exact.ceil() };
    // Every integer up to there is an f64: none is rounded on the way.
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and in range")]
    (whole.abs() < 9e15).then_some(whole as i64)
}
