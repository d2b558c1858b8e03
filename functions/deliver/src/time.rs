use std::time::Duration;

use domain::Timestamp;
use tokio::time::Instant;

/// Kept back from an invocation's end, to put messages off and to answer.
const TO_ANSWER: Duration = Duration::from_secs(3);

/// The time of one invocation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Time {
    /// No attempt begins later: it might not end in time.
    pub(crate) last_start: Instant,
    /// Every attempt is over by then.
    pub(crate) attempts_end: Instant,
    /// When Lambda ends the invocation: no attempt survives this.
    pub(crate) ends_at: Timestamp,
}

impl Time {
    /// From now until the invocation's end, with attempts that may take so long.
    pub(crate) fn new(now: Timestamp, ends_at: Timestamp, attempt: Duration) -> Self {
        let left = Duration::try_from(ends_at.duration_since(now)).unwrap_or_default();
        let for_attempts = left.saturating_sub(TO_ANSWER.min(left / 4));
        // A function whose time is too short for its attempts begins some all the same.
        let to_start = for_attempts.saturating_sub(attempt).max(for_attempts / 4);
        let begun = Instant::now();
        Self {
            last_start: begun + to_start,
            attempts_end: begun + for_attempts,
            ends_at,
        }
    }

    /// An instant's moment.
    pub(crate) fn moment(instant: Instant, now: Timestamp) -> Timestamp {
        let left = instant.saturating_duration_since(Instant::now());
        now.checked_add(left).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use domain::SignedDuration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn some_time_is_kept_to_answer_and_some_for_the_attempt() {
        let now: Timestamp = "2026-11-27T01:00:00Z".parse().unwrap();
        let after = |left, attempt| {
            let ends_at = now + SignedDuration::from_secs(left);
            let time = Time::new(now, ends_at, Duration::from_secs(attempt));
            let from_now = |at: Instant| at.saturating_duration_since(Instant::now()).as_secs();
            (from_now(time.last_start), from_now(time.attempts_end))
        };
        assert_eq!(after(60, 30), (27, 57));
        assert_eq!(after(8, 30), (1, 6));
        assert_eq!(after(-1, 30), (0, 0));
    }
}
