use std::time::Duration;

use domain::Timestamp;
use tokio::time::Instant;

/// Kept back from an invocation's end: time to report the results for its events.
const TO_ANSWER: Duration = Duration::from_secs(2);

/// The time of one invocation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Time {
    /// When every handler must be done, or the answer would come too late.
    pub(crate) handlers_end: Instant,
    /// When Lambda ends the invocation: no handler survives this.
    pub(crate) ends_at: Timestamp,
}

impl Time {
    /// From now until the invocation's end.
    pub(crate) fn new(now: Timestamp, ends_at: Timestamp) -> Self {
        let left = Duration::try_from(ends_at.duration_since(now)).unwrap_or_default();
        let for_handlers = left.saturating_sub(TO_ANSWER.min(left / 4));
        Self {
            handlers_end: Instant::now() + for_handlers,
            ends_at,
        }
    }

    /// When an event that begins now must be done; `None`: no time is left.
    pub(crate) fn of_event(&self, at_most: Option<Duration>) -> Option<Instant> {
        let now = Instant::now();
        let end = match at_most {
            Some(at_most) => self.handlers_end.min(now + at_most),
            None => self.handlers_end,
        };
        (now < end).then_some(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::at;

    fn left(seconds: i64) -> Duration {
        let now = at("2026-11-21T21:00:00Z");
        let time = Time::new(now, now + domain::SignedDuration::from_secs(seconds));
        time.handlers_end.saturating_duration_since(Instant::now())
    }

    #[tokio::test(start_paused = true)]
    async fn some_of_the_time_is_kept_to_answer() {
        assert_eq!(left(30), Duration::from_secs(28));
        assert_eq!(left(4), Duration::from_secs(3));
        assert_eq!(left(-1), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn an_event_has_its_own_time_at_most() {
        let now = at("2026-11-21T21:00:00Z");
        let time = Time::new(now, now + domain::SignedDuration::from_secs(30));
        let own = Duration::from_secs(5);
        assert_eq!(time.of_event(Some(own)), Some(Instant::now() + own));
        assert_eq!(time.of_event(None), Some(time.handlers_end));
        let long = Duration::from_secs(60);
        assert_eq!(time.of_event(Some(long)), Some(time.handlers_end));
        tokio::time::advance(Duration::from_secs(28)).await;
        assert_eq!(time.of_event(Some(own)), None);
    }
}
