use std::time::Duration;

use domain::{EndpointName, LeftOut, Pointer, Ref, SCHEMA_CHECK, SchemaCheck, Siblings, Unkept};
use runtime::{Metrics, Unit};
use tracing::{info, warn};

/// Why a well-formed delivery with a wrong signature is refused: the sender has no key, or
/// another one than ours.
const FORGED: [&str; 2] = ["signature_mismatch", "digest_mismatch"];

/// The outcome of a delivery, to be counted.
#[derive(Debug, PartialEq, Eq)]
pub struct DeliveryLog {
    /// `None`: the request named no endpoint that exists.
    pub endpoint: Option<EndpointName>,
    /// How it ended.
    pub outcome: DeliveryOutcome,
}

/// How a delivery ended.
#[derive(Debug, PartialEq, Eq)]
pub enum DeliveryOutcome {
    /// As an event.
    Stored(StoredEvent),
    /// Answered, but not an event.
    Challenge,
    /// Not yet: it may be genuine, and waits for an operator.
    Kept {
        /// The stable code for the reason.
        reason: &'static str,
    },
    /// Refused.
    Refused {
        /// The stable code for the reason.
        reason: &'static str,
    },
}

/// An event that is stored, by this delivery or by an earlier one.
#[derive(Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// Names it.
    pub reference: Ref,
    /// Of its payload.
    pub bytes: u64,
    /// Whether it was stored before.
    pub repetition: Repetition,
    /// Whether the same bytes were stored before under another name.
    pub repeats_bytes: bool,
    /// What of it could not be used.
    pub left_out: Omitted,
    /// What else its line says.
    pub facts: EventFacts,
}

/// What of a delivery could not be used, and did not keep it from becoming an event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Omitted {
    /// How many of its optional facts.
    pub facts: usize,
    /// How many of its endpoint's attributes, by reason.
    pub attributes: LeftOut,
    /// Whether attributes were to name the event, and one of them is missing.
    pub names_no_event: bool,
}

/// What the line of a stored event says of it, to search the log by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventFacts {
    /// Its type, in printable ASCII.
    pub kind: Box<str>,
    /// Which key signed it.
    pub key_id: Box<str>,
    /// The trace's id: the second part of its `traceparent`. The pointer has the whole.
    pub trace: Box<str>,
    /// Whether its payload does not match its schema.
    pub mismatches: bool,
}

impl EventFacts {
    /// Those of this pointer.
    #[must_use]
    pub fn of(pointer: &Pointer) -> Self {
        let trace = pointer.traceparent.split('-').nth(1);
        Self {
            kind: pointer.event.kind.escape_default().to_string().into(),
            key_id: pointer.key_id.as_str().into(),
            trace: trace.unwrap_or_default().into(),
            mismatches: [SchemaCheck::Failed, SchemaCheck::Quarantined]
                .iter()
                .any(|check| pointer.kept.get(SCHEMA_CHECK.as_str()) == check.value()),
        }
    }
}

/// Whether an event was stored before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repetition {
    /// It was not.
    First,
    /// With the same bytes.
    Duplicate,
    /// The same event with other bytes: the first bytes stay.
    Conflicting,
    /// Its payload was gone: this delivery's payload replaces it.
    Restored,
    /// It was, and an operator has erased it: nothing of this delivery stays.
    Erased,
}

impl StoredEvent {
    /// The status for the provider.
    #[must_use]
    pub fn status(&self) -> &'static str {
        match self.repetition {
            Repetition::First => "accepted",
            Repetition::Duplicate | Repetition::Conflicting | Repetition::Restored => "duplicate",
            Repetition::Erased => "erased",
        }
    }
}

