use std::{fmt, sync::Arc};

use domain::{Digest, InOrder};
use serde_json::{Map, Value};

use crate::{Event, EventProblem, ports::ClaimStore};

/// One event as it was delivered.
#[derive(Debug)]
pub(crate) struct Delivered {
    /// What an answer must name to get it again. `None`: the sender left it out.
    pub(crate) identifier: Option<String>,
    pub(crate) event: Result<Event, EventProblem>,
    /// The partition key of an event that cannot be decoded, if that much can be read.
    pub(crate) group: Option<String>,
    /// The event itself, for its dead-letter queue. `None`: that queue is unknown.
    pub(crate) dead_letter: Option<DeadLetter>,
}

/// A delivery as it came, and which sender has a dead-letter queue for it.
#[derive(Debug)]
pub(crate) struct DeadLetter {
    pub(crate) sender: Sender,
    pub(crate) body: String,
    /// Its place in a FIFO queue.
    pub(crate) order: InOrder,
}

impl DeadLetter {
    /// Its group in a FIFO queue is its partition key, else a digest of its ref. It has the id of
    /// its delivery, so that a second try to send it makes no second message.
    fn new(sender: Sender, body: String, event: Option<&Value>, delivery: Option<&str>) -> Self {
        let of = |name| {
            event
                .and_then(Value::as_object)
                .and_then(|event| text(event, name))
        };
        let digest = |text: &str| {
            let mut digest = Digest::of(text).to_string();
            digest.truncate(32);
            digest
        };
        let accepted = |text: &String| InOrder::accepts(text);
        let order = InOrder {
            group: of("partitionkey")
                .filter(accepted)
                .unwrap_or_else(|| digest(&of("ref").unwrap_or_default())),
            deduplication_id: delivery
                .map(str::to_owned)
                .filter(accepted)
                .unwrap_or_else(|| digest(&body)),
        };
        Self {
            sender,
            body,
            order,
        }
    }
}

/// The sender of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sender {
    /// The pipe of the subscription of this name.
    Subscription(String),
    /// The processor's own queue.
    Inbox,
}

impl fmt::Display for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Subscription(name) => name,
            Self::Inbox => "inbox",
        })
    }
}

/// The input that a function was called with.
#[derive(Debug)]
pub(crate) enum Input {
    /// A pipe's array, or the messages of a queue.
    Many(Vec<Delivered>),
    /// One event by itself, from a workflow.
    One(Box<Delivered>),
}

/// The invocation as a whole has no known form, so there is nothing to answer by
/// name: fail it.
#[derive(Debug, thiserror::Error)]
#[error("neither an array of events, nor an event, nor messages of a queue")]
pub(crate) struct InputProblem;

impl Input {
    /// Their payloads are in this store.
    pub(crate) fn decode(value: &Value, store: &Arc<dyn ClaimStore>) -> Result<Self, InputProblem> {
        let event = |value| event(value, store);
        let message = |record| message(record, store);
        match value {
            Value::Array(events) => Ok(Self::Many(events.iter().map(event).collect())),
            Value::Object(object) => match object.get("Records") {
                None => Ok(Self::One(Box::new(event(value)))),
                Some(Value::Array(records)) => {
                    Ok(Self::Many(records.iter().map(message).collect()))
                }
                Some(_) => Err(InputProblem),
            },
            _ => Err(InputProblem),
        }
    }

    pub(crate) fn into_all(self) -> Vec<Delivered> {
        match self {
            Self::Many(all) => all,
            Self::One(one) => vec![*one],
        }
    }
}

fn event(value: &Value, store: &Arc<dyn ClaimStore>) -> Delivered {
    let of = |name| value.as_object().and_then(|event| text(event, name));
    let identifier = of("deliveryid");
    Delivered {
        dead_letter: of("subscription").map(|name| {
            let sender = Sender::Subscription(name);
            DeadLetter::new(
                sender,
                value.to_string(),
                Some(value),
                identifier.as_deref(),
            )
        }),
        identifier,
        group: of("partitionkey"),
        event: Event::decode(value, Arc::clone(store)),
    }
}

/// A message of a queue that the function itself reads: its body is one event,
/// and the queue identifies it by its message id.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>
fn message(record: &Value, store: &Arc<dyn ClaimStore>) -> Delivered {
    let record = record.as_object();
    let dead_letter = record
        .and_then(|record| record.get("body"))
        .and_then(Value::as_str);
    let body = dead_letter.and_then(|body| serde_json::from_str::<Value>(body).ok());
    let identifier = record.and_then(|record| text(record, "messageId"));
    let event = body.as_ref().and_then(Value::as_object);
    Delivered {
        dead_letter: dead_letter.map(|text| {
            DeadLetter::new(
                Sender::Inbox,
                text.to_owned(),
                body.as_ref(),
                identifier.as_deref(),
            )
        }),
        identifier,
        group: event.and_then(|event| text(event, "partitionkey")),
        event: match body {
            Some(body) => Event::decode(&body, Arc::clone(store)),
            None => Err(EventProblem::NotAnObject),
        },
    }
}

fn text(object: &Map<String, Value>, name: &str) -> Option<String> {
    object
        .get(name)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}
