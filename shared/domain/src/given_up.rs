use std::fmt;

use serde_json::Value;

use crate::{Heartbeat, Ref};

/// What the text of a message in a DLQ is.
#[derive(Debug, Clone, PartialEq)]
pub enum GivenUp {
    /// An event, whole.
    Event {
        /// Its ref.
        reference: Ref,
        /// Its type.
        kind: String,
        /// All of it.
        whole: Value,
    },
    /// The position of records in the stream, which `rehydrate` could not turn into events.
    Positions,
    /// A heartbeat, which no one needs any more.
    Heartbeat,
    /// The notice about an object of the direct lane, and `admit`'s reason if it gave the object
    /// up at once. The reason may quote the delivery.
    Object {
        /// A code, a colon and an explanation.
        reason: Option<String>,
    },
    /// JSON, and none of these.
    OtherJson,
    /// Not JSON.
    NotJson,
}

impl GivenUp {
    /// Reads the text of a message.
    #[must_use]
    pub fn of(body: &str) -> Self {
        let Ok(whole) = serde_json::from_str::<Value>(body) else {
            return Self::NotJson;
        };
        let text = |name: &str| whole.get(name).and_then(Value::as_str);
        if whole.get("DDBStreamBatchInfo").is_some() {
            return Self::Positions;
        }
        if text("source") == Some(Heartbeat::SOURCE) {
            return Self::Heartbeat;
        }
        if whole.pointer("/detail/object/key").is_some() {
            let reason = text("reason").map(str::to_owned);
            return Self::Object { reason };
        }
        let reference = text("ref").and_then(|text| text.parse().ok());
        match (reference, text("type").map(str::to_owned)) {
            (Some(reference), Some(kind)) => Self::Event {
                reference,
                kind,
                whole,
            },
            _ => Self::OtherJson,
        }
    }
}

/// For people, without anything from the message.
impl fmt::Display for GivenUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Event { .. } => "an event",
            Self::Positions => {
                "a dead letter that `rehydrate` could not turn into events: it names their place in the stream"
            }
            Self::Heartbeat => "a heartbeat, which is no longer of use",
            Self::Object { reason: Some(_) } => "an object of the direct lane, kept",
            Self::Object { reason: None } => {
                "an object of the direct lane that `admit` could not process: its log says why"
            }
            Self::OtherJson => "JSON, but not an event",
            Self::NotJson => "not JSON, so not an event",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_is_one_of_these() {
        let object = |reason: Option<&str>| GivenUp::Object {
            reason: reason.map(str::to_owned),
        };
        for (body, expected) in [
            ("hello", GivenUp::NotJson),
            ("[]", GivenUp::OtherJson),
            (r#"{"ref":"stripe/evt_1"}"#, GivenUp::OtherJson),
            (r#"{"ref":"UPPER/x","type":"a"}"#, GivenUp::OtherJson),
            (
                r#"{"DDBStreamBatchInfo":{"shardId":"s"}}"#,
                GivenUp::Positions,
            ),
            (
                r#"{"source":"/endpoints/-","ref":"-/2026-11-22T05:00:00.000Z","type":"coatcheck.heartbeat"}"#,
                GivenUp::Heartbeat,
            ),
            (
                r#"{"detail":{"object":{"key":"incoming/a"}}}"#,
                object(None),
            ),
            (
                r#"{"detail":{"object":{"key":"incoming/a"}},"reason":"type_missing: why"}"#,
                object(Some("type_missing: why")),
            ),
        ] {
            assert_eq!(GivenUp::of(body), expected, "{body}");
        }
    }

    #[test]
    fn an_event_stays_whole() {
        let body = r#"{"ref":"stripe/evt_1","type":"invoice.paid","replayid":"r1"}"#;
        let GivenUp::Event {
            reference,
            kind,
            whole,
        } = GivenUp::of(body)
        else {
            panic!("it is one");
        };
        assert_eq!(
            (reference.to_string(), kind),
            ("stripe/evt_1".to_owned(), "invoice.paid".to_owned())
        );
        assert_eq!(whole["replayid"], "r1");
    }
}
