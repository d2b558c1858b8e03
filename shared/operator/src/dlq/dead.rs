//! A message of a DLQ, and why it is there.

use aws::operator::{Held, Record, Records};
use domain::format_time;
use serde_json::{Value, json};

use super::{Dlq, Letter};
use crate::Result;

/// A message of a DLQ, and what its processor knows of it.
#[derive(Debug)]
pub struct DeadLetter {
    /// As SQS has it.
    pub held: Held,
    /// What it says.
    pub letter: Letter,
    /// What the processor has written down; none if it has not.
    pub record: Option<Record>,
}

impl DeadLetter {
    pub(super) async fn read(held: Held, dlq: &Dlq<'_>, records: &Records) -> Result<Self> {
        let letter = Letter::of(&held);
        let record = match (&letter, dlq.processor) {
            (Letter::Event(event), Some(processor)) => {
                let all = records.of(&event.reference).await?;
                all.into_iter().find(|record| record.processor == processor)
            }
            _ => None,
        };
        Ok(Self {
            held,
            letter,
            record,
        })
    }

    /// Whether it is an event that nobody knows more of.
    pub fn is_unknown(&self) -> bool {
        self.record.is_none() && matches!(self.letter, Letter::Event(_))
    }

    /// As programs see it.
    pub fn as_json(&self) -> Value {
        let (event, body) = match &self.letter {
            Letter::Event(event) => (Some(&event.whole), None),
            Letter::Other(_) => (None, Some(&self.held.body)),
        };
        let what = match &self.letter {
            Letter::Event(_) => "an event",
            Letter::Other(what) => what.as_ref(),
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
    }

    /// Why it is here: `rejected: the amount is missing (3 tries)`; none if nobody knows.
    pub fn reason(&self) -> Option<String> {
        let record = match (&self.record, &self.letter) {
            (_, Letter::Other(what)) => return Some(what.clone().into_owned()),
            (record, Letter::Event(_)) => record.as_ref()?,
        };
        let tries = record.attempts;
        Some(match (record.state.as_str(), &record.failure) {
            ("completed", _) => "done meanwhile: a redrive would skip it".to_owned(),
            (_, Some(failure)) => {
                let reason = record.reason.as_deref();
                let reason = reason.unwrap_or("no reason is given");
                format!("{failure}: {reason} ({tries} tries)")
            }
            ("in_progress", None) => format!(
                "its last try never ended: a crash, or out of time or memory ({tries} tries)"
            ),
            (state, None) => state.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dlq::letter::held;

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
            letter: Letter::of(&held),
            held,
            record,
        }
    }

    #[test]
    fn the_reason_is_the_records() {
        for (state, failure, said) in [
            (
                "failed",
                Some("reject"),
                "reject: the amount\nis missing (3 tries)",
            ),
            ("in_progress", None, "never ended"),
            ("completed", None, "would skip it"),
        ] {
            let told = dead("m1", EVENT, Some(record(state, failure))).reason();
            assert!(told.as_ref().unwrap().contains(said), "{told:?}");
        }
    }

    #[test]
    fn programs_see_the_event_whole() {
        let mut one = dead("m1", EVENT, None);
        one.held.sent_at = "2026-11-22T02:00:00Z".parse().ok();
        assert!(one.is_unknown() && one.reason().is_none());
        assert_eq!(
            one.as_json().to_string(),
            r#"{"message_id":"m1","what":"an event","event":{"type":"invoice.paid","ref":"stripe/evt_1","receivedat":"2026-11-21T20:59:57.414Z"},"body":null,"sent_at":"2026-11-22T02:00:00.000Z","receives":4,"record":null}"#
        );
    }

    #[test]
    fn what_is_no_event_is_shown_as_such() {
        let one = dead("m2", "hello", None);
        assert_eq!(one.reason().as_deref(), Some("no JSON, so no event"));
        assert_eq!(one.as_json()["body"], "hello");
        assert!(!one.is_unknown());
    }
}
