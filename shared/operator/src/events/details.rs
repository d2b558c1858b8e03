use aws::{Image, operator::Record};
use domain::Ref;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::pointer;
use crate::{Result, Stack};

/// The attributes of a pointer that are shown, in this order.
const SHOWN: [&str; 15] = [
    "ref",
    "endpoint",
    "id",
    "type",
    "subject",
    "occurred_at",
    "received_at",
    "content_type",
    "size",
    "sha256",
    "bucket",
    "key",
    "scheme",
    "key_id",
    "traceparent",
];

/// An event, and what happened to it.
#[derive(Debug)]
pub struct EventDetails {
    pointer: Image,
    /// The records of its processors.
    pub records: Vec<Record>,
    /// Subscriptions that take it and whose target has written no record.
    pub unrecorded: Vec<String>,
}

/// Everything that is known about an event.
pub async fn details(stack: &Stack, reference: &Ref) -> Result<EventDetails> {
    let pointer = pointer(stack, reference).await?;
    let records = stack.records().of(reference).await?;
    let of = |name| pointer.get(name).map_or("", String::as_str);
    let unrecorded = stack
        .description
        .subscriptions
        .iter()
        .filter(|(_, one)| one.takes(of("endpoint"), of("type")))
        .filter(|(_, one)| {
            let processor = one.target.processor.as_deref();
            !records
                .iter()
                .any(|record| Some(record.processor.as_str()) == processor)
        })
        .map(|(name, _)| name.clone())
        .collect();
    Ok(EventDetails {
        pointer,
        records,
        unrecorded,
    })
}

impl EventDetails {
    /// The attributes of the event, in the order in which they are shown.
    pub fn attributes(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let attribute = |name| Some((name, self.pointer.get(name)?.as_str()));
        SHOWN.into_iter().filter_map(attribute)
    }
}

impl Serialize for EventDetails {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pointer: Map<String, Value> = self
            .attributes()
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect();
        let processed: Vec<Value> = self.records.iter().map(record).collect();
        json!({ "pointer": pointer, "processed": processed }).serialize(serializer)
    }
}

/// The result at one processor, or why it failed.
pub fn outcome(record: &Record) -> String {
    let state = &record.state;
    match (&record.failure, &record.summary) {
        (Some(failure), _) => {
            let reason = record.reason.as_deref().unwrap_or_default();
            format!("{state}: {failure}: {reason}")
        }
        (None, Some(summary)) => format!("{state}: {summary}"),
        (None, None) => state.clone(),
    }
}

fn record(record: &Record) -> Value {
    json!({
        "processor": record.processor,
        "state": record.state,
        "at": record.at,
        "attempts": record.attempts,
        "summary": record.summary,
        "age_ms": record.age_ms,
        "failure": record.failure,
        "reason": record.reason,
        "replayid": record.replay_id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_see_what_is_shown_in_its_order_and_each_record() {
        let attribute = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let pointer = [
            ("type", "invoice.paid"),
            ("ref", "stripe/evt_1"),
            ("expires_at", "1"),
        ];
        let details = EventDetails {
            pointer: pointer.map(attribute).into(),
            records: vec![Record {
                processor: "invoices".to_owned(),
                state: "failed".to_owned(),
                attempts: 3,
                failure: Some("reject".to_owned()),
                reason: Some("no amount".to_owned()),
                ..Record::default()
            }],
            unrecorded: Vec::new(),
        };
        assert_eq!(
            serde_json::to_string(&details).unwrap(),
            r#"{"pointer":{"ref":"stripe/evt_1","type":"invoice.paid"},"processed":[{"processor":"invoices","state":"failed","at":"","attempts":3,"summary":null,"age_ms":null,"failure":"reject","reason":"no amount","replayid":null}]}"#
        );
        assert_eq!(outcome(&details.records[0]), "failed: reject: no amount");
    }
}
