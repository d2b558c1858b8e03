//! What became of a test event.

use std::fmt;

use aws::operator::Record;
use serde::{Serialize, Serializer};
use serde_json::json;

use super::event::TestEvent;
use crate::{plural, stack::TEST_TYPE};

/// What became of a test event, as far as it can be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestOutcome {
    /// The subscription.
    pub subscription: String,
    /// The event's ref.
    pub reference: String,
    /// Names the test, where logs have the replay id.
    pub replay_id: String,
    /// The end.
    pub end: TestEnd,
    /// From the queue to the end, or until the patience was over.
    pub took_ms: u64,
}

/// Where a test event got to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TestEnd {
    /// The target's record says so.
    Processed {
        /// The processor.
        by: String,
        /// In its words.
        summary: Option<String>,
    },
    /// The function `deliver` sent it to its destination, which took it.
    Delivered {
        /// The target's ARN or address.
        to: String,
        /// What the destination answered.
        summary: Option<String>,
    },
    /// It left the queue and is not in the DLQ. What the target does with it cannot be seen.
    HandedOver {
        /// The target's ARN.
        to: String,
    },
    /// It is in the DLQ, or will be in a moment.
    GivenUp {
        /// Why; none if there is no record.
        reason: Option<String>,
    },
    /// It failed and is tried again.
    Failing {
        /// Why.
        reason: String,
        /// How often it was tried.
        attempts: u32,
    },
    /// It was not delivered yet, or its target is at work.
    Waiting {
        /// About how many messages are in the queue, others too.
        queued: u64,
    },
}

impl TestEnd {
    /// The end that this record is about; none if it is not over. `delivered_to`: where the function sent it
    /// whose record this is, if that is `deliver`.
    pub(super) fn of_record(record: &Record, delivered_to: Option<&str>) -> Option<Self> {
        let summary = record.summary.clone().filter(|summary| !summary.is_empty());
        let is_rejected = record
            .failure
            .as_ref()
            .is_some_and(|failure| failure.eq_ignore_ascii_case("reject"));
        match (record.state.as_str(), delivered_to) {
            ("completed", Some(to)) => Some(Self::Delivered {
                to: to.to_owned(),
                summary,
            }),
            ("completed", None) => Some(Self::Processed {
                by: record.processor.clone(),
                summary,
            }),
            ("failed", _) if is_rejected => Some(Self::GivenUp {
                reason: record.reason.clone(),
            }),
            _ => None,
        }
    }

    /// When the patience is over.
    pub(super) fn unfinished(record: Option<Record>, queued: u64) -> Self {
        match record {
            Some(record) if record.state == "failed" => Self::Failing {
                reason: record
                    .reason
                    .unwrap_or_else(|| "no reason given".to_owned()),
                attempts: record.attempts,
            },
            _ => Self::Waiting { queued },
        }
    }

    /// Whether it reached its target, and the target did not fail as far as can be seen.
    pub fn is_good(&self) -> bool {
        matches!(
            self,
            Self::Processed { .. } | Self::Delivered { .. } | Self::HandedOver { .. }
        )
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Processed { .. } => "processed",
            Self::Delivered { .. } => "delivered",
            Self::HandedOver { .. } => "handed_over",
            Self::GivenUp { .. } => "given_up",
            Self::Failing { .. } => "failing",
            Self::Waiting { .. } => "waiting",
        }
    }
}

impl fmt::Display for TestEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Processed { by, summary: None } => write!(f, "processed by {by}"),
            Self::Processed {
                by,
                summary: Some(summary),
            } => write!(f, "processed by {by}: {}", summary.escape_debug()),
            Self::Delivered { to, summary: None } => write!(f, "delivered to {to}"),
            Self::Delivered {
                to,
                summary: Some(summary),
            } => write!(f, "delivered to {to}: {}", summary.escape_debug()),
            Self::HandedOver { to } => write!(f, "handed over to {to}"),
            Self::GivenUp { reason: None } => f.write_str("given up: it is in the DLQ"),
            Self::GivenUp {
                reason: Some(reason),
            } => write!(f, "given up: {}", reason.escape_debug()),
            Self::Failing { reason, attempts } => write!(
                f,
                "failed {}, and is tried again: {}",
                plural(u64::from(*attempts), "time"),
                reason.escape_debug()
            ),
            Self::Waiting { queued } => write!(
                f,
                "no outcome yet; about {} in its queue",
                plural(*queued, "message")
            ),
        }
    }
}

impl TestOutcome {
    pub(super) fn new(subscription: &str, event: &TestEvent, end: TestEnd, took_ms: u64) -> Self {
        Self {
            subscription: subscription.to_owned(),
            reference: event.reference.to_string(),
            replay_id: event.replay_id.clone(),
            end,
            took_ms,
        }
    }

