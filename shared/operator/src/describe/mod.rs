//! Describes a scheme, for people who choose or debug one. Names from the scheme are in
//! backticks; [`plain`] removes them.

mod challenge;
mod event;
mod time;

use domain::Headers;
pub use signature::Read;
use signature::{Scheme, SchemeDescription};

pub use self::{
    challenge::handshake,
    event::{
        KeyKind, event_key, event_key_kind, event_key_of, event_key_why, only_bytes_tell, type_from,
    },
    time::replay,
};

/// A text without its backticks.
pub fn plain(text: &str) -> String {
    text.replace('`', "")
}

/// The description of a scheme's kind. A scheme that breaks a rule has none: its verifier says
/// what is wrong with it.
pub fn description(scheme: &Scheme) -> SchemeDescription {
    scheme.describe().unwrap_or_default()
}

/// Whether the key that signs differs from the key that verifies.
pub fn has_public_key(scheme: &Scheme) -> bool {
    description(scheme).has_public_key
}

/// Whether the signature is inside the body.
pub fn is_in_body(scheme: &Scheme) -> bool {
    description(scheme).is_in_body
}

/// Whether the delivery shows the secret itself, and nothing is signed.
pub fn signs_nothing(scheme: &Scheme) -> bool {
    description(scheme).signed == "nothing"
}

/// The headers that prove a delivery of this scheme, given those that it has.
pub fn reads(scheme: &Scheme, headers: &Headers) -> Vec<Read> {
    scheme.reads(headers).unwrap_or_default()
}

/// Schemes for the tests.
#[cfg(test)]
mod test_schemes {
    use domain::SchemeRef;
    use signature::{Scheme, Site};

    pub(super) fn preset(name: &str) -> Scheme {
        Scheme::resolve(&SchemeRef::Preset(name.to_owned())).unwrap()
    }

    /// A site that suits every scheme.
    pub(super) fn example_site() -> Site<'static> {
        Site {
            url: Some("https://hooks.example.com/v1/hooks/example"),
            ..Site::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use signature::Verifier;

    use super::{
        test_schemes::{example_site, preset},
        *,
    };

    #[test]
    fn presets_are_put_into_words() {
        let described = |name: &str| {
            let scheme = preset(name);
            let verifier = Verifier::compile(&scheme, &example_site()).unwrap();
            let SchemeDescription { proof, signed, .. } = description(&scheme);
            [proof, signed, replay(&verifier)].join(" | ")
        };
        assert_eq!(
            described("stripe"),
            "HMAC-SHA256, hex in `stripe-signature` after `v1=` | `{t}.{body}` | yes, 300 s"
        );
        assert_eq!(
            described("standard-webhooks-v1a"),
            "Ed25519, base64 in `webhook-signature` or `svix-signature` after `v1a,` | `{webhook-id}.{webhook-timestamp}.{body}` | yes, 300 s"
        );
        assert_eq!(
            described("gitlab-token"),
            "the secret itself in `x-gitlab-token` | nothing | no"
        );
        assert_eq!(
            described("hubspot-v3"),
            "HMAC-SHA256, base64 in `x-hubspot-signature-v3` | `{method}{url}{body}{x-hubspot-request-timestamp}` | yes, 300 s"
        );
    }

    fn names(scheme: &str, given: &[(&str, &str)]) -> Vec<String> {
        let headers = Headers::from_pairs(given.iter().copied());
        reads(&preset(scheme), &headers)
            .iter()
            .map(|read| read.names.join("|"))
            .collect()
    }

    #[test]
    fn a_family_of_names_is_kept_together() {
        assert_eq!(
            names("standard-webhooks-v1a", &[("svix-signature", "v1a,x")]),
            [
                "webhook-signature|svix-signature",
                "svix-timestamp",
                "svix-id"
            ]
        );
        assert_eq!(
            names("marqeta", &[]),
            ["x-marqeta-signature", "authorization"]
        );
    }

    #[test]
    fn what_a_request_lists_is_read_too() {
        let listed = [(
            "x-contentful-signed-headers",
            "x-contentful-topic,x-contentful-timestamp",
        )];
        assert!(names("contentful", &listed).contains(&"x-contentful-topic".to_owned()));
    }

    #[test]
    fn a_timestamp_is_told_by_place_and_unit() {
        assert_eq!(
            description(&preset("linear")).clock,
            "at `/webhookTimestamp` in the body: Unix milliseconds, exactly 13 digits"
        );
    }
}
