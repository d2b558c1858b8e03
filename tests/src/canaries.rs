//! What must never be read where it does not belong. `scripts/canaries` searches all that a local cloud has left for it.

use std::io;

use serde::Serialize;

use crate::{Stack, recording};

/// The file in the stack's folder that holds the canaries, one JSON object a line.
const CANARIES: &str = "canaries.jsonl";

/// A shorter text would be found by chance.
const SHORTEST: usize = 24;

/// What a canary is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Canary {
    /// A key by which a provider, or `deliver`, signs.
    SigningKey,
    /// A signature that a provider sends.
    Signature,
    /// A payload that is an object, or that is refused.
    Body,
    /// A payload that its pointer and its events hold.
    InlineBody,
    /// Of the header `Authorization`.
    Authorization,
    /// Of the header `Cookie`.
    Cookie,
    /// Of the URL.
    Query,
    /// What proves `deliver` to a destination, in a header.
    Credential,
    /// What proves `deliver` to the issuer of tokens.
    OauthSecret,
    /// A private key of a certificate.
    PrivateKey,
}

#[derive(Serialize)]
struct Planted<'a> {
    kind: &'static str,
    value: &'a str,
    /// Where it may be: the beginnings of paths in the folder of the local cloud (tests/canaries).
    may_be: &'static [&'static str],
}

impl Canary {
    /// Of what was recorded: requests to AWS by service, and what destinations got.
    fn kind_and_places(self) -> (&'static str, &'static [&'static str]) {
        const SECRETS: &str = "seen/requests/secretsmanager";
        // The gateway emulator asks the functions by their API.
        const FUNCTIONS: &str = "seen/requests/lambda";
        match self {
            Self::SigningKey => ("signing key", &[SECRETS]),
            // Kept with the payload, so that it can be verified again.
            Self::Signature => (
                "signature",
                &[FUNCTIONS, "seen/requests/s3", "seen/requests/dynamodb"],
            ),
            Self::Body => ("body", &[]),
            Self::InlineBody => ("inline body", &["seen/requests/", "seen/dead-letters"]),
            Self::Authorization => ("authorization", &[FUNCTIONS]),
            Self::Cookie => ("cookie", &[FUNCTIONS]),
            Self::Query => ("query", &[FUNCTIONS]),
            Self::Credential => ("credential", &[SECRETS, "seen/http-events.jsonl"]),
            Self::OauthSecret => ("oauth secret", &[SECRETS]),
            Self::PrivateKey => ("private key", &[SECRETS]),
        }
    }
}

/// What a header of a delivery must not be found as, if anything.
fn of_header(name: &str) -> Option<Canary> {
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        "authorization" => Some(Canary::Authorization),
        "cookie" => Some(Canary::Cookie),
        _ if name.contains("signature") || name.contains("token") => Some(Canary::Signature),
        _ => None,
    }
}

/// The parts of a text that could be a secret: `v1,` and `t=1732222222` are none.
fn secrets(text: &str) -> impl Iterator<Item = &str> {
    let inside = |one: char| one.is_ascii_alphanumeric() || "+/=_-.".contains(one);
    let parts = text.split(move |one| !inside(one));
    parts.filter(|part| part.len() >= SHORTEST)
}

impl Stack {
    /// Writes down what must not be found where it does not belong. PEM is taken line by line. On AWS nothing is written:
    /// the keys of a stack there are no one's to keep in a file.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn plant(&self, canary: Canary, text: &str) -> io::Result<()> {
        if !self.outputs.local {
            return Ok(());
        }
        let (kind, may_be) = canary.kind_and_places();
        let mut file = recording::open(&self.dir.join(CANARIES))?;
        for value in secrets(text) {
            let planted = Planted {
                kind,
                value,
                may_be,
            };
            recording::line(&mut file, &planted)?;
        }
        Ok(())
    }

    /// The same for the headers of a delivery.
    pub(crate) fn plant_headers(&self, headers: &[(String, String)]) -> io::Result<()> {
        for (name, value) in headers {
            if let Some(canary) = of_header(name) {
                self.plant(canary, value)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_be_a_secret_is_planted() {
        let found = |text| secrets(text).collect::<Vec<_>>();
        let mac = "5f2c7a9e0b1d3c4f5a6b7c8d9e0f1a2b";
        let signed = format!("t=1732222222,v1={mac}");
        assert_eq!(found(&signed), [format!("v1={mac}")]);
        assert_eq!(
            found("v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="),
            ["K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="]
        );
        assert_eq!(
            found("Bearer canary-of-a-credential-3f1c"),
            ["canary-of-a-credential-3f1c"]
        );
        let pem = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49\n";
        assert_eq!(found(pem), ["MIGHAgEAMBMGByqGSM49AgEGCCqGSM49"]);
        assert_eq!(found("a guess"), [""; 0]);
    }

    #[test]
    fn the_headers_that_prove_a_sender_are_known_by_their_names() {
        for (name, canary) in [
            ("Authorization", Some(Canary::Authorization)),
            ("cookie", Some(Canary::Cookie)),
            ("x-hub-signature-256", Some(Canary::Signature)),
            ("X-Gitlab-Token", Some(Canary::Signature)),
            ("webhook-id", None),
            ("content-digest", None),
        ] {
            assert_eq!(of_header(name), canary, "{name}");
        }
    }
}
