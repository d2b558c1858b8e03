use std::num::NonZeroU32;

use domain::{Endpoint, Headers, MediaRange};

/// Why an endpoint turns a delivery away before anything is spent on it: its signature is not looked at, nor its body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TurnedAway {
    /// Its type is none of those that the endpoint takes, or it has none, or several.
    #[error("the Content-Type is not one that this endpoint takes: {0}")]
    ContentType(String),
    /// A header that the endpoint requires is missing or empty.
    #[error("this endpoint requires the header {0}, and it is missing or empty")]
    HeaderMissing(String),
    /// Its body is shorter than the endpoint takes, or so its Content-Length says.
    #[error("the body is shorter than {0} bytes, the least that this endpoint takes")]
    TooSmall(NonZeroU32),
}

impl TurnedAway {
    /// The stable code for responses, logs and metrics.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ContentType(_) => "content_type_not_allowed",
            Self::HeaderMissing(_) => "required_header_missing",
            Self::TooSmall(_) => "body_too_small",
        }
    }
}

/// Judges a delivery by its headers alone. Content-Length counts if it is there: a body sent in
/// chunks has none.
///
/// # Errors
/// [`TurnedAway`].
pub fn at_the_door(endpoint: &Endpoint, headers: &Headers) -> Result<(), TurnedAway> {
    if !endpoint.content_types.is_empty() {
        let is_taken = |kind: &str| {
            endpoint
                .content_types
                .iter()
                .any(|range| range.includes(kind))
        };
        if !matches!(headers.one("content-type"), Ok(Some(kind)) if is_taken(kind)) {
            let taken: Vec<_> = endpoint
                .content_types
                .iter()
                .map(MediaRange::as_str)
                .collect();
            return Err(TurnedAway::ContentType(taken.join(", ")));
        }
    }
    let is_there = |name: &&String| headers.get_all(name).any(|value| !value.trim().is_empty());
    if let Some(missing) = endpoint
        .required_headers
        .iter()
        .find(|name| !is_there(name))
    {
        return Err(TurnedAway::HeaderMissing(missing.clone()));
    }
    let declared = headers.one("content-length").ok().flatten();
    match declared.and_then(|length| length.trim().parse().ok()) {
        Some(length) => long_enough(endpoint, length),
        None => Ok(()),
    }
}

/// Judges a body's real length.
///
/// # Errors
/// [`TurnedAway::TooSmall`].
pub fn long_enough(endpoint: &Endpoint, bytes: usize) -> Result<(), TurnedAway> {
    match endpoint.min_bytes {
        Some(least) if bytes < least.get() as usize => Err(TurnedAway::TooSmall(least)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &str = r#"{"name":"a","scheme":"github","content_types":["application/json","text/*"],"required_headers":["x-event","x-tenant"],"min_bytes":10}"#;

    fn code(config: &str, headers: &[(&str, &str)]) -> Option<&'static str> {
        let endpoint = Endpoint::from_json(config).unwrap();
        let headers = Headers::from_pairs(headers.iter().copied());
        let turned_away = at_the_door(&endpoint, &headers).err()?;
        Some(turned_away.code())
    }

    fn with(changes: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
        let mut headers = vec![
            ("Content-Type", "application/json; charset=utf-8"),
            ("X-Event", "a"),
            ("X-Tenant", "b"),
            ("Content-Length", "10"),
        ];
        headers.retain(|(name, _)| changes.iter().all(|(other, _)| name != other));
        headers.extend(changes.iter().filter(|(_, value)| *value != "-"));
        headers
    }

    #[test]
    fn an_endpoint_that_demands_nothing_turns_nothing_away() {
        let endpoint = r#"{"name":"a","scheme":"github"}"#;
        assert_eq!(code(endpoint, &[]), None);
        assert_eq!(code(endpoint, &[("content-length", "0")]), None);
    }

    #[test]
    fn each_demand_is_met_or_named() {
        for good in [
            with(&[]),
            with(&[("Content-Type", "TEXT/csv")]),
            with(&[("Content-Length", "-")]),
            // A sender that lies about the length is judged by the real one.
            with(&[("Content-Length", "ten")]),
        ] {
            assert_eq!(code(ALL, &good), None, "{good:?}");
        }
        for (bad, expected) in [
            (
                with(&[("Content-Type", "application/xml")]),
                "content_type_not_allowed",
            ),
            (with(&[("Content-Type", "-")]), "content_type_not_allowed"),
            (with(&[("Content-Type", "")]), "content_type_not_allowed"),
            (with(&[("X-Event", "-")]), "required_header_missing"),
            (with(&[("X-Tenant", " ")]), "required_header_missing"),
            (with(&[("Content-Length", "9")]), "body_too_small"),
            (with(&[("Content-Length", "0")]), "body_too_small"),
        ] {
            assert_eq!(code(ALL, &bad), Some(expected), "{bad:?}");
        }
        let mut twice = with(&[]);
        twice.push(("content-type", "application/json"));
        assert_eq!(code(ALL, &twice), Some("content_type_not_allowed"));
    }

    #[test]
    fn the_texts_name_what_is_missing_and_nothing_that_was_sent() {
        let endpoint = Endpoint::from_json(ALL).unwrap();
        let text = |headers: Vec<(&str, &str)>| {
            at_the_door(&endpoint, &Headers::from_pairs(headers))
                .unwrap_err()
                .to_string()
        };
        let kind = text(with(&[("Content-Type", "canary/canary")]));
        assert!(
            kind.contains("application/json, text/*") && !kind.contains("canary"),
            "{kind}"
        );
        assert!(text(with(&[("X-Tenant", "-")])).contains("x-tenant"));
        assert!(text(with(&[("Content-Length", "3")])).contains("10 bytes"));
    }

    #[test]
    fn the_real_length_counts() {
        let endpoint = Endpoint::from_json(ALL).unwrap();
        assert!(long_enough(&endpoint, 9).is_err() && long_enough(&endpoint, 10).is_ok());
    }
}
