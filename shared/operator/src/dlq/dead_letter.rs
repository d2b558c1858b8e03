//! A message in a DLQ, and why it is there.

use aws::operator::{Held, Record, Records};
use domain::format_time;
use serde::{Serialize, Serializer};
use serde_json::json;

use super::{Content, Dlq};
use crate::{Result, plural};

/// A message in a DLQ, and what its processor recorded about it.
#[derive(Debug)]
pub struct DeadLetter {
    /// The message as SQS has it.
    pub held: Held,
    /// What it holds.
    pub content: Content,
    /// The processor's record of the event; none if it has written none.
    pub record: Option<Record>,
}

impl DeadLetter {
    pub(super) async fn read(held: Held, dlq: &Dlq<'_>, records: &Records) -> Result<Self> {
        let content = Content::of(&held);
        let record = match (&content, dlq.processor) {
            (Content::Event(event), Some(processor)) => {
                let all = records.of(&event.reference).await?;
                all.into_iter().find(|record| record.processor == processor)
            }
            _ => None,
        };
        Ok(Self {
            held,
            content,
            record,
        })
    }

    /// Whether it is an event of which there is no record.
    pub fn is_unknown(&self) -> bool {
        self.record.is_none() && matches!(self.content, Content::Event(_))
    }

    /// Why it is here: `reject: the amount is missing (3 attempts)`; none if there is no record.
    pub fn reason(&self) -> Option<String> {
        let record = match (&self.record, &self.content) {
            (_, Content::Other(what)) => return Some(what.clone()),
            (record, Content::Event(_)) => record.as_ref()?,
        };
        let attempts = plural(record.attempts, "attempt");
        Some(match (record.state.as_str(), &record.failure) {
            ("completed", _) => "already completed: a redrive would skip it".to_owned(),
            (_, Some(failure)) => {
                let reason = record.reason.as_deref();
                let reason = reason.unwrap_or("no reason given");
                format!("{failure}: {reason} ({attempts})")
            }
            ("in_progress", None) => format!(
                "its last attempt did not finish: it crashed, or ran out of time or memory ({attempts})"
            ),
            (state, None) => state.to_owned(),
        })
    }
}

impl Serialize for DeadLetter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (event, body) = match &self.content {
            Content::Event(event) => (Some(&event.whole), None),
            Content::Other(_) => (None, Some(&self.held.body)),
        };
        let what = match &self.content {
            Content::Event(_) => "an event",
            Content::Other(what) => what.as_ref(),
        };
        json!({
            "message_id": self.held.id,
            "what": what,
            "event": event,
            "body": body,
            "sent_at": self.held.sent_at.map(format_time),
            "receives": self.held.receives,
            "record": self.record.as_ref().map(|record| json!({
                "processor": record.processor,
                "state": record.state,
                "at": record.at,
                "attempts": record.attempts,
                "failure": record.failure,
                "reason": record.reason,
                "summary": record.summary,
            })),
        })
        .serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dlq::content::held;

    const EVENT: &str =
        r#"{"type":"invoice.paid","ref":"stripe/evt_1","receivedat":"2026-11-21T20:59:57.414Z"}"#;

    fn record(state: &str, failure: Option<&str>) -> Record {
        Record {
            processor: "invoices".to_owned(),
            state: state.to_owned(),
            attempts: 3,
            failure: failure.map(str::to_owned),
            reason: failure.map(|_| "the amount\nis missing".to_owned()),
            ..Record::default()
        }
    }

    fn dead(id: &str, body: &str, record: Option<Record>) -> DeadLetter {
        let held = held(id, body);
        DeadLetter {
            content: Content::of(&held),
            held,
            record,
        }
    }

    #[test]
    fn the_reason_is_the_records() {
        for (state, failure, expected) in [
            (
                "failed",
                Some("reject"),
                "reject: the amount\nis missing (3 attempts)",
            ),
            ("in_progress", None, "did not finish"),
            ("completed", None, "would skip it"),
        ] {
            let reason = dead("m1", EVENT, Some(record(state, failure))).reason();
            assert!(reason.as_ref().unwrap().contains(expected), "{reason:?}");
        }
    }

    #[test]
    fn programs_see_the_event_whole() {
        let mut one = dead("m1", EVENT, None);
        one.held.sent_at = "2026-11-22T02:00:00Z".parse().ok();
        assert!(one.is_unknown() && one.reason().is_none());
        assert_eq!(
            serde_json::to_string(&one).unwrap(),
            r#"{"message_id":"m1","what":"an event","event":{"type":"invoice.paid","ref":"stripe/evt_1","receivedat":"2026-11-21T20:59:57.414Z"},"body":null,"sent_at":"2026-11-22T02:00:00.000Z","receives":4,"record":null}"#
        );
    }

    #[test]
    fn what_is_no_event_is_shown_as_such() {
        let one = dead("m2", "hello", None);
        assert_eq!(one.reason().as_deref(), Some("not JSON, so not an event"));
        assert_eq!(serde_json::to_value(&one).unwrap()["body"], "hello");
        assert!(!one.is_unknown());
    }
}
