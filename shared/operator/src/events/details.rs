use std::collections::BTreeMap;

use aws::{Image, operator::Record};
use domain::{Attributes, DataRef, Lane, ObjectKey, Ref, SignedDuration, Timestamp};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::{attribute, pointer};
use crate::{Result, Stack, problem::WithContext as _, stack::StackDescription};

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
    /// Its ref.
    pub reference: Ref,
    /// Its pointer's item.
    pub pointer: Image,
    /// The records of its processors, and of the functions that delivered it.
    pub records: Vec<Record>,
    /// Subscriptions that take it.
    pub subscriptions: Vec<String>,
    /// Those of them whose target has written no record.
    pub unrecorded: Vec<String>,
    /// The subscriptions that `deliver` reads, by the names that it has in records.
    pub(crate) delivered: BTreeMap<String, String>,
}

/// Everything that is known about an event.
pub async fn details(stack: &Stack, reference: &Ref) -> Result<EventDetails> {
    let mut pointer = pointer(stack, reference).await?;
    let all = stack.description.subscriptions.iter();
    // By what the pointer has, before anything of it is hidden.
    let takers: Vec<_> = all
        .filter(|(_, one)| {
            let of = |name: &str| pointer.get(name).map_or("", String::as_str);
            one.takes(of("endpoint"), of("type"))
                && one.takes_checked(&pointer)
                && one.passes(&pointer)
        })
        .collect();
    stack
        .hidden(&reference.endpoint)
        .await?
        .mask_image(&mut pointer);
    let records = stack.records().of(reference).await?;
    let names = |(name, _): &(&String, _)| (*name).clone();
    let unrecorded = takers
        .iter()
        .filter(|(_, one)| {
            let mut handlers = stack.description.handlers(one);
            !handlers.any(|name| records.iter().any(|record| record.processor == name))
        })
        .map(names)
        .collect();
    Ok(EventDetails {
        subscriptions: takers.iter().map(names).collect(),
        reference: reference.clone(),
        pointer,
        records,
        unrecorded,
        delivered: deliverers(&stack.description),
    })
}

fn deliverers(description: &StackDescription) -> BTreeMap<String, String> {
    let all = description.subscriptions.iter();
    all.filter_map(|(name, one)| Some((description.deliverer(one)?.to_owned(), name.clone())))
        .collect()
}

impl EventDetails {
    /// The subscription to whose destination the function `deliver` sent the event, if the record is of that
    /// function.
    pub fn delivered_to(&self, record: &Record) -> Option<&str> {
        self.delivered.get(&record.processor).map(String::as_str)
    }

    /// The attributes of the event, in the order in which they are shown. One whose pointer holds its payload has no object,
    /// and `payload` says so.
    pub fn attributes(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let object = self.object();
        let attribute = move |name| {
            let value = match name {
                "bucket" => object?.0,
                "key" => object?.1,
                _ => self.pointer.get(name)?,
            };
            Some((name, value))
        };
        let all = SHOWN.into_iter().filter_map(attribute);
        all.chain(self.is_inline().then_some(("payload", "inline")))
    }

    /// What its endpoint keeps of it besides.
    #[must_use]
    pub fn declared(&self) -> Attributes {
        Attributes::of_image(&self.pointer)
    }

    /// Bucket and key of the object that holds its payload, if one does.
    pub fn object(&self) -> Option<(&str, &str)> {
        self.place().ok().flatten()
    }

