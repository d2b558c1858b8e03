//! What a message of a DLQ says.

use std::borrow::Cow;

use aws::operator::Held;
use domain::{Heartbeat, Ref, Timestamp, parse_time};
use serde_json::Value;

/// A message of a DLQ, read.
#[derive(Debug, Clone, PartialEq)]
pub enum Letter {
    /// An event, whole.
    Event(Box<EventLetter>),
    /// Not an event: what it is, as far as one can tell.
    Other(Cow<'static, str>),
}

/// An event in a DLQ.
#[derive(Debug, Clone, PartialEq)]
pub struct EventLetter {
    /// Names the event.
    pub reference: Ref,
    /// Its type.
    pub kind: String,
    /// When the delivery came.
    pub received_at: Option<Timestamp>,
    /// Whether it came by a replay that wanted it processed once more.
    pub force: bool,
    /// All of it.
    pub whole: Value,
}

impl Letter {
    fn other(what: &'static str) -> Self {
        Self::Other(Cow::Borrowed(what))
    }

    /// An object of the direct lane. `admit` writes the reason into what it gives up at once.
    fn incoming(reason: Option<&str>) -> Self {
        match reason {
            Some(reason) => {
                let reason = reason.escape_debug();
                Self::Other(format!("an object of the direct lane that is kept: {reason}").into())
            }
            None => Self::other(
                "an object of the direct lane that `admit` could not judge: its log says why",
            ),
        }
    }

    /// Reads one.
    pub fn of(held: &Held) -> Self {
        let Ok(whole) = serde_json::from_str::<Value>(&held.body) else {
            return Self::other("no JSON, so no event");
        };
        let text = |name: &str| whole.get(name).and_then(Value::as_str);
        if whole.get("DDBStreamBatchInfo").is_some() {
            return Self::other(
                "a letter that `rehydrate` could make no events of: it names their place in the stream",
            );
        }
        if text("source") == Some(Heartbeat::SOURCE) {
            return Self::other("a heartbeat, which is of no use any more");
        }
        if whole.pointer("/detail/object/key").is_some() {
            return Self::incoming(text("reason"));
        }
        let (Some(reference), Some(kind)) =
            (text("ref").and_then(|text| text.parse().ok()), text("type"))
        else {
            return Self::other("JSON, and no event");
        };
        Self::Event(Box::new(EventLetter {
            reference,
            kind: kind.to_owned(),
            received_at: text("receivedat").and_then(parse_time),
            force: text("replayforce") == Some("true"),
            whole,
        }))
    }
}

#[cfg(test)]
pub(crate) fn held(id: &str, body: &str) -> Held {
    Held {
        id: id.to_owned(),
        body: body.to_owned(),
        sent_at: None,
        receives: 4,
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
        let Letter::Event(event) = Letter::of(&held("m1", EVENT)) else {
            panic!("it is one");
        };
        assert_eq!(event.reference.to_string(), "stripe/evt_1");
        assert_eq!(event.kind, "invoice.paid");
        assert_eq!(event.received_at, "2026-11-21T20:59:57.414Z".parse().ok());
        assert!(event.force);
        assert_eq!(event.whole["replayid"], "r1");
        let ordinary = EVENT.replace("\"true\"", "\"false\"");
        let Letter::Event(event) = Letter::of(&held("m1", &ordinary)) else {
            panic!("it is one");
        };
        assert!(!event.force);
    }

    #[test]
    fn what_is_none_is_said() {
        for (body, what) in [
            ("hello", "no JSON"),
            ("[]", "no event"),
            (r#"{"ref":"stripe/evt_1"}"#, "no event"),
            (r#"{"ref":"UPPER/x","type":"a"}"#, "no event"),
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
            let Letter::Other(said) = Letter::of(&held("m1", body)) else {
                panic!("{body} is no event");
            };
            assert!(said.contains(what), "{body}: {said}");
        }
    }
}
