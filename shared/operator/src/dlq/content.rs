//! What a message in a DLQ holds.

use aws::operator::Held;
use domain::{GivenUp, Ref, Timestamp, parse_time};
use serde_json::Value;

/// What a message in a DLQ holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// An event, whole.
    Event(Box<DeadEvent>),
    /// Not an event: what it is, for people.
    Other(String),
}

/// An event in a DLQ.
#[derive(Debug, Clone, PartialEq)]
pub struct DeadEvent {
    /// The event's ref.
    pub reference: Ref,
    /// Its type.
    pub kind: String,
    /// When the delivery was received.
    pub received_at: Option<Timestamp>,
    /// Whether it comes from a replay with `--force`.
    pub force: bool,
    /// The whole event.
    pub whole: Value,
}

impl Content {
    /// Reads a message.
    pub fn of(held: &Held) -> Self {
        let given_up = GivenUp::of(&held.body);
        let what = given_up.to_string();
        match given_up {
            GivenUp::Event {
                reference,
                kind,
                whole,
            } => {
                let text = |name: &str| whole.get(name).and_then(Value::as_str);
                Self::Event(Box::new(DeadEvent {
                    reference,
                    kind,
                    received_at: text("receivedat").and_then(parse_time),
                    force: text("replayforce") == Some("true"),
                    whole,
                }))
            }
            // `admit` adds the reason to what it gives up at once.
            GivenUp::Object {
                reason: Some(reason),
            } => Self::Other(format!("{what}: {}", reason.escape_debug())),
            _ => Self::Other(what),
        }
    }
}

#[cfg(test)]
pub(crate) fn held(id: &str, body: &str) -> Held {
    Held {
        id: id.to_owned(),
        body: body.to_owned(),
        sent_at: None,
        receives: 4,
        group: None,
        receipt: format!("receipt of {id}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: &str = r#"{"specversion":"1.0","id":"evt_1","source":"/endpoints/stripe","type":"invoice.paid",
        "ref":"stripe/evt_1","receivedat":"2026-11-21T20:59:57.414Z","replayid":"r1","replayforce":"true"}"#;

    #[test]
    fn an_event_is_read_and_kept_whole() {
        let Content::Event(event) = Content::of(&held("m1", EVENT)) else {
            panic!("it is one");
        };
        assert_eq!(event.reference.to_string(), "stripe/evt_1");
        assert_eq!(event.kind, "invoice.paid");
        assert_eq!(event.received_at, "2026-11-21T20:59:57.414Z".parse().ok());
        assert!(event.force);
        assert_eq!(event.whole["replayid"], "r1");
        let ordinary = EVENT.replace("\"true\"", "\"false\"");
        let Content::Event(event) = Content::of(&held("m1", &ordinary)) else {
            panic!("it is one");
        };
        assert!(!event.force);
    }

    #[test]
    fn anything_else_is_named() {
        for (body, what) in [
            ("hello", "not JSON"),
            ("[]", "not an event"),
            (r#"{"ref":"stripe/evt_1"}"#, "not an event"),
            (r#"{"ref":"UPPER/x","type":"a"}"#, "not an event"),
            (
                r#"{"DDBStreamBatchInfo":{"shardId":"s"}}"#,
                "place in the stream",
            ),
            (
                r#"{"source":"/endpoints/-","ref":"-/2026-11-22T05:00:00.000Z","type":"coatcheck.heartbeat"}"#,
                "heartbeat",
            ),
            (
                r#"{"detail":{"object":{"key":"incoming/a"}}}"#,
                "its log says why",
            ),
            (
                r#"{"detail":{"object":{"key":"incoming/a"}},"reason":"type_missing: it\nis"}"#,
                "kept: type_missing: it\\nis",
            ),
        ] {
            let Content::Other(text) = Content::of(&held("m1", body)) else {
                panic!("{body} is not an event");
            };
            assert!(text.contains(what), "{body}: {text}");
        }
    }
}
