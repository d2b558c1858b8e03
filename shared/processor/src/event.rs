use std::{
    fmt,
    str::FromStr,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use domain::{Digest, Ref, Timestamp};
use serde_json::{Map, Value};

use crate::{Claim, Failure, ports::ClaimStore};

/// What a processor is told of an event: a CloudEvents 1.0 event whose data is a
/// claim check (the `dataref` extension), to be redeemed with
/// [`payload`](Event::payload). Attributes it does not know are ignored, as
/// CloudEvents wants it.
/// <https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/dataref.md>
pub struct Event {
    attributes: Attributes,
    store: Arc<dyn ClaimStore>,
    /// What is wrong with the last redemption, if anything is.
    redemption: Mutex<Option<Failure>>,
    attempt: OnceLock<u32>,
}

#[derive(Debug)]
struct Attributes {
    id: String,
    source: String,
    kind: String,
    subject: String,
    time: Timestamp,
    content_type: String,
    reference: Ref,
    received_at: Timestamp,
    traceparent: String,
    delivery_id: String,
    claim: Claim,
}

/// This one cannot be processed, now or later: reject it. Neither text shows a
/// value of the event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventProblem {
    /// The message is no JSON object.
    #[error("the event is not a JSON object")]
    NotAnObject,
    /// An attribute is missing, or does not have the form it must have.
    #[error("the event has no usable attribute `{0}`")]
    Attribute(&'static str),
}

impl Event {
    /// Reads one event whose payload lies in this store.
    pub(crate) fn decode(value: &Value, store: Arc<dyn ClaimStore>) -> Result<Self, EventProblem> {
        Ok(Self {
            attributes: Attributes::decode(value)?,
            store,
            redemption: Mutex::new(None),
            attempt: OnceLock::new(),
        })
    }

    /// The provider's id of the event.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.attributes.id
    }

    /// `/endpoints/{endpoint}`.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.attributes.source
    }

    /// The provider's type of the event, for instance `invoice.paid`.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.attributes.kind
    }

    /// What the event is about, where the endpoint has a place for it.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        Some(self.attributes.subject.as_str()).filter(|subject| !subject.is_empty())
    }

    /// When it happened, by the provider's clock.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        self.attributes.time
    }

    /// The payload's content type, as received.
    #[must_use]
    pub fn content_type(&self) -> &str {
        &self.attributes.content_type
    }

    /// Names the event everywhere. The key to deduplicate by: it is the same at
    /// every delivery.
    #[must_use]
    pub fn reference(&self) -> &Ref {
        &self.attributes.reference
    }

    /// When the delivery came in, by our clock.
    #[must_use]
    pub fn received_at(&self) -> Timestamp {
        self.attributes.received_at
    }

    /// W3C trace context: the provider's own where it sent one, else that of the
    /// delivery. The parent of whatever the processor does.
    #[must_use]
    pub fn traceparent(&self) -> &str {
        &self.attributes.traceparent
    }

    /// What an answer must name to have this delivery retried; it differs from
    /// delivery to delivery.
    #[must_use]
    pub fn delivery_id(&self) -> &str {
        &self.attributes.delivery_id
    }

    /// Where the payload lies and what it must be.
    #[must_use]
    pub fn claim(&self) -> &Claim {
        &self.attributes.claim
    }

    /// The part of the trace context that is the same all along the way.
    #[must_use]
    pub fn trace_id(&self) -> &str {
        self.traceparent().split('-').nth(1).unwrap_or_default()
    }

    /// Which try of this processor it is, from 1; `None` where idempotency is off,
    /// for then nobody counts.
    #[must_use]
    pub fn attempt(&self) -> Option<u32> {
        self.attempt.get().copied()
    }

    pub(crate) fn set_attempt(&self, attempt: u32) {
        // An event is claimed once.
        let _set_before = self.attempt.set(attempt);
    }

    pub(crate) fn store(&self) -> &dyn ClaimStore {
        &*self.store
    }

    pub(crate) fn set_redemption(&self, failure: Option<Failure>) {
        *self
            .redemption
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = failure;
    }

    /// What is wrong with the last redemption: a handler cannot succeed past it.
    pub(crate) fn redemption(&self) -> Result<(), Failure> {
        let failure = self
            .redemption
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        failure.clone().map_or(Ok(()), Err)
    }

    /// Events with the same key were written in an order that may matter:
    /// `endpoint/ordering key`, or the whole ref where there is none.
    pub(crate) fn order(&self) -> (&str, &str) {
        let Ref {
            endpoint,
            ordering_key,
            event_key,
        } = &self.attributes.reference;
        (
            endpoint.as_str(),
            ordering_key.as_deref().unwrap_or(event_key.as_str()),
        )
    }
}

