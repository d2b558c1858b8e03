use std::{
    fmt,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use domain::{Ref, Timestamp};
use serde_json::Value;

use crate::{
    Claim, Failure,
    attributes::{Attributes, EventProblem},
    ports::ClaimStore,
};

/// What a processor gets of an event: a CloudEvents 1.0 event whose data is a claim
/// check (the `dataref` extension), to be redeemed with [`payload`](Event::payload).
/// Unknown attributes are ignored, as CloudEvents requires.
/// <https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/dataref.md>
pub struct Event {
    attributes: Attributes,
    store: Arc<dyn ClaimStore>,
    /// What is wrong with the last redemption, if anything.
    redemption: Mutex<Option<Failure>>,
    attempt: OnceLock<u32>,
}

impl Event {
    /// Reads one event whose payload is in this store.
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

    /// What the event is about, if the endpoint has a location for it. If it has none, the
    /// event's `subject` is its id, which is not a subject; in older events it is empty.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        Some(self.attributes.subject.as_str())
            .filter(|subject| !subject.is_empty() && *subject != self.id())
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

    /// W3C trace context: the provider's own if it sent one, else that of the
    /// delivery. The parent of all that the processor does.
    #[must_use]
    pub fn traceparent(&self) -> &str {
        &self.attributes.traceparent
    }

    /// Which replay this delivery belongs to; `None`: the provider delivered it.
    /// Everything else of a replayed event is unchanged.
    #[must_use]
    pub fn replay_id(&self) -> Option<&str> {
        Some(self.attributes.replay_id.as_str()).filter(|id| !id.is_empty())
    }

    /// Whether the replay should take effect although the event is done: its
    /// handler then gets it again, once for each replay.
    #[must_use]
    pub fn replay_is_forced(&self) -> bool {
        self.attributes.replay_forced && self.replay_id().is_some()
    }

    /// What an answer must name to have this delivery retried; it differs from
    /// delivery to delivery.
    #[must_use]
    pub fn delivery_id(&self) -> &str {
        &self.attributes.delivery_id
    }

    /// Events with the same one have an order: a digest of endpoint and ordering key. `None`: the
    /// event was sent before Coatcheck passed it on.
    /// <https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/partitioning.md>
    #[must_use]
    pub fn partition_key(&self) -> Option<&str> {
        Some(self.attributes.partition_key.as_str()).filter(|key| !key.is_empty())
    }

    /// The value of an attribute that the event's endpoint declares, for instance `event.attribute("customer")`. A number is in
    /// plain decimal, such as `100.5`. `None`: the delivery had no such value, or none that could be kept.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.declared.get(name).map(String::as_str)
    }

    /// Where the payload is and what it must be.
    #[must_use]
    pub fn claim(&self) -> &Claim {
        &self.attributes.claim
    }

    /// The part of the trace context that stays the same on the whole path.
    #[must_use]
    pub fn trace_id(&self) -> &str {
        self.traceparent().split('-').nth(1).unwrap_or_default()
    }

    /// The number of this processor's attempt, from 1; `None` if idempotency is
    /// off, since attempts are not counted then.
    #[must_use]
    pub fn attempt(&self) -> Option<u32> {
        self.attempt.get().copied()
    }

    pub(crate) fn set_attempt(&self, attempt: u32) {
        // An event is claimed only once.
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

    /// Events with the same key were written in an order that may matter: the partition key, or
    /// `endpoint/ordering key` of an event that has none, or its whole ref.
    pub(crate) fn order(&self) -> (&str, &str) {
        if let Some(key) = self.partition_key() {
            return ("", key);
        }
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

/// Shows no value except its name.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Event({})", self.reference())
    }
}
