//! How long a message waits before it comes again.

use std::time::Duration;

use aws::Tries;
use domain::Timestamp;

/// The first wait is at most this long, and each one at most twice the one before.
const FIRST: Duration = Duration::from_secs(5);

/// No wait is longer than this, unless the destination asks for it.
const LONGEST: Duration = Duration::from_hours(1);

/// SQS keeps a message hidden for 12 hours after it was received, and an invocation may have used
/// 15 minutes of them.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html>
const HIDDEN: Duration = Duration::from_mins(12 * 60 - 15);

/// The longest that a message is held without being asked to.
const LONGEST_HOLD: Duration = Duration::from_mins(15);

/// A message that was received so often is held for long. SQS gives it up after 1,000 receives,
/// and a hold is one, though it is no try.
const MANY_RECEIVES: u32 = 300;
const LONG_HOLD: Duration = Duration::from_hours(1);

/// How long until the next attempt, or `None`: it is time to give the event up.
///
/// Exponential with full jitter: anything up to 5 seconds after the first failure, then up to 10,
/// 20 and so on to an hour. The destination's own wish comes first, and so does the last moment at
/// which the event may be tried. `random` is from 0 to 1.
pub(crate) fn after_failure(
    tries: Tries,
    now: Timestamp,
    retry_for: Duration,
    wish: Option<Duration>,
    random: f64,
) -> Option<Duration> {
    let age = Duration::try_from(now.duration_since(tries.first_failed_at)).unwrap_or_default();
    let left = retry_for.checked_sub(age).filter(|left| !left.is_zero())?;
    let doublings = tries.count.saturating_sub(1).min(16);
    let most = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    // SQS counts in seconds.
    let jittered = most.mul_f64(random).max(Duration::from_secs(1));
    // Those that were asked to wait for the same time do not all come back at once.
    let wished = wish.map(|wish| wish.min(HIDDEN).mul_f64(1.0 + random / 10.0));
    let wait = wished.map_or(jittered, |wished| wished.max(jittered));
    Some(wait.min(left).min(HIDDEN))
}

/// How long a message is held that was not attempted.
pub(crate) fn held(until: Duration, receives: u32, random: f64) -> Duration {
    let spread = (until / 10).max(Duration::from_secs(2));
    let hold = (until + spread.mul_f64(random)).min(LONGEST_HOLD);
    let hold = hold.max(Duration::from_secs(1));
    if receives > MANY_RECEIVES {
        hold.max(LONG_HOLD)
    } else {
        hold
    }
}

#[cfg(test)]
mod tests {
    use domain::SignedDuration;
    use proptest::prelude::*;

    use super::*;

    const DAYS_3: Duration = Duration::from_hours(72);

    fn tries(count: u32) -> Tries {
        Tries {
            count,
            first_failed_at: "2026-11-27T01:00:00Z".parse().unwrap(),
        }
    }

    fn at(seconds: i64) -> Timestamp {
        tries(1).first_failed_at + SignedDuration::from_secs(seconds)
    }

    fn wait(count: u32, wish: Option<u64>, random: f64) -> u64 {
        let wish = wish.map(Duration::from_secs);
        let wait = after_failure(tries(count), at(0), DAYS_3, wish, random);
        wait.unwrap().as_secs()
    }

    #[test]
    fn waits_double_up_to_an_hour() {
        let most = |count| wait(count, None, 1.0);
        let found: Vec<u64> = [1, 2, 3, 10, 11, 12, 1_000].map(most).into();
        assert_eq!(found, [5, 10, 20, 2_560, 3_600, 3_600, 3_600]);
        assert_eq!(wait(1_000, None, 0.0), 1);
        assert_eq!(wait(3, None, 0.5), 10);
    }

    #[test]
    fn the_destinations_wish_is_obeyed_as_far_as_sqs_can() {
        assert_eq!(wait(1, Some(120), 0.0), 120);
        assert_eq!(wait(1, Some(120), 1.0), 132);
        // Shorter than our own.
        assert_eq!(wait(10, Some(1), 1.0), 2_560);
        assert_eq!(wait(1, Some(1_000_000), 1.0), 42_300);
    }

    #[test]
    fn an_event_is_given_up_when_its_time_is_over() {
        let last = 72 * 3_600;
        let at_the_end = |seconds| after_failure(tries(99), at(seconds), DAYS_3, None, 1.0);
        assert_eq!(at_the_end(last), None);
        // The last attempt is made at the end, and not before it.
        let second = Duration::from_secs(1);
        assert_eq!(at_the_end(last - 1), Some(second));
        assert_eq!(
            after_failure(tries(1), at(0), Duration::ZERO, None, 1.0),
            None
        );
    }

    #[test]
    fn a_hold_ends_soon_after_its_time_unless_there_were_many() {
        let hold = |until, receives| held(Duration::from_secs(until), receives, 1.0).as_secs();
        assert_eq!((hold(0, 1), hold(30, 1), hold(850, 1)), (2, 33, 900));
        assert_eq!((hold(30, 300), hold(30, 301)), (33, 3_600));
    }

    proptest! {
        #[test]
        fn every_wait_is_one_that_sqs_accepts(
            count in 1..5_000_u32, age in 0..259_200_i64, wish in proptest::option::of(0..9_999_999_u64),
            random in 0.0..=1.0,
        ) {
            let wish = wish.map(Duration::from_secs);
            let wait = after_failure(tries(count), at(age), DAYS_3, wish, random);
            let wait = wait.expect("its time is not over");
            prop_assert!(wait <= HIDDEN);
        }
    }
}