impl Attributes {
    /// Names the first attribute that is not as it must be.
    fn decode(value: &Value) -> Result<Self, EventProblem> {
        let event = Members(value.as_object().ok_or(EventProblem::NotAnObject)?);
        if event.text("specversion")? != "1.0" {
            return Err(EventProblem::Attribute("specversion"));
        }
        let (bucket, key) =
            Claim::split(event.text("dataref")?).ok_or(EventProblem::Attribute("dataref"))?;
        Ok(Self {
            id: event.named("id")?,
            source: event.named("source")?,
            kind: event.named("type")?,
            subject: event.subject()?,
            time: event.parsed("time")?,
            content_type: event.named("datacontenttype")?,
            reference: event.parsed("ref")?,
            received_at: event.parsed("receivedat")?,
            traceparent: event.text("traceparent")?.to_owned(),
            delivery_id: event.named("deliveryid")?,
            claim: Claim {
                bucket: bucket.to_owned(),
                key: key.to_owned(),
                sha256: event.parsed::<Digest>("datasha256")?,
                size: event.size()?,
            },
        })
    }
}

/// Shows no value but its name.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Event({})", self.reference())
    }
}

struct Members<'a>(&'a Map<String, Value>);

impl<'a> Members<'a> {
    fn text(&self, name: &'static str) -> Result<&'a str, EventProblem> {
        self.0
            .get(name)
            .and_then(Value::as_str)
            .ok_or(EventProblem::Attribute(name))
    }

    /// A text that CloudEvents wants not empty.
    fn named(&self, name: &'static str) -> Result<String, EventProblem> {
        match self.text(name)? {
            "" => Err(EventProblem::Attribute(name)),
            text => Ok(text.to_owned()),
        }
    }

    fn parsed<T: FromStr>(&self, name: &'static str) -> Result<T, EventProblem> {
        self.text(name)?
            .parse()
            .map_err(|_| EventProblem::Attribute(name))
    }

    /// The one attribute that an event may lack.
    fn subject(&self) -> Result<String, EventProblem> {
        match self.0.get("subject") {
            None | Some(Value::Null) => Ok(String::new()),
            Some(_) => self.text("subject").map(str::to_owned),
        }
    }

    /// A template of Pipes writes it as text, other senders as a number.
    fn size(&self) -> Result<u64, EventProblem> {
        match self.0.get("datasize") {
            Some(Value::Number(size)) => size.as_u64(),
            Some(Value::String(size)) => size.parse().ok(),
            _ => None,
        }
        .ok_or(EventProblem::Attribute("datasize"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fakes::{Shelf, cloud_event};

    fn decode(value: &Value) -> Result<Event, EventProblem> {
        Event::decode(value, Arc::new(Shelf::new()))
    }

    #[test]
    fn reads_what_the_pipes_write() {
        let event = decode(&cloud_event("evt_1", b"{}")).unwrap();
        assert_eq!(event.id(), "evt_1");
        assert_eq!(event.source(), "/endpoints/stripe");
        assert_eq!(event.kind(), "invoice.paid");
        assert_eq!(event.subject(), Some("cus_1"));
        assert_eq!(event.content_type(), "application/json");
        assert_eq!(event.reference().to_string(), "stripe/evt_1");
        assert_eq!(event.delivery_id(), "delivery-of-evt_1");
        assert_eq!(event.claim().bucket, "bucket");
        assert_eq!(event.claim().key, "payloads/evt_1");
        assert_eq!(event.claim().size, 2);
        assert!(event.time() < event.received_at());
        assert!(event.traceparent().contains(event.trace_id()));
        assert_eq!(event.trace_id().len(), 32);
    }

    #[test]
    fn a_size_may_be_a_number_and_extensions_may_come() {
        let mut value = cloud_event("evt_1", b"{}");
        value["datasize"] = json!(4_500_000);
        value["sampledrate"] = json!(7);
        assert_eq!(decode(&value).unwrap().claim().size, 4_500_000);
    }

    #[test]
    fn a_subject_may_be_empty_or_missing() {
        for subject in [json!(""), json!(null)] {
            let mut value = cloud_event("evt_1", b"{}");
            value["subject"] = subject;
            assert_eq!(decode(&value).unwrap().subject(), None);
        }
        let mut value = cloud_event("evt_1", b"{}");
        value.as_object_mut().unwrap().remove("subject");
        assert_eq!(decode(&value).unwrap().subject(), None);
    }

    #[test]
    fn whatever_else_is_missing_is_named() {
        let whole = cloud_event("evt_1", b"{}");
        for name in whole.as_object().unwrap().keys() {
            if name == "subject" {
                continue;
            }
            let mut value = whole.clone();
            value.as_object_mut().unwrap().remove(name);
            let problem = decode(&value).unwrap_err();
            assert!(problem.to_string().contains(&format!("`{name}`")), "{name}");
        }
    }

    #[test]
    fn whatever_has_another_form_is_named() {
        for (name, value) in [
            ("specversion", json!("0.3")),
            ("id", json!("")),
            ("subject", json!(1)),
            ("time", json!("yesterday")),
            ("dataref", json!("https://bucket/key")),
            ("datasha256", json!("00")),
            ("datasize", json!(-1)),
            ("datasize", json!("1e3")),
            ("datasize", json!("99999999999999999999")),
            ("ref", json!("no ref")),
            ("deliveryid", json!(7)),
        ] {
            let mut event = cloud_event("evt_1", b"{}");
            event[name] = value;
            assert_eq!(
                decode(&event).unwrap_err(),
                EventProblem::Attribute(name),
                "{event}"
            );
        }
        assert_eq!(decode(&json!([])).unwrap_err(), EventProblem::NotAnObject);
    }
}
