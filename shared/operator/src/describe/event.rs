use domain::{Dedupe, Location};
use serde::Serialize;
use signature::{Proof, Scheme, Verifier};

use super::signs_nothing;

/// What identifies an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// The provider's event id, where it can be trusted.
    Id,
    /// The SHA-256 of the signed bytes.
    Digest,
    /// The same, together with the id and the type in unsigned headers.
    Split,
    /// Nothing: each delivery is an event.
    Delivery,
}

/// What identifies an event of this scheme, if it has its id.
pub fn event_key_kind(scheme: &Scheme, verifier: &Verifier) -> KeyKind {
    let id = scheme.event.id.as_ref();
    if id.is_some_and(|id| alternatives(id).any(|place| verifier.may_sign(place))) {
        KeyKind::Id
    } else if scheme.repeats {
        KeyKind::Delivery
    } else if splitters(scheme, verifier).is_empty() {
        KeyKind::Digest
    } else {
        KeyKind::Split
    }
}

/// Whether only the signed bytes distinguish events: no id, no type in a header, no signed time.
/// Two events with equal bytes then count as one, unless the endpoint has a window. Terraform has
/// the same rule (modules/scheme/naming.tf).
pub fn only_bytes_tell(scheme: &Scheme, verifier: &Verifier) -> bool {
    // Adyen's eight signed fields are the name of an event and what became of it.
    let is_named = matches!(scheme.proof, Proof::Adyen);
    // A token that is shown has a time of its own, not that of the delivery.
    let is_timed = verifier.replay_protected() && !signs_nothing(scheme)
        || signs_the_events_time(scheme, verifier);
    event_key_kind(scheme, verifier) == KeyKind::Digest && !is_timed && !is_named
}

fn signs_the_events_time(scheme: &Scheme, verifier: &Verifier) -> bool {
    let time = scheme.event.occurred_at.as_ref();
    time.is_some_and(|time| verifier.signs(time))
}

/// Why this identifies an event, for people.
pub fn event_key_why(scheme: &Scheme, verifier: &Verifier) -> &'static str {
    match event_key_kind(scheme, verifier) {
        KeyKind::Id if signs_nothing(scheme) => {
            "The id identifies the event: the delivery contains the secret, so it comes from the provider."
        }
        KeyKind::Id => "The id identifies the event, because the signature covers it.",
        KeyKind::Delivery => {
            "Each delivery is an event: the provider sends equal bytes for different events."
        }
        KeyKind::Split => {
            "Equal bytes with another id or type are another event. Id and type are in unsigned headers, so they can split events but never merge them."
        }
        KeyKind::Digest if only_bytes_tell(scheme, verifier) => {
            "Only the bytes distinguish events: two events with equal bytes count as one, unless the endpoint sets dedupe_window_s."
        }
        KeyKind::Digest if matches!(scheme.proof, Proof::Adyen) => {
            "The eight signed fields identify the event."
        }
        KeyKind::Digest if verifier.replay_protected() && !signs_nothing(scheme) => {
            "Each delivery has a signed time, so two events never have equal signed bytes. A retry that is signed again is another event."
        }
        KeyKind::Digest => {
            "The signed body contains the event's time, so equal bytes are the same event."
        }
    }
}

/// The unsigned headers that distinguish events with the same bytes: that of the id, then that of
/// the type. None if the signature does not cover the body.
fn splitters<'s>(scheme: &'s Scheme, verifier: &Verifier) -> Vec<&'s Location> {
    let event = &scheme.event;
    if !verifier.signs(&Location::Json(String::new())) {
        return Vec::new();
    }
    let places = [&event.id, &event.kind].into_iter().flatten();
    places
        .flat_map(Location::simple)
        .filter(|place| matches!(place, Location::Header(_)) && !verifier.may_sign(place))
        .collect()
}

/// The event key of this scheme, for people.
pub fn event_key(scheme: &Scheme, verifier: &Verifier) -> String {
    // If nothing is signed, the digest is that of the body.
    let is_shown = signs_nothing(scheme);
    let digest = match (scheme.repeats, is_shown) {
        (true, _) => "every delivery is an event",
        (false, true) => "SHA-256 of the body",
        (false, false) => "SHA-256 of the signed bytes",
    };
    let digest = match splitters(scheme, verifier) {
        places if places.is_empty() || scheme.repeats => digest.to_owned(),
        places => {
            let names: Vec<String> = places.into_iter().map(location).collect();
            format!("{digest}, with {}", names.join(" and "))
        }
    };
    let Some(id) = &scheme.event.id else {
        return digest;
    };
    let trusted = alternatives(id).filter(|place| verifier.may_sign(place));
    let trusted: Vec<String> = trusted.map(location).collect();
    let word = if is_shown { "unsigned id" } else { "signed id" };
    if trusted.is_empty() {
        format!("{digest} (the id is not signed: {})", location(id))
    } else {
        format!("{word}: {}", trusted.join(", else "))
    }
}