/// Whether the bytes of an event that was just stored were stored before under another name.
/// Checked only if unsigned headers or a window distinguish events of the same bytes. If the
/// check fails, the delivery does not: the event is stored.
pub async fn repeats_bytes<P: Siblings>(pointers: &P, pointer: &Pointer) -> bool {
    if pointer.event.key.shared_digest().is_none() {
        return false;
    }
    match pointers.has_sibling(pointer).await {
        Ok(true) => {
            info!(r#ref = %pointer.reference(), "the same bytes arrived before: under another id or type, or longer ago than the window");
            true
        }
        Ok(false) => false,
        Err(problem) => {
            warn!(%problem, "could not check whether the same bytes arrived before");
            false
        }
    }
}

impl Omitted {
    /// Of attributes, those that are not there are counted by themselves: not every event of an endpoint has them all. The
    /// reasons are in the line.
    fn counted(&self, line: Metrics) -> Metrics {
        let counts = [
            ("FactsLeftOut", self.facts as u64),
            ("AttributesMissing", self.attributes.of(Unkept::Missing)),
            ("AttributesLeftOut", self.attributes.unusable()),
            ("DedupeAttributesMissing", u64::from(self.names_no_event)),
        ];
        let mut line = line;
        for (name, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
            line = line.metric(name, Unit::None, &[count]);
        }
        match self.attributes.unusable() {
            0 => line,
            _ => line.with("attributes_left_out", self.attributes.to_string()),
        }
    }
}

impl DeliveryLog {
    /// The line to count it by and, for an event, the only one that is written about it. `time`: the name and the value of
    /// its duration, in milliseconds.
    ///
    /// CloudWatch Logs charges for each byte, and there is a line for each delivery, so it has what operations need and no
    /// more: `DeliveryBytes` is there once for each new event, so its number of samples is their count, and units are left
    /// out. A test bounds its length.
    #[must_use]
    pub fn metrics(&self, stack: &str, time: (&'static str, Duration)) -> Metrics {
        let mut line = Metrics::of(stack);
        if let Some(endpoint) = &self.endpoint {
            line = line.per(&[("Endpoint", endpoint.as_str())]);
        }
        let (name, took) = time;
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let line = line.metric(name, Unit::None, &[ms]);
        match &self.outcome {
            DeliveryOutcome::Challenge => line,
            DeliveryOutcome::Kept { reason } => {
                line.per(&[("Reason", reason)])
                    .metric("DeliveriesKept", Unit::Count, &[1])
            }
            DeliveryOutcome::Refused { reason } => {
                let line =
                    line.per(&[("Reason", reason)])
                        .metric("DeliveriesRejected", Unit::Count, &[1]);
                // By endpoint too: strangers cannot make up endpoints.
                if FORGED.contains(reason) && self.endpoint.is_some() {
                    line.metric("DeliveriesForged", Unit::Count, &[1])
                } else {
                    line
                }
            }
            DeliveryOutcome::Stored(stored) => {
                let line = line
                    .with("ref", stored.reference.to_string())
                    .with("type", &*stored.facts.kind)
                    .with("key_id", &*stored.facts.key_id)
                    .with("trace", &*stored.facts.trace);
                let line = if stored.repeats_bytes {
                    line.metric("DeliveriesRepeatedBytes", Unit::Count, &[1])
                } else {
                    line
                };
                let line = stored.left_out.counted(line);
                let line = if stored.facts.mismatches {
                    line.metric("SchemaMismatches", Unit::Count, &[1])
                } else {
                    line
                };
                match stored.repetition {
                    Repetition::First => line.metric("DeliveryBytes", Unit::None, &[stored.bytes]),
                    Repetition::Duplicate => line.metric("DeliveriesDuplicate", Unit::Count, &[1]),
                    Repetition::Conflicting => line
                        .metric("DeliveriesDuplicate", Unit::Count, &[1])
                        .metric("DeliveriesConflicting", Unit::Count, &[1]),
                    Repetition::Restored => line
                        .metric("DeliveriesDuplicate", Unit::Count, &[1])
                        .metric("PayloadsRestored", Unit::Count, &[1]),
                    Repetition::Erased => line.metric("DeliveriesErased", Unit::Count, &[1]),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
