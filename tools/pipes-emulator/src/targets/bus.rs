//! SourceEvent buses: each record an entry of `PutEvents`.

use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use emulator::Failure;
use jiff::Timestamp;
use serde_json::Value;

use super::batches::resolve;
use super::prepared::Prepared;
use crate::blueprint::{Bus, Parameter};
use crate::event::SourceEvent;
use crate::runner::plan::BatchOutcome;

pub(super) async fn put(
    client: &aws_sdk_eventbridge::Client,
    arn: &str,
    pipe_name: &str,
    bus: &Bus,
    batch: &[Prepared<'_>],
) -> Result<BatchOutcome, Failure> {
    const CALL: &str = "events:PutEvents";
    let mut request = client.put_events();
    let mut sent = Vec::with_capacity(batch.len());
    let mut failed = Vec::new();
    for (index, prepared) in batch.iter().enumerate() {
        match entry(arn, pipe_name, bus, prepared) {
            Some(entry) => {
                request = request.entries(entry);
                sent.push(index);
            }
            None => failed.push(index),
        }
    }
    if sent.is_empty() {
        return Err(Failure::new(
            CALL,
            "no record is a JSON object with what the parameters' paths name",
        ));
    }
    let answer = request
        .send()
        .await
        .map_err(|error| Failure::of(CALL, &error))?;
    // The answer has one entry for each that was sent, in order.
    let refused = answer
        .entries()
        .iter()
        .zip(&sent)
        .filter(|(entry, _)| entry.error_code.is_some());
    failed.extend(refused.map(|(_, index)| *index));
    Ok(BatchOutcome::of_failed(failed))
}

fn entry(
    arn: &str,
    pipe_name: &str,
    bus: &Bus,
    prepared: &Prepared<'_>,
) -> Option<PutEventsRequestEntry> {
    if !matches!(serde_json::from_str(&prepared.text), Ok(Value::Object(_))) {
        return None;
    }
    let event = prepared.event;
    let named = |parameter: &Option<Parameter>| resolve(parameter.as_ref(), event).ok();
    let source = named(&bus.source)?.unwrap_or_else(|| format!("Pipe {pipe_name}"));
    let detail_type =
        named(&bus.detail_type)?.unwrap_or_else(|| format!("Event from {}", event_source(event)));
    let mut entry = PutEventsRequestEntry::builder()
        .event_bus_name(arn)
        .source(source)
        .detail_type(detail_type)
        .detail(&prepared.text);
    for resource in &bus.resources {
        entry = entry.resources(resolve(Some(resource), event).ok()??);
    }
    if let Some(path) = &bus.time {
        let value = path.find(event.view())?;
        let time: Timestamp = value.as_str()?.parse().ok()?;
        entry = entry.time(DateTime::from_millis(time.as_millisecond()));
    }
    Some(entry.build())
}

fn event_source(event: &SourceEvent) -> &str {
    event
        .record
        .get("eventSource")
        .and_then(Value::as_str)
        .unwrap_or("aws:pipes")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::Path;
    use serde_json::json;

    const ARN: &str = "arn:aws:events:us-east-1:000000000000:event-bus/b";

    fn message() -> SourceEvent {
        let body = r#"{"type":"push","at":"2026-11-21T20:59:57Z","arn":"arn:aws:s3:::b"}"#;
        SourceEvent::from_queue(
            json!({"messageId": "m", "eventSource": "aws:sqs", "body": body}),
            String::new(),
        )
    }

    #[test]
    fn defaults_name_the_pipe_and_the_source() {
        let event = message();
        let built = entry(
            ARN,
            "p",
            &Bus::default(),
            &Prepared {
                event: &event,
                text: "{}".to_owned(),
            },
        )
        .unwrap();
        assert_eq!(built.source(), Some("Pipe p"));
        assert_eq!(built.detail_type(), Some("Event from aws:sqs"));
        assert_eq!(built.event_bus_name(), Some(ARN));
    }

    #[test]
    fn parameters_may_be_paths() {
        let event = message();
        let path = |text: &str| Path::parse(text).unwrap();
        let bus = Bus {
            detail_type: Some(Parameter::Path(path("$.body.type"))),
            source: Some(Parameter::Text("coat".to_owned())),
            resources: vec![Parameter::Path(path("$.body.arn"))],
            time: Some(path("$.body.at")),
        };
        let built = entry(
            ARN,
            "p",
            &bus,
            &Prepared {
                event: &event,
                text: "{}".to_owned(),
            },
        )
        .unwrap();
        assert_eq!(
            (built.source(), built.detail_type()),
            (Some("coat"), Some("push"))
        );
        assert_eq!(built.resources(), ["arn:aws:s3:::b"]);
        assert_eq!(built.time().map(DateTime::secs), Some(1_795_294_797));
    }

    #[test]
    fn a_detail_must_be_an_object() {
        let event = message();
        assert!(
            entry(
                ARN,
                "p",
                &Bus::default(),
                &Prepared {
                    event: &event,
                    text: "[]".to_owned()
                }
            )
            .is_none()
        );
    }
}
