//! What a function did with an event, and whether that is what it must do.

use anyhow::{bail, ensure};
use bytes::Bytes;
use serde_json::Value;

/// One thing that a function did, as its surroundings see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    /// It asked for the next event, and waits.
    Next,
    /// It answered an event.
    Response(Bytes),
    /// It said that it failed.
    Error(String),
    /// It called something that does not exist here.
    Unknown(String),
    /// It put a body with this SHA-256 (hex) into S3, or posted it to the destination.
    Payload(String),
    /// It put an item into DynamoDB.
    Item,
}

/// What a function must do with an event before it asks for the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expected {
    /// To store the payload unchanged, then its pointer if there must be one, and only then to
    /// answer a 2xx.
    Stored {
        /// Of the payload, in lower-case hex.
        sha256: String,
        /// False for a program that need not write one.
        pointer: bool,
    },
    /// To write so many items, and then to answer that no message failed.
    Handled {
        /// Items put into DynamoDB.
        items: usize,
    },
    /// To post the payload unchanged so many times, and then to answer that no message failed.
    Posted {
        /// Of the payload, in lower-case hex.
        sha256: String,
        /// How many events there are.
        events: usize,
    },
    /// To answer a policy that allows the request.
    Allowed,
}

impl Expected {
    /// Fails if this is not what it did.
    pub(crate) fn met_by(&self, seen: &[Seen]) -> anyhow::Result<()> {
        let Some((Seen::Response(response), before)) = seen.split_last() else {
            bail!("no answer, or something after it: {seen:?}");
        };
        let answer: Value = serde_json::from_slice(response)?;
        let payloads = |sha256: &str| {
            let same = |one: &&Seen| matches!(one, Seen::Payload(found) if found == sha256);
            before.iter().filter(same).count()
        };
        let items = before.iter().filter(|one| **one == Seen::Item).count();
        let known = before.iter().all(|one| match one {
            Seen::Item => true,
            Seen::Payload(_) => matches!(self, Self::Stored { .. } | Self::Posted { .. }),
            _ => false,
        });
        ensure!(known, "not what was expected: {before:?}");
        match self {
            Self::Stored { sha256, pointer } => {
                ensure!(
                    before.first() == Some(&Seen::Payload(sha256.clone())),
                    "it did not begin with the payload: {before:?}"
                );
                let all = 1 + if *pointer { 1 } else { items };
                ensure!(
                    before.len() == all && (!*pointer || items == 1),
                    "not one payload and its pointer: {before:?}"
                );
                let status = answer.get("statusCode").and_then(Value::as_u64);
                ensure!(
                    status.is_some_and(|status| (200..300).contains(&status)),
                    "it refused: {answer}"
                );
            }
            Self::Handled { items: expected } => {
                ensure!(items == *expected, "it wrote {items} items");
                ensure!(none_failed(&answer), "it failed: {answer}");
            }
            Self::Posted { sha256, events } => {
                let posted = payloads(sha256);
                ensure!(
                    posted == *events && before.len() == *events,
                    "it posted {posted} of {events}: {before:?}"
                );
                ensure!(none_failed(&answer), "it failed: {answer}");
            }
            Self::Allowed => {
                let effect = answer.pointer("/policyDocument/Statement/0/Effect");
                ensure!(
                    effect.and_then(Value::as_str) == Some("Allow") && before.is_empty(),
                    "it did not allow: {answer}"
                );
            }
        }
        Ok(())
    }
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>
fn none_failed(answer: &Value) -> bool {
    let failed = answer.get("batchItemFailures").and_then(Value::as_array);
    failed.is_some_and(Vec::is_empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(text: &'static str) -> Seen {
        Seen::Response(Bytes::from_static(text.as_bytes()))
    }

    fn payload(sha256: &str) -> Seen {
        Seen::Payload(sha256.to_owned())
    }

    #[test]
    fn a_2xx_comes_after_the_payload_and_its_pointer() {
        let must = |pointer| Expected::Stored {
            sha256: "a".to_owned(),
            pointer,
        };
        let yes = response(r#"{"statusCode":200}"#);
        let good = [payload("a"), Seen::Item, yes.clone()];
        must(true).met_by(&good).unwrap();
        must(false).met_by(&good).unwrap();
        must(false).met_by(&[payload("a"), yes.clone()]).unwrap();
        for bad in [
            vec![payload("a"), yes.clone()],
            vec![payload("b"), Seen::Item, yes.clone()],
            vec![Seen::Item, payload("a"), yes.clone()],
            vec![payload("a"), yes.clone(), Seen::Item],
            vec![payload("a"), Seen::Item, Seen::Item, yes.clone()],
            vec![payload("a"), payload("a"), Seen::Item, yes.clone()],
            vec![payload("a"), Seen::Unknown("x".to_owned()), yes.clone()],
            vec![payload("a"), Seen::Item, response(r#"{"statusCode":503}"#)],
            vec![payload("a"), Seen::Item],
            vec![],
        ] {
            assert!(must(true).met_by(&bad).is_err(), "{bad:?}");
        }
        let twice = [payload("a"), payload("a"), yes];
        assert!(must(false).met_by(&twice).is_err());
    }

    #[test]
    fn a_batch_fails_nothing() {
        let none = response(r#"{"batchItemFailures":[]}"#);
        let some = response(r#"{"batchItemFailures":[{"itemIdentifier":"1"}]}"#);
        let handled = Expected::Handled { items: 1 };
        handled.met_by(&[Seen::Item, none.clone()]).unwrap();
        assert!(handled.met_by(std::slice::from_ref(&none)).is_err());
        assert!(handled.met_by(&[Seen::Item, some.clone()]).is_err());
        assert!(
            handled
                .met_by(&[Seen::Item, payload("a"), none.clone()])
                .is_err()
        );
        let posted = Expected::Posted {
            sha256: "a".to_owned(),
            events: 2,
        };
        posted
            .met_by(&[payload("a"), payload("a"), none.clone()])
            .unwrap();
        assert!(posted.met_by(&[payload("a"), none.clone()]).is_err());
        assert!(posted.met_by(&[payload("a"), payload("b"), none]).is_err());
        assert!(posted.met_by(&[payload("a"), payload("a"), some]).is_err());
    }

    #[test]
    fn a_request_is_allowed_by_a_policy() {
        let allow = r#"{"policyDocument":{"Statement":[{"Effect":"Allow"}]}}"#;
        let deny = r#"{"policyDocument":{"Statement":[{"Effect":"Deny"}]}}"#;
        Expected::Allowed.met_by(&[response(allow)]).unwrap();
        assert!(Expected::Allowed.met_by(&[response(deny)]).is_err());
        assert!(
            Expected::Allowed
                .met_by(&[Seen::Item, response(allow)])
                .is_err()
        );
    }
}
