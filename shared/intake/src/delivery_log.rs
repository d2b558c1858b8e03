use std::time::Duration;

use domain::{EndpointName, LeftOut, Pointer, Ref, Siblings, Unkept};
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
}

impl StoredEvent {
    /// The status for the provider.
    #[must_use]
    pub fn status(&self) -> &'static str {
        match self.repetition {
            Repetition::First => "accepted",
            Repetition::Duplicate | Repetition::Conflicting | Repetition::Restored => "duplicate",
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
                match stored.repetition {
                    Repetition::First => line.metric("DeliveryBytes", Unit::None, &[stored.bytes]),
                    Repetition::Duplicate => line.metric("DeliveriesDuplicate", Unit::Count, &[1]),
                    Repetition::Conflicting => line
                        .metric("DeliveriesDuplicate", Unit::Count, &[1])
                        .metric("DeliveriesConflicting", Unit::Count, &[1]),
                    Repetition::Restored => line
                        .metric("DeliveriesDuplicate", Unit::Count, &[1])
                        .metric("PayloadsRestored", Unit::Count, &[1]),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn line(outcome: DeliveryOutcome) -> Value {
        let log = DeliveryLog {
            endpoint: Some(EndpointName::try_from("stripe".to_owned()).unwrap()),
            outcome,
        };
        let line = log.metrics("coatcheck", ("IngestLatency", Duration::from_millis(12)));
        let at = "2026-11-21T21:00:00Z".parse().unwrap();
        serde_json::from_str(&line.line(at)).unwrap()
    }

    fn facts() -> EventFacts {
        let at = "2026-11-21T21:00:00Z".parse().unwrap();
        EventFacts::of(&testkit::pointer("evt_1", at))
    }

    fn stored(repetition: Repetition) -> Value {
        line(DeliveryOutcome::Stored(StoredEvent {
            reference: "stripe/evt_1".parse().unwrap(),
            bytes: 7,
            repetition,
            repeats_bytes: false,
            left_out: Omitted::default(),
            facts: facts(),
        }))
    }

    fn names(line: &Value) -> Vec<&str> {
        let metrics = line["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array();
        let names = metrics.unwrap().iter().map(|one| one["Name"].as_str());
        names.map(Option::unwrap).collect()
    }

    #[test]
    fn what_is_taken_is_counted_by_what_it_was() {
        let first = stored(Repetition::First);
        assert_eq!(names(&first), ["IngestLatency", "DeliveryBytes"]);
        assert_eq!(
            (&first["DeliveryBytes"], &first["IngestLatency"]),
            (&json!(7), &json!(12))
        );
        assert_eq!(first["ref"], "stripe/evt_1");
        let again = stored(Repetition::Duplicate);
        assert_eq!(names(&again), ["IngestLatency", "DeliveriesDuplicate"]);
        let other = stored(Repetition::Conflicting);
        assert_eq!(
            names(&other),
            [
                "IngestLatency",
                "DeliveriesDuplicate",
                "DeliveriesConflicting"
            ]
        );
    }

    #[test]
    fn bytes_that_come_again_under_another_name_are_counted() {
        let counted = line(DeliveryOutcome::Stored(StoredEvent {
            reference: "github/a".parse().unwrap(),
            bytes: 7,
            repetition: Repetition::First,
            repeats_bytes: true,
            left_out: Omitted {
                facts: 2,
                ..Omitted::default()
            },
            facts: facts(),
        }));
        assert!(names(&counted).contains(&"DeliveriesRepeatedBytes"));
        assert_eq!(counted["FactsLeftOut"], 2);
    }

    #[test]
    fn attributes_that_are_missing_or_unusable_are_counted() {
        let counted = |reasons: &[Unkept]| {
            let mut attributes = LeftOut::default();
            reasons.iter().for_each(|why| attributes.count(*why));
            line(DeliveryOutcome::Stored(StoredEvent {
                reference: "github/a".parse().unwrap(),
                bytes: 7,
                repetition: Repetition::First,
                repeats_bytes: false,
                left_out: Omitted {
                    attributes,
                    ..Omitted::default()
                },
                facts: facts(),
            }))
        };
        let missing = counted(&[Unkept::Missing, Unkept::Missing]);
        assert_eq!(missing["AttributesMissing"], 2);
        assert_eq!(missing.get("AttributesLeftOut"), None);
        assert_eq!(missing.get("attributes_left_out"), None);
        let both = counted(&[Unkept::Missing, Unkept::TooLong, Unkept::NotNumber]);
        assert_eq!(
            (&both["AttributesMissing"], &both["AttributesLeftOut"]),
            (&json!(1), &json!(2))
        );
        assert_eq!(
            both["attributes_left_out"],
            "missing 1, too_long 1, not_number 1"
        );
        let none = counted(&[]);
        assert_eq!(names(&none), ["IngestLatency", "DeliveryBytes"]);
    }

    #[test]
    fn an_event_that_lacks_the_attributes_that_were_to_name_it_is_counted() {
        let counted = line(DeliveryOutcome::Stored(StoredEvent {
            reference: "github/a".parse().unwrap(),
            bytes: 7,
            repetition: Repetition::First,
            repeats_bytes: false,
            left_out: Omitted {
                names_no_event: true,
                ..Omitted::default()
            },
            facts: facts(),
        }));
        assert_eq!(counted["DedupeAttributesMissing"], 1);
        let other = stored(Repetition::First);
        assert_eq!(other.get("DedupeAttributesMissing"), None);
    }

    #[test]
    fn what_is_kept_or_restored_is_counted_too() {
        let reason = "type_missing";
        let kept = line(DeliveryOutcome::Kept { reason });
        assert_eq!(names(&kept), ["IngestLatency", "DeliveriesKept"]);
        assert_eq!(kept["Reason"], reason);
        assert_eq!(
            names(&stored(Repetition::Restored)),
            ["IngestLatency", "DeliveriesDuplicate", "PayloadsRestored"]
        );
    }

    #[test]
    fn what_is_refused_is_counted_by_reason() {
        let refused = line(DeliveryOutcome::Refused {
            reason: "signature_mismatch",
        });
        assert_eq!(
            names(&refused),
            ["IngestLatency", "DeliveriesRejected", "DeliveriesForged"]
        );
        assert_eq!(refused["Reason"], "signature_mismatch");
        assert_eq!(
            refused["_aws"]["CloudWatchMetrics"][0]["Dimensions"],
            json!([["Stack"], ["Stack", "Endpoint"], ["Stack", "Reason"]])
        );
        assert_eq!(names(&line(DeliveryOutcome::Challenge)), ["IngestLatency"]);
    }

    #[test]
    fn a_forgery_is_counted_where_its_endpoint_is_known_and_other_faults_are_none() {
        for reason in ["digest_mismatch", "signature_mismatch"] {
            assert!(
                names(&line(DeliveryOutcome::Refused { reason })).contains(&"DeliveriesForged")
            );
        }
        for reason in ["signature_missing", "timestamp_stale", "body_too_large"] {
            assert!(
                !names(&line(DeliveryOutcome::Refused { reason })).contains(&"DeliveriesForged")
            );
        }
        let unknown = DeliveryLog {
            endpoint: None,
            outcome: DeliveryOutcome::Refused {
                reason: "signature_mismatch",
            },
        };
        let unknown = unknown.metrics("coatcheck", ("IngestLatency", Duration::ZERO));
        let at = "2026-11-21T21:00:00Z".parse().unwrap();
        assert!(!unknown.line(at).contains("DeliveriesForged"));
    }

    /// Docs and dashboards read these names; the bench and `coatcheck cost` count on the length.
    #[test]
    fn the_line_of_an_accepted_delivery_says_what_operations_need_in_at_most_450_bytes() {
        let at = "2026-11-21T21:00:00.123Z".parse().unwrap();
        let mut pointer = testkit::pointer("evt_1PqRsT2eZvKYlo2CabcdEFGH", at);
        pointer.size = 4_400_000;
        let log = DeliveryLog {
            endpoint: Some(pointer.endpoint.clone()),
            outcome: DeliveryOutcome::Stored(StoredEvent {
                reference: pointer.reference(),
                bytes: pointer.size,
                repetition: Repetition::First,
                repeats_bytes: false,
                left_out: Omitted::default(),
                facts: EventFacts::of(&pointer),
            }),
        };
        let time = ("IngestLatency", Duration::from_millis(1_250));
        let line = log.metrics("coatcheck", time).line(at);
        assert!(line.len() <= 450, "{} bytes: {line}", line.len());
        let line: Value = serde_json::from_str(&line).unwrap();
        for (name, value) in [
            ("Endpoint", json!("stripe")),
            ("ref", json!("stripe/evt_1PqRsT2eZvKYlo2CabcdEFGH")),
            ("type", json!("invoice.paid")),
            ("key_id", json!("current")),
            ("trace", json!("0af7651916cd43dd8448eb211c80319c")),
            ("DeliveryBytes", json!(4_400_000)),
            ("IngestLatency", json!(1_250)),
            ("timestamp", json!("2026-11-21T21:00:00.123Z")),
        ] {
            assert_eq!(line[name], value, "{name}: {line}");
        }
    }

    #[test]
    fn a_type_of_a_stranger_is_printable_in_the_line() {
        let at = "2026-11-21T21:00:00Z".parse().unwrap();
        let mut pointer = testkit::pointer("evt_1", at);
        pointer.event.kind = "a\u{1b}[2J\u{e9}".to_owned();
        assert_eq!(&*EventFacts::of(&pointer).kind, r"a\u{1b}[2J\u{e9}");
    }
}
