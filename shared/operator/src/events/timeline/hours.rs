use domain::{SignedDuration, TimeBucket, Timestamp};

use super::pages::Span;
use crate::events::Query;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// The hours of a query's span, in the order to read them, each with its sixteen buckets of the by-time index.
pub(super) fn hours(query: &Query) -> impl Iterator<Item = Span<TimeBucket>> + Send + use<> {
    let (from, until, newest_first) = (query.from, query.until, query.newest_first);
    let start = |at: Timestamp| at.as_second().div_euclid(3_600);
    let first = start(from);
    // `until` is exclusive: at the very start of an hour, that hour holds nothing.
    let last = start(
        until
            .saturating_sub(SignedDuration::from_nanos(1))
            .unwrap_or(until),
    );
    let count = u64::try_from(last - first + 1).unwrap_or(0);
    (0..count).filter_map(move |step| {
        let step = i64::try_from(step).ok()?;
        let hour = if newest_first {
            last - step
        } else {
            first + step
        };
        let hour = Timestamp::from_second(hour * HOUR.as_secs()).ok()?;
        Some(Span {
            from: hour.max(from),
            until: hour.saturating_add(HOUR).unwrap_or(hour).min(until),
            partitions: TimeBucket::shards(hour).collect(),
        })
    })
}