    /// What to do next; none if nothing is left to do.
    pub fn advice(&self) -> Option<String> {
        let name = &self.subscription;
        match self.end {
            TestEnd::Processed { .. } | TestEnd::Delivered { .. } => None,
            TestEnd::HandedOver { .. } => Some(
                "Coatcheck cannot see what that target does with it: look there for its ref"
                    .to_owned(),
            ),
            TestEnd::GivenUp { .. } => Some(format!(
                "`coatcheck dlq show {name}` shows it; what does not know the type {TEST_TYPE} may ignore it instead of \
                 rejecting it"
            )),
            TestEnd::Failing { .. } => Some(format!(
                "look into the log of its target; after its last try it is in the DLQ: coatcheck dlq show {name}"
            )),
            TestEnd::Waiting { .. } => Some(format!(
                "others may be before it, or its target is slow: `coatcheck subscriptions status {name}` shows its queue, \
                 and --timeout waits longer"
            )),
        }
    }
}

impl Serialize for TestOutcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut all = json!({
            "good": self.end.is_good(),
            "subscription": self.subscription,
            "ref": self.reference,
            "type": TEST_TYPE,
            "replay_id": self.replay_id,
            "outcome": self.end.word(),
            "took_ms": self.took_ms,
            "advice": self.advice(),
        });
        let more = match &self.end {
            TestEnd::Processed { by, summary } => json!({"by": by, "summary": summary}),
            TestEnd::Delivered { to, summary } => json!({"to": to, "summary": summary}),
            TestEnd::HandedOver { to } => json!({"to": to}),
            TestEnd::GivenUp { reason } => json!({"reason": reason}),
            TestEnd::Failing { reason, attempts } => {
                json!({"reason": reason, "attempts": attempts})
            }
            TestEnd::Waiting { queued } => json!({"queued": queued}),
        };
        if let (Some(all), serde_json::Value::Object(more)) = (all.as_object_mut(), more) {
            all.extend(more);
        }
        all.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(state: &str, failure: Option<&str>) -> Record {
        Record {
            processor: "invoices".to_owned(),
            state: state.to_owned(),
            attempts: 2,
            summary: Some("1 row".to_owned()),
            failure: failure.map(str::to_owned),
            reason: failure.map(|_| "the type\nis unknown".to_owned()),
            ..Record::default()
        }
    }

    fn outcome(end: TestEnd) -> TestOutcome {
        TestOutcome {
            subscription: "invoices".to_owned(),
            reference: "stripe/coatcheck-test-7".to_owned(),
            replay_id: "test-7".to_owned(),
            end,
            took_ms: 12,
        }
    }

    #[test]
    fn a_record_says_how_it_ended_or_that_it_did_not() {
        let of = |state, failure| TestEnd::of_record(&record(state, failure), None);
        let done = of("completed", None).unwrap();
        assert_eq!(done.to_string(), "processed by invoices: 1 row");
        assert!(done.is_good());
        let rejected = of("failed", Some("Reject")).unwrap();
        assert_eq!(rejected.to_string(), "given up: the type\\nis unknown");
        assert!(!rejected.is_good());
        assert_eq!(of("failed", Some("Retry")), None);
        assert_eq!(of("in_progress", None), None);
    }

    #[test]
    fn what_deliver_recorded_was_delivered() {
        let of = |state, failure| {
            TestEnd::of_record(&record(state, failure), Some("https://crm.example.com"))
        };
        let done = of("completed", None).unwrap();
        assert_eq!(
            done.to_string(),
            "delivered to https://crm.example.com: 1 row"
        );
        assert!(done.is_good() && outcome(done).advice().is_none());
        assert!(matches!(
            of("failed", Some("Reject")),
            Some(TestEnd::GivenUp { .. })
        ));
        assert_eq!(of("failed", Some("Retry")), None);
    }

    #[test]
    fn at_the_end_of_the_patience_it_says_how_far_it_is() {
        let failing = TestEnd::unfinished(Some(record("failed", Some("Retry"))), 3);
        assert!(
            failing.to_string().starts_with("failed 2 times"),
            "{failing}"
        );
        let at_work = TestEnd::unfinished(Some(record("in_progress", None)), 3);
        assert_eq!(at_work, TestEnd::Waiting { queued: 3 });
        let none = TestEnd::unfinished(None, 1);
        assert_eq!(
            none.to_string(),
            "no outcome yet; about 1 message in its queue"
        );
        for end in [failing, at_work, none] {
            assert!(!end.is_good() && outcome(end).advice().is_some());
        }
    }

    #[test]
    fn programs_see_the_outcome_in_a_word() {
        for (end, word, good) in [
            (
                TestEnd::HandedOver {
                    to: "arn:q".to_owned(),
                },
                "handed_over",
                true,
            ),
            (TestEnd::GivenUp { reason: None }, "given_up", false),
        ] {
            let json = serde_json::to_value(outcome(end)).unwrap();
            assert_eq!(
                (&json["outcome"], &json["good"]),
                (&word.into(), &good.into())
            );
            assert_eq!(json["type"], "coatcheck.test");
        }
    }
}
