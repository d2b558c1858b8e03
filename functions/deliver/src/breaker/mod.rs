//! Stops deliveries to a destination that fails. Pure: the record and the time come in, the next
//! record comes out.

mod gate;
#[cfg(test)]
mod tests;

use std::time::Duration;

use aws::{BreakerRecord, BreakerState, Window};
use domain::Timestamp;

use crate::{
    config::BreakerConfig,
    destination::{Outcome, Reason},
};

pub(crate) use gate::{Gate, Probe};

/// A rate of failures is one of this time, from a failure on.
const WINDOW: Duration = Duration::from_mins(1);

/// A rate of fewer attempts says nothing.
const ENOUGH: u32 = 10;

/// After a probe that told nothing about the destination.
const PROBE_AGAIN: Duration = Duration::from_secs(5);

/// Whether an event may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Pass,
    /// One may, by the instance that writes first that it does.
    Probe,
    /// Not before this time.
    Hold(Timestamp),
    /// Not before a person says so.
    Paused,
}

/// What an attempt says about the destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    Well,
    Failed {
        reason: Reason,
        status: Option<u16>,
    },
    Gone,
    /// What went wrong was on our side, or nothing was sent.
    Nothing,
}

impl From<&Outcome> for Sign {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Retry {
                reason,
                status,
                strikes: true,
                ..
            } => Self::Failed {
                reason: *reason,
                status: *status,
            },
            // It answered, and so it is there.
            Outcome::Delivered { .. }
            | Outcome::Retry {
                status: Some(_), ..
            }
            | Outcome::Reject {
                status: Some(_), ..
            } => Self::Well,
            Outcome::Gone { .. } => Self::Gone,
            Outcome::Held { .. } | Outcome::Retry { .. } | Outcome::Reject { .. } => Self::Nothing,
        }
    }
}

/// What the record says about the next event.
pub(crate) fn verdict(record: &BreakerRecord, now: Timestamp) -> Verdict {
    match (record.state, record.probe_at) {
        (BreakerState::Closed, _) => Verdict::Pass,
        (BreakerState::Paused, _) => Verdict::Paused,
        // A probe whose time is over is dead: its instance crashed.
        (BreakerState::Open | BreakerState::Probing, Some(at)) if now < at => Verdict::Hold(at),
        (BreakerState::Open | BreakerState::Probing, _) => Verdict::Probe,
    }
}

/// The record while a probe is made, which counts as dead from `until` on.
pub(crate) fn probing(record: &BreakerRecord, until: Timestamp) -> BreakerRecord {
    BreakerRecord {
        state: BreakerState::Probing,
        probe_at: Some(until),
        ..record.clone()
    }
}

/// The record after a probe.
pub(crate) fn after_probe(
    record: &BreakerRecord,
    sign: Sign,
    now: Timestamp,
    config: &BreakerConfig,
) -> BreakerRecord {
    match sign {
        Sign::Well => closed(record),
        Sign::Gone => gone(record, now),
        Sign::Nothing => BreakerRecord {
            state: BreakerState::Open,
            probe_at: Some(later(now, PROBE_AGAIN)),
            ..record.clone()
        },
        Sign::Failed { reason, status } => {
            let doubled = record.pause_s.saturating_mul(2).max(config.pause_s);
            let pause_s = doubled.min(config.longest_pause_s);
            BreakerRecord {
                state: BreakerState::Open,
                failures: record.failures.saturating_add(1),
                probe_at: Some(later(now, Duration::from_secs(pause_s.into()))),
                pause_s,
                reason: Some(reason.to_string()),
                status,
                ..record.clone()
            }
        }
    }
}

/// The record after an attempt that was no probe, and `well` more that succeeded before it. `None`:
/// it stays as it is. What comes back after the breaker opened changes nothing.
pub(crate) fn after_attempt(
    record: &BreakerRecord,
    well: u32,
    sign: Sign,
    now: Timestamp,
    config: &BreakerConfig,
) -> Option<BreakerRecord> {
    match (record.state, sign) {
        (BreakerState::Paused, _) => return None,
        (_, Sign::Gone) => return Some(gone(record, now)),
        (BreakerState::Open | BreakerState::Probing, _) => return None,
        (BreakerState::Closed, _) => {}
    }
    let well = well + u32::from(sign == Sign::Well);
    let open = |window: &Window| later(window.since, WINDOW) > now;
    let mut next = record.clone();
    next.window = record.window.filter(open);
    if well > 0 {
        next.failures = 0;
        if let Some(window) = &mut next.window {
            window.attempts = window.attempts.saturating_add(well);
        }
    }
    if let Sign::Failed { reason, status } = sign {
        let window = next.window.get_or_insert(Window {
            since: now,
            attempts: 0,
            failures: 0,
        });
        window.attempts = window.attempts.saturating_add(1);
        window.failures = window.failures.saturating_add(1);
        next.failures = next.failures.saturating_add(1);
        if next.failures >= config.failures_in_a_row || fails_often(window, config) {
            next.state = BreakerState::Open;
            next.opened_at = Some(now);
            next.pause_s = config.pause_s;
            next.probe_at = Some(later(now, Duration::from_secs(config.pause_s.into())));
            next.reason = Some(reason.to_string());
            next.status = status;
        }
    }
    (next != *record).then_some(next)
}

fn fails_often(window: &Window, config: &BreakerConfig) -> bool {
    window.attempts >= ENOUGH
        && f64::from(window.failures) >= config.failure_rate * f64::from(window.attempts)
}

fn closed(record: &BreakerRecord) -> BreakerRecord {
    BreakerRecord {
        version: record.version,
        ..BreakerRecord::default()
    }
}

fn gone(record: &BreakerRecord, now: Timestamp) -> BreakerRecord {
    BreakerRecord {
        state: BreakerState::Paused,
        opened_at: record.opened_at.or(Some(now)),
        probe_at: None,
        reason: Some("gone".to_owned()),
        status: Some(410),
        ..record.clone()
    }
}

fn later(at: Timestamp, by: Duration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}
