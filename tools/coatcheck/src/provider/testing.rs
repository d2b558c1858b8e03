//! Providers for tests.

use domain::{Endpoint, KeyRing, Timestamp};
use signature::{Proof, Scheme};

use super::Provider;
use crate::scheme::EXAMPLE_URL;

/// Hex, base64, and long enough for every scheme.
pub(crate) const SECRET: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

pub(crate) fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

/// The provider of an endpoint that has a preset's name and scheme.
pub(crate) fn provider(preset: &str) -> Provider {
    let config = serde_json::json!({ "name": preset, "scheme": preset, "url": EXAMPLE_URL });
    of(&Endpoint::from_json(&config.to_string()).unwrap())
}

/// The provider of an endpoint.
pub(crate) fn of(endpoint: &Endpoint) -> Provider {
    let scheme = Scheme::resolve(&endpoint.scheme).unwrap();
    let basic = if scheme.also_basic {
        r#",{"id":"login","secret":"user:password","use":"basic"}"#
    } else {
        ""
    };
    let user = if scheme.proof == Proof::Basic {
        "user:"
    } else {
        ""
    };
    let keys = format!(r#"{{"keys":[{{"id":"1","secret":"{user}{SECRET}"}}{basic}]}}"#);
    let ring = KeyRing::from_versions(&keys, None).unwrap();
    Provider::of_endpoint(endpoint, EXAMPLE_URL.to_owned(), &ring, None, now()).unwrap()
}