    fn place(&self) -> Result<Option<(&str, &str)>, &'static str> {
        DataRef::object_of(|name| self.pointer.get(name).map(String::as_str))
    }

    /// Whether its pointer holds its payload, so that there is no object.
    pub fn is_inline(&self) -> bool {
        matches!(self.place(), Ok(None))
    }

    /// One of these attributes; empty if the pointer has none.
    pub fn attribute(&self, name: &str) -> &str {
        self.pointer.get(name).map_or("", String::as_str)
    }

    /// When its first delivery was received.
    pub fn received_at(&self) -> Result<Timestamp> {
        let at = attribute(&self.pointer, "received_at")?.parse();
        at.context("the pointer's received_at is unreadable")
    }

    /// The lane of the delivery.
    pub fn lane(&self) -> Lane {
        let key = self
            .object()
            .map(|(_, key)| ObjectKey::from_stored(key.to_owned()));
        match key.as_ref().and_then(ObjectKey::incoming) {
            Some(_) => Lane::Direct,
            None => Lane::Standard,
        }
    }

    /// The length of its payload in bytes.
    pub fn size(&self) -> u64 {
        self.attribute("size").parse().unwrap_or_default()
    }

    /// Until when its payload is kept.
    pub fn payload_until(&self, stack: &Stack) -> Result<Timestamp> {
        let days = stack.description.payload_days(&self.reference.endpoint);
        let kept = 24 * i64::from(days);
        let until = self
            .received_at()?
            .checked_add(SignedDuration::from_hours(kept));
        until.context("the pointer's received_at is unreadable")
    }
}

impl Serialize for EventDetails {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pointer: Map<String, Value> = self
            .attributes()
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect();
        let declared = self.declared();
        let declared: BTreeMap<&str, &str> = declared
            .iter()
            .map(|(name, value)| (name.as_str(), value))
            .collect();
        let records = self.records.iter();
        let processed: Vec<Value> = records
            .map(|one| record(one, self.delivered_to(one)))
            .collect();
        json!({ "pointer": pointer, "attributes": declared, "processed": processed })
            .serialize(serializer)
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

fn record(record: &Record, delivered_to: Option<&str>) -> Value {
    json!({
        "processor": record.processor,
        "delivered_to": delivered_to,
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
            ("x_customer", "50%25"),
        ];
        let details = EventDetails {
            reference: "stripe/evt_1".parse().unwrap(),
            subscriptions: Vec::new(),
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
            delivered: BTreeMap::new(),
        };
        assert_eq!(
            serde_json::to_string(&details).unwrap(),
            r#"{"pointer":{"ref":"stripe/evt_1","type":"invoice.paid"},"attributes":{"customer":"50%"},"processed":[{"processor":"invoices","delivered_to":null,"state":"failed","at":"","attempts":3,"summary":null,"age_ms":null,"failure":"reject","reason":"no amount","replayid":null}]}"#
        );
        assert_eq!(details.attribute("type"), "invoice.paid");
        assert_eq!((details.attribute("subject"), details.size()), ("", 0));
        assert!(details.received_at().is_err());
        assert_eq!(outcome(&details.records[0]), "failed: reject: no amount");
    }

    #[test]
    fn an_event_without_an_object_says_that_its_payload_is_inline() {
        let shown = |pointer: &[(&str, &str)]| {
            let owned = |(name, part): &(&str, &str)| ((*name).to_owned(), (*part).to_owned());
            let details = EventDetails {
                reference: "stripe/evt_1".parse().unwrap(),
                subscriptions: Vec::new(),
                pointer: pointer.iter().map(owned).collect(),
                records: Vec::new(),
                unrecorded: Vec::new(),
                delivered: BTreeMap::new(),
            };
            assert_eq!(details.lane(), Lane::Standard);
            let all = details
                .attributes()
                .map(|(name, value)| format!("{name} {value}"));
            all.collect::<Vec<_>>()
        };
        let inline = DataRef::Inline(b"{}".into()).to_string();
        assert_eq!(shown(&[("dataref", &inline)]), ["payload inline"]);
        let object = ["bucket b", "key payloads/k"];
        assert_eq!(shown(&[("dataref", "s3://b/payloads/k")]), object);
        // A pointer from before payloads could be inline.
        assert_eq!(shown(&[("bucket", "b"), ("key", "payloads/k")]), object);
    }

    #[test]
    fn what_deliver_recorded_is_about_its_subscription() {
        let delivered = deliverers(&crate::stack::delivered());
        let names: Vec<_> = delivered.iter().collect();
        let (crm, paced) = (("deliver-crm", "crm"), ("deliver-paced", "paced"));
        let expected = [crm, paced].map(|(name, of)| (name.to_owned(), of.to_owned()));
        assert_eq!(
            names,
            expected
                .iter()
                .map(|(name, of)| (name, of))
                .collect::<Vec<_>>()
        );
    }
}
