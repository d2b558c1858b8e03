use domain::{Endpoint, EndpointDirectory, Headers, KeyRing, KeyStore, Ref, Timestamp};
use serde::{Serialize, Serializer};
use serde_json::json;
use signature::{Key, Rejection, Verifier};

use super::{
    Excerpt, attribute,
    headers::{HeaderLookup, stored_headers},
    payload::read,
    pointer,
};
use crate::{
    Problem, Result, Stack,
    problem::{WithContext as _, refuse},
};

/// The result of the second verification.
#[derive(Debug, PartialEq, Eq)]
pub enum Reverification {
    /// Payload and signature are valid.
    Valid {
        /// The key that verifies them.
        key_id: String,
    },
    /// They are not valid.
    Invalid {
        /// The error code.
        code: &'static str,
        /// Why, for people.
        why: String,
    },
}

impl Serialize for Reverification {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Valid { key_id } => json!({ "valid": true, "key_id": key_id }),
            Self::Invalid { code, why } => {
                json!({ "valid": false, "error": code, "message": why })
            }
        }
        .serialize(serializer)
    }
}

/// Verifies the stored bytes and signature headers as of the time when the event was received,
/// with the keys that the endpoint's secret has today.
pub async fn verify(stack: &Stack, reference: &Ref) -> Result<Reverification> {
    let pointer = pointer(stack, reference).await?;
    let body = match read(stack, reference, &pointer, usize::MAX).await? {
        Excerpt::Payload { first, .. } => first,
        Excerpt::Unredeemable(why) | Excerpt::Withheld(why) => {
            return Ok(Reverification::Invalid {
                code: "payload_unredeemable",
                why,
            });
        }
    };
    let headers = match stored_headers(stack, &pointer).await? {
        HeaderLookup::Unavailable(why) => refuse!("{why}, so the event cannot be verified again"),
        HeaderLookup::Stored(stored) => stored.signature,
    };
    let Some(headers) = headers else {
        refuse!(
            "the signature headers were too long to store with the payload, so the event cannot be verified again"
        );
    };
    let tables = &stack.description.tables;
    let config = aws::Endpoints::new(&stack.sdk, tables.endpoints.clone())
        .find(&reference.endpoint)
        .await?;
    let Some(config) = config else {
        return Err(Problem::NotFound(format!(
            "the endpoint {} no longer exists",
            reference.endpoint
        )));
    };
    let endpoint = Endpoint::from_json(&config)?;
    let verifier = Verifier::of(&endpoint)?;
    let ring = stack.secrets().keys(&reference.endpoint).await?;
    let received_at: Timestamp = attribute(&pointer, "received_at")?
        .parse()
        .context("the pointer's received_at is unreadable")?;
    let recorded = attribute(&pointer, "key_id")?;
    Ok(judge(
        &verifier,
        &headers,
        &body,
        &ring,
        received_at,
        recorded,
    ))
}

fn judge(
    verifier: &Verifier,
    headers: &Headers,
    body: &[u8],
    ring: &KeyRing,
    received_at: Timestamp,
    recorded: &str,
) -> Reverification {
    // A key that has expired since was valid when the event was received.
    let keys: Vec<Key> = ring.live(received_at).map(Key::from).collect();
    match verifier.verify(headers, body, &keys, received_at.as_second()) {
        Ok(verified) => Reverification::Valid {
            key_id: verified.key_id().to_owned(),
        },
        Err(rejection) => Reverification::Invalid {
            code: rejection.code(),
            why: match rejection {
                Rejection::SignatureMismatch if !keys.iter().any(|key| key.id() == recorded) => {
                    format!(
                        "the key {recorded:?} that verified the event is no longer in the endpoint's secret"
                    )
                }
                other => other.to_string(),
            },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of GitHub's documentation.
    /// <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>
    const SECRET: &str = "It's a Secret to Everybody";
    const SIGNATURE: &str =
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    fn github() -> Verifier {
        let config = r#"{"name":"github","scheme":"github"}"#;
        Verifier::of(&Endpoint::from_json(config).unwrap()).unwrap()
    }

    fn judged(body: &[u8], ring: &KeyRing, recorded: &str) -> Reverification {
        let headers = Headers::from_pairs([("x-hub-signature-256", SIGNATURE)]);
        let at = "2026-11-22T10:00:00Z".parse().unwrap();
        judge(&github(), &headers, body, ring, at, recorded)
    }

    #[test]
    fn the_stored_bytes_are_judged_under_the_keys_of_then() {
        let ended = format!(
            r#"{{"keys":[{{"id":"old","secret":"{SECRET}","not_after":"2026-11-22T10:00:01Z"}}]}}"#
        );
        let ring = KeyRing::from_versions(&ended, None).unwrap();
        let valid = Reverification::Valid {
            key_id: "old".to_owned(),
        };
        assert_eq!(judged(b"Hello, World!", &ring, "old"), valid);
        let Reverification::Invalid { code, why } = judged(b"Hello, World?", &ring, "old") else {
            panic!("other bytes are valid");
        };
        assert_eq!(code, "signature_mismatch");
        assert!(!why.contains("no longer"), "{why}");
    }

    #[test]
    fn a_key_that_is_gone_is_named() {
        let ring = KeyRing::from_versions("another", None).unwrap();
        let Reverification::Invalid { why, .. } = judged(b"Hello, World!", &ring, "2026-10") else {
            panic!("valid without its key");
        };
        assert!(
            why.contains("2026-10") && why.contains("no longer"),
            "{why}"
        );
    }

    #[test]
    fn programs_see_the_key_or_the_code_and_why() {
        let json = |result| serde_json::to_string(&result).unwrap();
        let key_id = "old".to_owned();
        assert_eq!(
            json(Reverification::Valid { key_id }),
            r#"{"valid":true,"key_id":"old"}"#
        );
        let (code, why) = ("signature_mismatch", "no".to_owned());
        assert_eq!(
            json(Reverification::Invalid { code, why }),
            r#"{"valid":false,"error":"signature_mismatch","message":"no"}"#
        );
    }
}
