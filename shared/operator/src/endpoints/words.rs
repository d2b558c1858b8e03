use domain::{Dedupe, Endpoint};
use serde::Serialize;
use signature::{Scheme, Verifier};

use super::DeployedEndpoint;
use crate::{Result, describe};

/// How an endpoint's provider proves its deliveries, in words. Names from the scheme are in
/// backticks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SchemeWords {
    /// What proves a delivery, and where it is.
    pub proof: String,
    /// What is signed.
    pub signed: String,
    /// Whether a captured delivery is refused later, and after how long.
    pub replay: String,
    /// What identifies an event.
    pub event_key: String,
    /// Where the type is.
    pub type_from: String,
    /// Its challenges, and who may send them.
    pub handshake: Option<String>,
}

/// Puts the scheme of an endpoint into words, with the settings that the endpoint changes.
pub fn describe(found: &DeployedEndpoint) -> Result<SchemeWords> {
    let endpoint = &found.endpoint;
    let verifier = Verifier::of(endpoint)?;
    let mut scheme = found.scheme().clone();
    scheme.event = endpoint.event.or(&scheme.event);
    let described = describe::description(&scheme);
    Ok(SchemeWords {
        proof: described.proof,
        signed: described.signed,
        replay: describe::replay(&verifier),
        event_key: event_key(endpoint, &scheme, &verifier),
        type_from: describe::type_from(&scheme),
        handshake: describe::handshake(&scheme),
    })
}

/// What names an event, with the attributes that do so if the endpoint has all of them.
fn event_key(endpoint: &Endpoint, scheme: &Scheme, verifier: &Verifier) -> String {
    let otherwise = |dedupe| describe::event_key_of(scheme, verifier, dedupe);
    if endpoint.dedupe != Dedupe::Attributes {
        return otherwise(endpoint.dedupe);
    }
    let names = endpoint.dedupe_by.iter().map(|name| format!("`{name}`"));
    let names: Vec<String> = names.collect();
    format!(
        "the type and the attributes {} (`dedupe = \"attributes\"`); where one is missing: {}",
        names.join(", "),
        otherwise(Dedupe::Auto)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(config: &str) -> SchemeWords {
        describe(&DeployedEndpoint::sample(config)).unwrap()
    }

    #[test]
    fn an_endpoint_says_what_its_scheme_says_but_for_what_it_changes() {
        let plain = words(r#"{"name":"a","scheme":"stripe"}"#);
        assert!(plain.proof.starts_with("HMAC-SHA256"), "{plain:?}");
        assert_eq!(plain.signed, "`{t}.{body}`");
        assert_eq!(plain.replay, "yes, 300 s");
        assert_eq!(plain.event_key, "signed id: `/id`");
        assert_eq!(plain.handshake, None);
        let own = r#"{"name":"a","scheme":"stripe","max_age_s":60,"event":{"id":{"json":"/data/object/id"},"type":{"header":"x-kind"}}}"#;
        let own = words(own);
        assert_eq!(own.event_key, "signed id: `/data/object/id`");
        assert_eq!(own.type_from, "header `x-kind`");
        assert_eq!(own.replay, "yes, 60 s");
        let merging = r#"{"name":"a","scheme":"stripe","dedupe":"attributes","dedupe_by":["order","state"],"dedupe_window_s":60}"#;
        assert_eq!(
            words(merging).event_key,
            "the type and the attributes `order`, `state` (`dedupe = \"attributes\"`); where one is missing: signed id: `/id`"
        );
    }
}
