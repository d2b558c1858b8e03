use anyhow::{Context, Result};
use aws::{Endpoints, Listing, Secrets};
use domain::{
    Endpoint, EndpointDirectory, Handover, Headers, KeyRing, KeyStore, Metadata, ObjectKey, Ref,
    Timestamp,
};
use serde_json::json;
use signature::{Key, Rejection, Verifier};

use super::{
    of,
    payload::{Redeemed, redeem},
    pointer,
};
use crate::{
    console::Console,
    host::Host,
    output::{EXIT_CODES, Exit, Report},
    stack::{self, Explained, Stack},
    table::{Tone, paint},
};

#[derive(clap::Args)]
#[command(after_help = format!("\
Example:
  coatcheck events verify billing/evt_1

Judges the stored bytes and the stored signature headers by the clock of the moment when the event came, under the
keys that the endpoint's secret holds today. A key that is gone since cannot be tried: the answer says so.

{EXIT_CODES}"))]
pub(crate) struct Args {
    /// The event's ref.
    #[arg(value_name = "REF")]
    reference: Ref,
    /// Answers with one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    stack: stack::Args,
}

/// What the second verification found.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// Under this key.
    Valid { key_id: String },
    /// The stable word, and what it means here.
    Invalid { code: &'static str, why: String },
}

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    stack::run(&args.stack, args.json, host, async |stack, console| {
        verify(args, stack, console).await
    })
}

async fn verify(args: &Args, stack: &Stack, console: &Console) -> Result<Exit> {
    let reference = &args.reference;
    let pointer = pointer(stack, reference).await?;
    let body = match redeem(stack, reference).await? {
        Redeemed::Payload(bytes) => bytes,
        Redeemed::Not(why) => return tell(console, reference, &digest_differs(why)),
    };
    let headers = headers(stack, of(&pointer, "key")?).await?;
    let tables = &stack.made_of.tables;
    let config = Endpoints::new(&stack.sdk, tables.endpoints.clone())
        .find(&reference.endpoint)
        .await
        .explained()?
        .with_context(|| format!("the endpoint {} is not there any more", reference.endpoint))?;
    let verifier = Verifier::of(&Endpoint::from_json(&config)?)?;
    let ring = Secrets::new(&stack.sdk, stack.made_of.keys_prefix.clone())
        .keys(&reference.endpoint)
        .await
        .explained()?;
    let received_at: Timestamp = of(&pointer, "received_at")?
        .parse()
        .context("the pointer's received_at is unreadable")?;
    let recorded = of(&pointer, "key_id")?;
    let verdict = judge(&verifier, &headers, &body, &ring, received_at, recorded);
    tell(console, reference, &verdict)
}

fn digest_differs(why: String) -> Verdict {
    Verdict::Invalid {
        code: "payload_unredeemable",
        why,
    }
}

/// The headers by which the delivery was judged, from the object's metadata.
async fn headers(stack: &Stack, key: &str) -> Result<Headers> {
    let listing = Listing::new(&stack.sdk, stack.made_of.bucket.clone());
    let key = ObjectKey::from_stored(key.to_owned());
    let object = listing.describe(&key).await.explained()?;
    let mut metadata = object.context("the payload is gone")?.metadata;
    if let Some(text) = metadata.remove("delivery") {
        // Of the direct lane.
        let handover = Handover::from_metadata(&text);
        let handover = handover.context("what the authorizer handed over is unreadable")?;
        return Ok(handover.headers);
    }
    let text = metadata.remove("signature-headers").context(
        "the signature headers were too long to be kept with the payload: \
             it cannot be verified again",
    )?;
    Metadata::signature_headers(&text).context("the stored signature headers are unreadable")
}

fn judge(
    verifier: &Verifier,
    headers: &Headers,
    body: &[u8],
    ring: &KeyRing,
    received_at: Timestamp,
    recorded: &str,
) -> Verdict {
    // A key that has ended since was good when the event came.
    let keys: Vec<Key> = ring.live(received_at).map(Key::from).collect();
    match verifier.verify(headers, body, &keys, received_at.as_second()) {
        Ok(verified) => Verdict::Valid {
            key_id: verified.key_id().to_owned(),
        },
        Err(rejection) => Verdict::Invalid {
            code: rejection.code(),
            why: match rejection {
                Rejection::SignatureMismatch if !keys.iter().any(|key| key.id() == recorded) => {
                    format!(
                        "the key {recorded:?} that it was verified by is no longer in the endpoint's secret"
                    )
                }
                other => other.to_string(),
            },
        },
    }
}

fn tell(console: &Console, reference: &Ref, verdict: &Verdict) -> Result<Exit> {
    let (exit, value, text) = match verdict {
        Verdict::Valid { key_id } => (
            Exit::Good,
            json!({ "ref": reference.to_string(), "valid": true, "key_id": key_id }),
            format!(
                "{} {reference}: payload and signature are good, under the key {key_id}",
                paint(Tone::Good, "valid")
            ),
        ),
        Verdict::Invalid { code, why } => (
            Exit::Bad,
            json!({ "ref": reference.to_string(), "valid": false, "error": code, "message": why }),
            format!(
                "{} {reference}: {why} ({code})",
                paint(Tone::Bad, "invalid")
            ),
        ),
    };
    if console.json() {
        console.line(&value)?;
    } else {
        console.say(text)?;
    }
    Ok(exit)
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

    fn judged(body: &[u8], ring: &KeyRing, recorded: &str) -> Verdict {
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
        let valid = Verdict::Valid {
            key_id: "old".to_owned(),
        };
        assert_eq!(judged(b"Hello, World!", &ring, "old"), valid);
        let Verdict::Invalid { code, why } = judged(b"Hello, World?", &ring, "old") else {
            panic!("other bytes are valid");
        };
        assert_eq!(code, "signature_mismatch");
        assert!(!why.contains("no longer"), "{why}");
    }

    #[test]
    fn a_key_that_is_gone_is_named() {
        let ring = KeyRing::from_versions("another", None).unwrap();
        let Verdict::Invalid { why, .. } = judged(b"Hello, World!", &ring, "2026-10") else {
            panic!("valid without its key");
        };
        assert!(
            why.contains("2026-10") && why.contains("no longer"),
            "{why}"
        );
    }
}