/// The event key at an endpoint with this setting, for people.
pub fn event_key_of(scheme: &Scheme, verifier: &Verifier, dedupe: Dedupe) -> String {
    match (dedupe, event_key_kind(scheme, verifier), &scheme.event.id) {
        (Dedupe::Id, kind, Some(id)) if kind != KeyKind::Id => {
            format!("unsigned id: {} (`dedupe = \"id\"`)", location(id))
        }
        (Dedupe::Bytes, KeyKind::Split, _) => {
            "SHA-256 of the signed bytes alone (`dedupe = \"bytes\"`)".to_owned()
        }
        _ => event_key(scheme, verifier),
    }
}

/// Where the type is.
pub fn type_from(scheme: &Scheme) -> String {
    let kind = scheme.event.kind.as_ref();
    kind.map_or_else(|| "always `event`".to_owned(), location)
}

/// A place, for people. Of many alternatives the first and the last.
fn location(place: &Location) -> String {
    match place {
        Location::Header(name) => format!("header `{name}`"),
        Location::Json(pointer) => format!("`{pointer}`"),
        Location::Form(name) => format!("form field `{name}`"),
        Location::Literal(text) => format!("the word `{text}`"),
        Location::Join(parts) => {
            let parts: Vec<String> = parts
                .iter()
                .map(|part| match part {
                    Location::Literal(text) => format!("`{text}`"),
                    other => location(other),
                })
                .collect();
            parts.join(".")
        }
        Location::First(parts) => {
            let parts: Vec<String> = parts.iter().map(location).collect();
            match parts.as_slice() {
                [first, .., last] if parts.len() > 4 => {
                    format!("{first}, else {} more places, else {last}", parts.len() - 2)
                }
                few => few.join(", else "),
            }
        }
    }
}

fn alternatives(place: &Location) -> impl Iterator<Item = &Location> {
    match place {
        Location::First(parts) => parts.as_slice(),
        other => std::slice::from_ref(other),
    }
    .iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::describe::test_schemes::{example_site, preset};

    #[test]
    fn what_names_an_event_follows_from_what_is_signed() {
        let described = |name: &str| {
            let scheme = preset(name);
            let verifier = Verifier::compile(&scheme, &example_site()).unwrap();
            (
                event_key_kind(&scheme, &verifier),
                event_key(&scheme, &verifier),
            )
        };
        let expected = [
            ("stripe", KeyKind::Id, "signed id: `/id`"),
            ("zoom", KeyKind::Digest, "SHA-256 of the signed bytes"),
            (
                "github",
                KeyKind::Split,
                "SHA-256 of the signed bytes, with header `x-github-delivery` and header `x-github-event` (the id is not signed: header `x-github-delivery`)",
            ),
            (
                "standard-webhooks",
                KeyKind::Id,
                "signed id: header `webhook-id`, else header `svix-id`",
            ),
            ("okta", KeyKind::Id, "unsigned id: `/eventId`"),
            ("dropbox", KeyKind::Delivery, "every delivery is an event"),
        ];
        for (name, kind, text) in expected {
            assert_eq!(described(name), (kind, text.to_owned()), "{name}");
        }
    }

    /// The same file is held against Terraform's own rule.
    #[test]
    fn where_only_bytes_tell_events_apart_is_the_same_for_terraform() {
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        let accepted = read(include_str!(
            "../../../signature/fixtures/accepted-schemes.json"
        ));
        let mut schemes: Vec<(String, Scheme)> = accepted
            .as_array()
            .unwrap()
            .iter()
            .map(|case| {
                let name = case["name"].as_str().unwrap().to_owned();
                let scheme = Scheme::try_from(case["scheme"].clone());
                (name, scheme.unwrap())
            })
            .collect();
        let presets = signature::presets().unwrap().into_iter();
        schemes.extend(presets.map(|one| (format!("{}.json", one.name), one.scheme)));
        let mut found: Vec<String> = schemes
            .into_iter()
            .filter(|(_, scheme)| {
                let verifier = Verifier::compile(scheme, &example_site()).unwrap();
                only_bytes_tell(scheme, &verifier)
            })
            .map(|(name, _)| name)
            .collect();
        found.sort();
        let expected = read(include_str!(
            "../../../signature/fixtures/only-bytes-tell.json"
        ));
        assert_eq!(serde_json::Value::from(found), expected);
    }

    #[test]
    fn an_endpoint_may_decide_otherwise() {
        let github = preset("github");
        let verifier = Verifier::compile(&github, &example_site()).unwrap();
        let of = |dedupe| event_key_of(&github, &verifier, dedupe);
        assert_eq!(of(Dedupe::Auto), event_key(&github, &verifier));
        assert_eq!(
            of(Dedupe::Id),
            "unsigned id: header `x-github-delivery` (`dedupe = \"id\"`)"
        );
        assert_eq!(
            of(Dedupe::Bytes),
            "SHA-256 of the signed bytes alone (`dedupe = \"bytes\"`)"
        );
        let stripe = preset("stripe");
        let verifier = Verifier::compile(&stripe, &example_site()).unwrap();
        let signed = event_key_of(&stripe, &verifier, Dedupe::Id);
        assert_eq!(signed, "signed id: `/id`");
    }

    #[test]
    fn a_long_list_of_places_is_shortened() {
        assert_eq!(
            type_from(&preset("x")),
            "`/data/event_type`, else 4 more places, else the word `account_activity`"
        );
        assert_eq!(type_from(&preset("airtable")), "always `event`");
    }
}
