//! Event buses: each record an entry of `PutEvents`. What the bus refuses is tried again alone.

use emulator::{Address, ControlPlane, Failure};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::batches::resolve;
use super::outcome::BatchOutcome;
use super::prepared::Prepared;
use super::records::Sent;
use crate::arn::SourceKind;
use crate::blueprint::{Blueprint, Bus};
use crate::json::without_nulls;

pub(super) async fn put(
    calls: &ControlPlane,
    arn: &str,
    pipe: &str,
    blueprint: &Blueprint,
    batch: &[Prepared<'_>],
) -> Result<BatchOutcome, Failure> {
    const CALL: &str = "events:PutEvents";
    let entries = batch
        .iter()
        .map(|prepared| entry(arn, pipe, blueprint.source, &blueprint.bus, prepared));
    let (entries, sent) = Sent::split(CALL, entries)?;
    let action = Address::Action("AWSEvents.PutEvents");
    let body = json!({"Entries": entries});
    let answer = calls.json(CALL, action, &body).await?;
    sent.outcome(&answer, "Entries")
}

/// `None` if a path leads nowhere, or the detail is not a JSON object, which EventBridge requires.
fn entry(
    arn: &str,
    pipe: &str,
    source: SourceKind,
    bus: &Bus,
    prepared: &Prepared<'_>,
) -> Option<Value> {
    if !matches!(serde_json::from_str(&prepared.text), Ok(Value::Object(_))) {
        return None;
    }
    let event = prepared.event;
    let from = match source {
        SourceKind::Stream => "aws:dynamodb",
        SourceKind::Queue { .. } => "aws:sqs",
    };
    let default = |given: Option<String>, default: String| given.unwrap_or(default);
    let resources: Option<Vec<String>> = bus
        .resources
        .iter()
        .map(|resource| resolve(Some(resource), event).ok()?)
        .collect();
    let time = match &bus.time {
        Some(path) => Some(seconds(path.find(event.view())?.as_str()?)?),
        None => None,
    };
    Some(without_nulls(json!({
        "EventBusName": arn,
        "Source": default(resolve(bus.source.as_ref(), event).ok()?, format!("Pipe {pipe}")),
        "DetailType": default(resolve(bus.detail_type.as_ref(), event).ok()?, format!("Event from {from}")),
        "Detail": prepared.text,
        "Resources": Some(resources?).filter(|resources| !resources.is_empty()),
        "Time": time,
    })))
}

/// A time of RFC 3339 as the protocol has it.
fn seconds(text: &str) -> Option<i64> {
    let time: Timestamp = text.parse().ok()?;
    Some(time.as_second())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blueprint::Parameter;
    use crate::event::SourceEvent;
    use crate::path::Path;

    fn built(bus: &Bus, text: &str) -> Option<Value> {
        let body = r#"{"type":"push","at":"2026-11-21T20:59:57Z","arn":"arn:aws:s3:::b"}"#;
        let event = SourceEvent::from_queue(json!({"messageId": "m", "body": body}), String::new());
        let prepared = Prepared {
            event: &event,
            text: text.to_owned(),
        };
        entry("b", "p", SourceKind::Queue { fifo: false }, bus, &prepared)
    }

    #[test]
    fn defaults_name_the_pipe_and_the_source() {
        assert_eq!(
            built(&Bus::default(), r#"{"a":1}"#),
            Some(json!({"EventBusName": "b", "Source": "Pipe p",
                "DetailType": "Event from aws:sqs", "Detail": r#"{"a":1}"#}))
        );
    }

    #[test]
    fn parameters_may_be_paths() {
        let path = |text: &str| Path::parse(text).unwrap();
        let mut bus = Bus {
            detail_type: Some(Parameter::Path(path("$.body.type"))),
            source: Some(Parameter::Text("coat".to_owned())),
            resources: vec![Parameter::Path(path("$.body.arn"))],
            time: Some(path("$.body.at")),
        };
        assert_eq!(
            built(&bus, "{}"),
            Some(
                json!({"EventBusName": "b", "Source": "coat", "DetailType": "push", "Detail": "{}",
                "Resources": ["arn:aws:s3:::b"], "Time": 1_795_294_797})
            )
        );
        bus.time = Some(path("$.body.gone"));
        assert_eq!(built(&bus, "{}"), None);
    }

    #[test]
    fn a_detail_must_be_an_object() {
        for text in ["[]", "7", "text"] {
            assert_eq!(built(&Bus::default(), text), None, "{text}");
        }
    }
}
