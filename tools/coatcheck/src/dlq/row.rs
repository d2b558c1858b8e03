//! A message of a DLQ, and why it is there.

use anyhow::Result;
use aws::operator::{Held, Record, Records};
use domain::{Timestamp, format_time};
use serde_json::{Value, json};

use super::{
    Dlq,
    letter::{EventLetter, Letter},
};
use crate::{stack::Explained, when::said};

/// A message, and what its processor knows of it.
pub(super) struct Row<'a> {
    held: &'a Held,
    letter: Letter,
    record: Option<Record>,
}

impl<'a> Row<'a> {
    pub(super) async fn read(held: &'a Held, dlq: &Dlq<'_>, records: &Records) -> Result<Self> {
        let letter = Letter::of(held);
        let record = match (&letter, dlq.processor) {
            (Letter::Event(event), Some(processor)) => {
                let all = records.of(&event.reference).await.explained()?;
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

    pub(super) fn cells(&self, now: Timestamp) -> [String; 6] {
        let waits = self.held.sent_at.map(|at| said(at.duration_until(now)));
        let waits = waits.unwrap_or_default();
        let tries = self.held.receives.to_string();
        match &self.letter {
            Letter::Event(event) => {
                let EventLetter {
                    reference,
                    kind,
                    received_at,
                    ..
                } = event.as_ref();
                [
                    reference.to_string(),
                    kind.escape_debug().to_string(),
                    received_at.map(format_time).unwrap_or_default(),
                    tries,
                    waits,
                    self.record
                        .as_ref()
                        .map_or_else(|| "none is known".to_owned(), reason),
                ]
            }
            Letter::Other(what) => [
                format!("message {}", self.held.id),
                String::new(),
                String::new(),
                tries,
                waits,
                what.clone().into_owned(),
            ],
        }
    }

    /// Whether it is an event that nobody knows more of.
    pub(super) fn is_unknown(&self) -> bool {
        self.record.is_none() && matches!(self.letter, Letter::Event(_))
    }

    pub(super) fn as_json(&self) -> Value {
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
}

/// `rejected: the amount is missing (3 tries)`.
fn reason(record: &Record) -> String {
    let text = match (record.state.as_str(), &record.failure) {
        ("completed", _) => "done meanwhile: a redrive would skip it".to_owned(),
        (_, Some(failure)) => format!(
            "{failure}: {} ({} tries)",
            record.reason.as_deref().unwrap_or("no reason is given"),
            record.attempts
        ),
        ("in_progress", None) => format!(
            "its last try never ended: a crash, or out of time or memory ({} tries)",
            record.attempts
        ),
        (state, None) => state.to_owned(),
    };
    text.escape_debug().to_string()
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

    #[test]
    fn the_reason_is_the_records() {
        for (state, failure, said) in [
            (
                "failed",
                Some("reject"),
                "reject: the amount\\nis missing (3 tries)",
            ),
            ("in_progress", None, "never ended"),
            ("completed", None, "would skip it"),
        ] {
            let told = reason(&record(state, failure));
            assert!(told.contains(said), "{told}");
        }
    }

    #[test]
    fn a_row_says_which_event_and_how_long_it_waits() {
        let now: Timestamp = "2026-11-22T05:00:00Z".parse().unwrap();
        let mut one = held("m1", EVENT);
        one.sent_at = "2026-11-22T02:00:00Z".parse().ok();
        let row = Row {
            held: &one,
            letter: Letter::of(&one),
            record: None,
        };
        assert_eq!(
            row.cells(now),
            [
                "stripe/evt_1",
                "invoice.paid",
                "2026-11-21T20:59:57.414Z",
                "4",
                "3 h",
                "none is known"
            ]
        );
        assert!(row.is_unknown());
        let json = row.as_json();
        assert_eq!(json["event"]["ref"], "stripe/evt_1");
        assert_eq!(
            (&json["body"], &json["record"]),
            (&Value::Null, &Value::Null)
        );
    }

    #[test]
    fn what_is_no_event_is_shown_as_such() {
        let one = held("m2", "hello");
        let row = Row {
            held: &one,
            letter: Letter::of(&one),
            record: None,
        };
        let cells = row.cells(Timestamp::UNIX_EPOCH);
        assert_eq!(
            (cells[0].as_str(), cells[5].as_str()),
            ("message m2", "no JSON, so no event")
        );
        assert_eq!(row.as_json()["body"], "hello");
        assert!(!row.is_unknown());
    }
}
