use domain::{SignedDuration, TimeBucket, Timestamp};

/// Which hours to sweep: each hour that the span touches, as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Its first moment.
    pub since: Timestamp,
    /// The first moment after it.
    pub until: Timestamp,
}

/// One sixteenth of an hour's payloads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HourShard {
    pub(crate) bucket: TimeBucket,
    /// When its hour begins.
    pub(crate) hour: Timestamp,
}

const HOUR: SignedDuration = SignedDuration::from_hours(1);

impl Span {
    /// Oldest first: what the time does not suffice for is also in the next run's span.
    pub(crate) fn hour_shards(self) -> impl Iterator<Item = HourShard> {
        let next = |hour: &Timestamp| hour.checked_add(HOUR).ok();
        let hours = std::iter::successors(hour_of(self.since), next);
        hours
            .take_while(move |hour| *hour < self.until && self.since < self.until)
            .flat_map(|hour| TimeBucket::shards(hour).map(move |bucket| HourShard { bucket, hour }))
    }
}

impl HourShard {
    /// Its hour.
    pub(crate) fn span(&self) -> Span {
        Span {
            since: self.hour,
            until: self.hour.saturating_add(HOUR).unwrap_or(Timestamp::MAX),
        }
    }
}

fn hour_of(at: Timestamp) -> Option<Timestamp> {
    let seconds = HOUR.as_secs();
    Timestamp::from_second(at.as_second().div_euclid(seconds) * seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(since: &str, until: &str) -> Vec<String> {
        let at = |time| format!("2026-11-{time}Z").parse().unwrap();
        let span = Span {
            since: at(since),
            until: at(until),
        };
        let hour_shards: Vec<HourShard> = span.hour_shards().collect();
        for (place, hour_shard) in hour_shards.iter().enumerate() {
            assert!(
                hour_shard
                    .hour
                    .to_string()
                    .starts_with(hour_shard.bucket.hour())
            );
            let shard = char::from_digit(u32::try_from(place % 16).unwrap(), 16);
            assert_eq!(Some(hour_shard.bucket.shard()), shard);
        }
        let firsts = hour_shards.iter().step_by(16);
        firsts
            .map(|hour_shard| hour_shard.bucket.hour().to_owned())
            .collect()
    }

    #[test]
    fn an_hour_that_is_touched_is_swept() {
        for (since, until, expected) in [
            (
                "21T20:59:59",
                "21T21:00:01",
                &["2026-11-21T20", "2026-11-21T21"][..],
            ),
            ("21T20:00:00", "21T21:00:00", &["2026-11-21T20"]),
            (
                "21T23:30:00",
                "22T00:30:00",
                &["2026-11-21T23", "2026-11-22T00"],
            ),
            ("21T20:30:00", "21T20:30:01", &["2026-11-21T20"]),
            ("21T20:30:00", "21T20:30:00", &[]),
            ("21T20:30:00", "21T20:10:00", &[]),
        ] {
            assert_eq!(hours(since, until), expected, "{since}");
        }
    }
}
