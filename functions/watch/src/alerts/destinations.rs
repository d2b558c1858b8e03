//! Which destinations get no events, because they fail or are gone.

use aws::{BreakerRecord, BreakerState};
use domain::{SignedDuration, Timestamp};

use super::decide::Sighting;

/// A destination that fails for less is left to its breaker, which probes it.
pub(crate) const PATIENCE: SignedDuration = SignedDuration::from_mins(5);

/// Whether it fails for so long that people should know. While it is paused, this trouble neither
/// begins nor ends.
pub(super) fn fails(record: &BreakerRecord, now: Timestamp) -> Sighting {
    match (record.state, record.opened_at) {
        (BreakerState::Closed, _) => Sighting::Fine,
        (BreakerState::Paused, _) => Sighting::Unknown,
        (BreakerState::Open | BreakerState::Probing, Some(at))
            if now.duration_since(at) < PATIENCE =>
        {
            Sighting::Unknown
        }
        (BreakerState::Open | BreakerState::Probing, _) => Sighting::Trouble(1),
    }
}

/// Whether it said that it is gone. That no time heals, so people should know at once.
pub(super) fn gone(record: &BreakerRecord) -> Sighting {
    match record.state {
        BreakerState::Paused => Sighting::Trouble(1),
        BreakerState::Closed | BreakerState::Open | BreakerState::Probing => Sighting::Fine,
    }
}

/// Whether that is why its mapping does not run: then it is told as that, and not as a mapping that
/// stopped.
pub(super) fn explains(record: &BreakerRecord, mapping: &str) -> bool {
    record.state == BreakerState::Paused && mapping == "STOPPED"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        format!("2026-11-22T{text}Z").parse().unwrap()
    }

    #[test]
    fn a_destination_that_fails_is_told_after_a_while_and_one_that_is_gone_at_once() {
        use BreakerState::{Closed, Open, Paused, Probing};
        use Sighting::{Fine, Trouble, Unknown};
        let opened = Some(at("05:00:00"));
        for (state, opened_at, now, failing, left) in [
            (Closed, None, "05:00:00", Fine, Fine),
            (Open, opened, "05:04:59", Unknown, Fine),
            (Open, opened, "05:05:00", Trouble(1), Fine),
            (Probing, opened, "05:04:59", Unknown, Fine),
            (Probing, opened, "05:05:00", Trouble(1), Fine),
            (Open, None, "05:00:00", Trouble(1), Fine),
            (Paused, opened, "05:00:00", Unknown, Trouble(1)),
        ] {
            let record = BreakerRecord {
                state,
                opened_at,
                ..BreakerRecord::default()
            };
            assert_eq!(fails(&record, at(now)), failing, "{state:?} {now}");
            assert_eq!(gone(&record), left, "{state:?}");
            assert_eq!(explains(&record, "STOPPED"), state == Paused);
            assert!(!explains(&record, "NOT_FOUND"), "that has another reason");
        }
    }
}
