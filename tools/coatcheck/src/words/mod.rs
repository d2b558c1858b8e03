//! A scheme in words, for people who choose or debug one. Names from the scheme stand in
//! backticks; [`plain`] takes them out for the terminal.

mod challenge;
mod event;
mod time;

use domain::Headers;
pub(crate) use signature::Read;
use signature::{Scheme, SchemeDescription};

pub(crate) use self::{
    challenge::handshake,
    event::{KeyKind, event_key, event_key_kind, event_key_why, only_bytes_tell, type_from},
    time::replay,
};

/// A description without its backticks.
pub(crate) fn plain(words: &str) -> String {
    words.replace('`', "")
}

/// What its kind says of itself. A scheme that breaks a rule is told nothing of: its verifier
/// says what is wrong with it.
fn words(scheme: &Scheme) -> SchemeDescription {
    scheme.describe().unwrap_or_default()
}

/// The scheme's `kind`.
pub(crate) fn kind(scheme: &Scheme) -> &'static str {
    words(scheme).kind
}

/// Whether the key that signs is another one than the key that verifies.
pub(crate) fn has_public_key(scheme: &Scheme) -> bool {
    words(scheme).has_public_key
}

/// Whether the signature stands inside the body.
pub(crate) fn is_in_body(scheme: &Scheme) -> bool {
    words(scheme).is_in_body
}

/// What proves a delivery, and where it stands.
pub(crate) fn proof(scheme: &Scheme) -> String {
    words(scheme).proof
}

/// What is signed.
pub(crate) fn signed(scheme: &Scheme) -> String {
    words(scheme).signed
}

/// Whether the secret itself is shown, and nothing is signed.
pub(crate) fn signs_nothing(scheme: &Scheme) -> bool {
    signed(scheme) == "nothing"
}

/// Where the timestamp stands, and how it is written.
pub(crate) fn clock(scheme: &Scheme) -> String {
    words(scheme).clock
}

/// The headers that prove a delivery of this scheme, beside those that are there.
pub(crate) fn reads(scheme: &Scheme, headers: &Headers) -> Vec<Read> {
    scheme.reads(headers).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use signature::Verifier;

    use super::*;
    use crate::scheme::{example_site, preset};

    #[test]
    fn presets_are_put_into_words() {
        let words = |name: &str| {
            let scheme = preset(name).unwrap();
            let verifier = Verifier::compile(&scheme, &example_site()).unwrap();
            [proof(&scheme), signed(&scheme), replay(&verifier)].join(" | ")
        };
        assert_eq!(
            words("stripe"),
            "HMAC-SHA256, hex in `stripe-signature` after `v1=` | `{t}.{body}` | yes, 300 s"
        );
        assert_eq!(
            words("standard-webhooks-v1a"),
            "Ed25519, base64 in `webhook-signature` or `svix-signature` after `v1a,` | `{webhook-id}.{webhook-timestamp}.{body}` | yes, 300 s"
        );
        assert_eq!(
            words("gitlab-token"),
            "the secret itself in `x-gitlab-token` | nothing | no"
        );
        assert_eq!(
            words("hubspot-v3"),
            "HMAC-SHA256, base64 in `x-hubspot-signature-v3` | `{method}{url}{body}{x-hubspot-request-timestamp}` | yes, 300 s"
        );
    }

    fn names(scheme: &str, given: &[(&str, &str)]) -> Vec<String> {
        let headers = Headers::from_pairs(given.iter().copied());
        reads(&preset(scheme).unwrap(), &headers)
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
            clock(&preset("linear").unwrap()),
            "at `/webhookTimestamp` in the body: Unix milliseconds, exactly 13 digits"
        );
    }
}
