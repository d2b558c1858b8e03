//! The message of a subscription's queue.

use std::{fmt, str::FromStr};

use domain::{AttributeName, DataRef, Digest, Ref, Timestamp};
use serde_json::{Map, Value};

/// The attributes that targets get of every event: those that `docs/processors.md` explains. Besides, they get what endpoints
/// declare. Whatever else a message has is for the stack itself: its name is reserved, or too long for an attribute.
pub(crate) const TARGETS_GET: [&str; 17] = [
    "specversion",
    "id",
    "source",
    "type",
    "subject",
    "time",
    "datacontenttype",
    "dataref",
    "datasha256",
    "datasize",
    "ref",
    "receivedat",
    "traceparent",
    "replayid",
    "replayforce",
    "partitionkey",
    "deliveryid",
];

/// Whether an endpoint may have declared an attribute of this name.
pub(crate) fn is_declared(name: &str) -> bool {
    AttributeName::try_from(name.to_owned()).is_ok_and(|name| name.is_carried())
}

/// An event as the router published it: a CloudEvents 1.0 event whose data is a claim check.
#[derive(Clone, PartialEq)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) source: String,
    pub(crate) kind: String,
    /// Empty if nothing says what it is about.
    pub(crate) subject: String,
    pub(crate) time: String,
    /// The payload's, as received.
    pub(crate) content_type: String,
    /// Names the event everywhere; the same at every delivery.
    pub(crate) reference: Ref,
    pub(crate) received_at: Timestamp,
    pub(crate) traceparent: String,
    /// Empty: the provider delivered it.
    pub(crate) replay_id: String,
    pub(crate) replay_forced: bool,
    /// Events with the same one have an order; empty in a message from before there were any.
    pub(crate) partition_key: String,
    pub(crate) claim: Claim,
    /// All of the message's attributes.
    whole: Map<String, Value>,
}

/// The claim check: where the payload is and what it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claim {
    /// The object that holds it, or a small payload itself.
    pub(crate) dataref: DataRef,
    pub(crate) sha256: Digest,
    pub(crate) size: u64,
}

/// The message can never be delivered. The text shows no value of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EventProblem {
    #[error("not_an_event: the message is not a JSON object")]
    NotAnObject,
    #[error("not_an_event: it has no usable attribute `{0}`")]
    Attribute(&'static str),
}

impl Event {
    /// Reads the text of a message.
    pub(crate) fn decode(message: &str) -> Result<Self, EventProblem> {
        let whole: Map<String, Value> =
            serde_json::from_str(message).map_err(|_| EventProblem::NotAnObject)?;
        let event = Members(&whole);
        if event.text("specversion")? != "1.0" {
            return Err(EventProblem::Attribute("specversion"));
        }
        let dataref = DataRef::parse(event.text("dataref")?);
        let dataref = dataref.ok_or(EventProblem::Attribute("dataref"))?;
        Ok(Self {
            id: event.named("id")?,
            source: event.named("source")?,
            kind: event.named("type")?,
            subject: event.or_empty("subject")?,
            time: event.named("time")?,
            content_type: event.named("datacontenttype")?,
            reference: event.parsed("ref")?,
            received_at: event.parsed("receivedat")?,
            traceparent: event.or_empty("traceparent")?,
            replay_id: event.or_empty("replayid")?,
            replay_forced: event.or_empty("replayforce")? == "true",
            partition_key: event.or_empty("partitionkey")?,
            claim: Claim {
                dataref,
                sha256: event.parsed("datasha256")?,
                size: event.parsed("datasize")?,
            },
            whole,
        })
    }

    /// The id of the replay that this delivery belongs to; `None`: the provider delivered it.
    pub(crate) fn replay_id(&self) -> Option<&str> {
        Some(self.replay_id.as_str()).filter(|id| !id.is_empty())
    }

    /// What targets get, attribute for attribute as the template `from_queue` of the Terraform
    /// code builds it: with the message's id as `deliveryid`.
    pub(crate) fn for_target(&self, message_id: &str) -> Map<String, Value> {
        let whole = self.whole.iter();
        let mut event: Map<String, Value> = whole
            .filter(|(name, _)| TARGETS_GET.contains(&name.as_str()) || is_declared(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        event.insert("deliveryid".to_owned(), message_id.into());
        event
    }
}

/// Shows no value except its name.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Event({})", self.reference)
    }
}

struct Members<'a>(&'a Map<String, Value>);

