use std::{fmt, sync::Arc};

use serde_json::{Map, Value};

use crate::{Event, EventProblem, ports::ClaimStore};

/// One event as it was delivered.
#[derive(Debug)]
pub(crate) struct Delivered {
    /// What an answer must name to get it again. `None`: the sender left it out.
    pub(crate) identifier: Option<String>,
    pub(crate) event: Result<Event, EventProblem>,
    /// The event itself, for its dead-letter queue. `None`: that queue is unknown.
    pub(crate) letter: Option<Letter>,
}

/// A delivery as it came, and which sender has a dead-letter queue for it.
#[derive(Debug)]
pub(crate) struct Letter {
    pub(crate) sender: Sender,
    pub(crate) body: String,
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
    Delivered {
        identifier: of("deliveryid"),
        letter: of("subscription").map(|name| Letter {
            sender: Sender::Subscription(name),
            body: value.to_string(),
        }),
        event: Event::decode(value, Arc::clone(store)),
    }
}

/// A message of a queue that the function itself reads: its body is one event,
/// and the queue identifies it by its message id.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>
fn message(record: &Value, store: &Arc<dyn ClaimStore>) -> Delivered {
    let record = record.as_object();
    let letter = record
        .and_then(|record| record.get("body"))
        .and_then(Value::as_str);
    let body = letter.and_then(|body| serde_json::from_str::<Value>(body).ok());
    Delivered {
        identifier: record.and_then(|record| text(record, "messageId")),
        letter: letter.map(|body| Letter {
            sender: Sender::Inbox,
            body: body.to_owned(),
        }),
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fakes::{Shelf, cloud_event, queue_message};

    fn decode(value: &Value) -> Result<Input, InputProblem> {
        let store: Arc<dyn ClaimStore> = Arc::new(Shelf::new());
        Input::decode(value, &store)
    }

    fn identifiers(input: &Value) -> Vec<Option<String>> {
        let all = decode(input).unwrap().into_all();
        all.into_iter().map(|one| one.identifier).collect()
    }

    #[test]
    fn a_pipes_array_is_named_by_delivery_id() {
        let input = json!([cloud_event("a", b"1"), cloud_event("b", b"2")]);
        assert_eq!(
            identifiers(&input),
            [
                Some("delivery-of-a".to_owned()),
                Some("delivery-of-b".to_owned())
            ]
        );
        assert_eq!(identifiers(&json!([])), []);
    }

    #[test]
    fn one_event_stays_one() {
        let input = decode(&cloud_event("a", b"1")).unwrap();
        assert!(matches!(input, Input::One(one) if one.event.is_ok()));
    }

    #[test]
    fn messages_of_a_queue_are_named_by_message_id() {
        let input = json!({"Records": [queue_message("m1", &cloud_event("a", b"1"))]});
        assert_eq!(identifiers(&input), [Some("m1".to_owned())]);
    }

    #[test]
    fn a_delivery_knows_its_dead_letter_queue_and_goes_there_as_it_came() {
        let mut subscribed = cloud_event("a", b"1");
        subscribed["subscription"] = json!("invoices");
        let broken = json!({"subscription": "invoices", "deliveryid": "d"});
        let letters = |input: &Value| -> Vec<Option<(Sender, String)>> {
            let all = decode(input).unwrap().into_all();
            let letter = |one: Delivered| one.letter.map(|letter| (letter.sender, letter.body));
            all.into_iter().map(letter).collect()
        };
        let invoices = || Sender::Subscription("invoices".to_owned());
        assert_eq!(
            letters(&json!([subscribed, cloud_event("b", b"2"), broken])),
            [
                Some((invoices(), subscribed.to_string())),
                None,
                Some((invoices(), broken.to_string())),
            ]
        );
        let records = json!({"Records": [
            {"messageId": "m1", "body": "not json"},
            {"messageId": "m2"},
        ]});
        let own = (Sender::Inbox, "not json".to_owned());
        assert_eq!(letters(&records), [Some(own), None]);
    }

    #[test]
    fn a_broken_event_keeps_its_name() {
        let mut broken = cloud_event("a", b"1");
        broken["datasha256"] = json!("x");
        let input = json!([broken, cloud_event("b", b"2")]);
        let all = decode(&input).unwrap().into_all();
        assert_eq!(all[0].identifier.as_deref(), Some("delivery-of-a"));
        assert_eq!(
            all[0].event.as_ref().unwrap_err(),
            &EventProblem::Attribute("datasha256")
        );
        assert!(all[1].event.is_ok());

        let input =
            json!({"Records": [{"messageId": "m1", "body": "not json"}, {"messageId": "m2"}]});
        for one in decode(&input).unwrap().into_all() {
            assert!(one.identifier.is_some());
            assert_eq!(one.event.unwrap_err(), EventProblem::NotAnObject);
        }
    }

    #[test]
    fn anything_else_is_refused_as_a_whole() {
        for input in [json!(null), json!("x"), json!(1), json!({"Records": {}})] {
            assert!(decode(&input).is_err(), "{input}");
        }
    }
}
