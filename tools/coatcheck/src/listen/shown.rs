//! What is printed of deliveries.

use std::{fmt, time::Duration};

use domain::format_time;
use operator::plural;
use serde::Serialize;

use super::journal::Event;
use crate::{
    shown::line,
    table::{Tone, bytes, paint},
};

/// How a delivery ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ending {
    Delivered {
        status: u16,
        took: Duration,
    },
    Failed {
        status: u16,
        took: Duration,
    },
    /// No response came.
    Unanswered(String),
    /// It can never be delivered.
    Gone(String),
}

/// One delivery, for people and for programs.
#[derive(Serialize)]
pub(super) struct Shown<'a> {
    #[serde(rename = "ref")]
    reference: String,
    endpoint: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    received_at: String,
    bytes: u64,
    /// 1 the first time.
    attempt: u32,
    outcome: &'static str,
    status: Option<u16>,
    took_ms: Option<u64>,
    problem: Option<&'a str>,
    /// What happens next, for people.
    #[serde(skip)]
    next: &'a str,
}

impl<'a> Shown<'a> {
    pub(super) fn new(event: &'a Event, attempt: u32, ending: &'a Ending, next: &'a str) -> Self {
        let ms = |took: &Duration| u64::try_from(took.as_millis()).ok();
        let (outcome, status, took_ms, problem) = match ending {
            Ending::Delivered { status, took } => ("delivered", Some(*status), ms(took), None),
            Ending::Failed { status, took } => ("failed", Some(*status), ms(took), None),
            Ending::Unanswered(problem) => ("failed", None, None, Some(problem.as_str())),
            Ending::Gone(problem) => ("gone", None, None, Some(problem.as_str())),
        };
        Self {
            reference: event.reference.to_string(),
            endpoint: event.reference.endpoint.as_str(),
            kind: &event.kind,
            received_at: format_time(event.received_at),
            bytes: event.bytes,
            attempt,
            outcome,
            status,
            took_ms,
            problem,
            next,
        }
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self
            .status
            .map_or_else(|| "---".to_owned(), |status| status.to_string());
        let tone = if self.outcome == "delivered" {
            Tone::Good
        } else {
            Tone::Bad
        };
        let took = self
            .took_ms
            .map_or_else(String::new, |ms| format!("{ms} ms"));
        write!(
            f,
            "{}  {took:>9}  {:>8}  {:<28}  {}",
            paint(tone, &status),
            bytes(self.bytes),
            line(self.kind),
            self.reference
        )?;
        for text in [self.problem.unwrap_or_default(), self.next] {
            if !text.is_empty() {
                write!(f, "\n     {}", line(text))?;
            }
        }
        Ok(())
    }
}

/// What a run did.
#[derive(Debug, Default)]
pub(super) struct Totals {
    pub(super) delivered: u64,
    pub(super) delivered_bytes: u64,
    pub(super) failed: u64,
    pub(super) gone: u64,
}

impl Totals {
    pub(super) fn count(&mut self, event: &Event, ending: &Ending) {
        match ending {
            Ending::Delivered { .. } => {
                self.delivered += 1;
                self.delivered_bytes += event.bytes;
            }
            Ending::Failed { .. } | Ending::Unanswered(_) => self.failed += 1,
            Ending::Gone(_) => self.gone += 1,
        }
    }

    /// In one line; `kept`: what waits to be sent again.
    pub(super) fn summary(&self, kept: usize) -> String {
        let mut text = format!(
            "{} delivered ({}), {}",
            plural(self.delivered, "event"),
            bytes(self.delivered_bytes),
            plural(self.failed, "failed attempt")
        );
        if self.gone > 0 {
            text += &format!(", {} that can never be delivered", self.gone);
        }
        if kept > 0 {
            let events = plural(u64::try_from(kept).unwrap_or(u64::MAX), "event");
            text += &format!("; {events} kept, to be sent again next time with r or --retry");
        }
        text
    }
}