impl<'a> Members<'a> {
    fn text(&self, name: &'static str) -> Result<&'a str, EventProblem> {
        let value = self.0.get(name).and_then(Value::as_str);
        value.ok_or(EventProblem::Attribute(name))
    }

    /// A text that must not be empty.
    fn named(&self, name: &'static str) -> Result<String, EventProblem> {
        match self.text(name)? {
            "" => Err(EventProblem::Attribute(name)),
            text => Ok(text.to_owned()),
        }
    }

    fn parsed<T: FromStr>(&self, name: &'static str) -> Result<T, EventProblem> {
        let parsed = self.text(name)?.parse();
        parsed.map_err(|_| EventProblem::Attribute(name))
    }

    /// An attribute that an event may lack.
    fn or_empty(&self, name: &'static str) -> Result<String, EventProblem> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(String::new()),
            Some(_) => self.text(name).map(str::to_owned),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;

    /// The text of a message with this event.
    pub(crate) fn message(id: &str) -> String {
        whole(id).to_string()
    }

    fn whole(id: &str) -> Value {
        json!({
            "specversion": "1.0",
            "id": id,
            "source": "/endpoints/stripe",
            "type": "invoice.paid",
            "subject": "cus_1",
            "time": "2026-11-21T20:59:57.000Z",
            "datacontenttype": "application/json",
            "dataref": format!("s3://payloads/payloads/a/{id}"),
            "datasha256": Digest::of("{}").to_string(),
            "datasize": "2",
            "ref": format!("stripe/{id}"),
            "receivedat": "2026-11-21T20:59:57.414Z",
            "traceparent": "00-0a-b7-01",
            "replayid": "",
            "replayforce": "false",
            "partitionkey": "ac42",
            "deliveryid": "of-the-stream",
        })
    }

    #[test]
    fn a_message_is_read() {
        let event = Event::decode(&message("evt_1")).unwrap();
        assert_eq!(event.reference.to_string(), "stripe/evt_1");
        assert_eq!(
            (event.kind.as_str(), event.replay_id()),
            ("invoice.paid", None)
        );
        let claim = Claim {
            dataref: DataRef::parse("s3://payloads/payloads/a/evt_1").unwrap(),
            sha256: Digest::of("{}"),
            size: 2,
        };
        assert_eq!(event.claim, claim);
        assert_eq!(format!("{event:?}"), "Event(stripe/evt_1)");
    }

    #[test]
    fn whatever_else_is_missing_is_named() {
        let optional = [
            "subject",
            "traceparent",
            "replayid",
            "replayforce",
            "partitionkey",
            "deliveryid",
        ];
        for name in whole("evt_1").as_object().unwrap().keys() {
            let mut event = whole("evt_1");
            event.as_object_mut().unwrap().remove(name);
            let read = Event::decode(&event.to_string());
            if optional.contains(&name.as_str()) {
                assert!(read.is_ok(), "{name}");
            } else {
                let problem = read.unwrap_err().to_string();
                assert!(problem.contains(&format!("`{name}`")), "{problem}");
            }
        }
        assert_eq!(Event::decode("[]"), Err(EventProblem::NotAnObject));
    }

    /// The stack's own template of what targets get.
    #[test]
    fn targets_get_what_a_pipe_would_give_them() {
        const MODULE: &str = include_str!("../../../terraform/modules/cloudevent/main.tf");
        let of_line = |line: &'static str| line.trim().strip_prefix("[\"")?.split_once('"');
        let in_image = MODULE.lines().filter_map(of_line).map(|(name, _)| name);
        let mut of_pipes = vec!["specversion"];
        of_pipes.extend(in_image);
        of_pipes.push("deliveryid");
        assert_eq!(of_pipes, TARGETS_GET);

        let mut expected = whole("evt_1");
        let mut message = expected.clone();
        for inner in ["replayto", "anoverlongnameofours1", "of_ours"] {
            message[inner] = json!("for the stack itself");
        }
        for declared in ["customer", "schemacheck"] {
            message[declared] = json!("50%25");
            expected[declared] = json!("50%25");
        }
        let event = Event::decode(&message.to_string()).unwrap();
        expected["deliveryid"] = json!("m1");
        assert_eq!(Value::from(event.for_target("m1")), expected);
    }

    #[test]
    fn each_attribute_is_documented() {
        const PAGE: &str = include_str!("../../../docs/processors.md");
        for name in TARGETS_GET {
            assert!(PAGE.contains(&format!("\n  \"{name}\": ")), "{name}");
        }
    }
}
