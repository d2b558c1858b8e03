//! Which endpoints refuse most of their deliveries.

use aws::SumOf;
use domain::{SignedDuration, StoreError, Timestamp};

use super::{
    decide::Sighting,
    ports::{StackParts, Sums},
};

/// The time in which deliveries are counted.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// Metrics are asked for at every fifth minute, as `CloudWatch` charges for each. Not at the
/// minute at which its periods end: a metric that comes from a log line is some time late.
const EVERY_MINUTES: i64 = 5;
const LATE_MINUTES: i64 = 2;

/// With fewer deliveries in that time, a share of them says nothing.
const AT_LEAST: u64 = 10;

/// The fewest refusals that can be most of that many.
const FEWEST: u64 = AT_LEAST / 2 + 1;

/// What an endpoint did in that time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refusals {
    pub(crate) refused: u64,
    pub(crate) accepted: u64,
    /// The end of that time.
    pub(crate) until: Timestamp,
}

impl Refusals {
    /// All that it answered.
    pub(crate) fn all(self) -> u64 {
        self.refused.saturating_add(self.accepted)
    }

    /// While nothing is accepted and little is refused, nothing is known: a provider that got
    /// only refusals may wait for hours before it tries again.
    pub(crate) fn sighting(self) -> Sighting {
        if self.all() >= AT_LEAST && self.refused > self.accepted {
            Sighting::Trouble(1)
        } else if self.accepted > 0 && self.accepted >= self.refused {
            Sighting::Fine
        } else {
            Sighting::Unknown
        }
    }
}

/// The end of the window, if this is a minute to ask.
pub(crate) fn due(now: Timestamp) -> Option<Timestamp> {
    let minute = now.as_second().div_euclid(60);
    let late = minute.rem_euclid(EVERY_MINUTES);
    let until = (minute - late).checked_mul(60)?;
    let until = Timestamp::from_second(until).ok()?;
    (late == LATE_MINUTES).then_some(until)
}

/// What each endpoint did that refused enough to matter, or that is in `open`: one metric is
/// asked for, and those of the endpoints only if it shows enough refusals, or if one is open.
/// `None`: nothing of that, so the endpoints were not asked about.
pub(crate) async fn look<S: Sums, P: StackParts>(
    sums: &S,
    parts: &P,
    stack: &str,
    open: &[String],
    until: Timestamp,
) -> Result<Option<Vec<(String, Refusals)>>, StoreError> {
    let from = until.saturating_sub(WINDOW).unwrap_or(until);
    let sum_of = |(metric, statistic), endpoint: Option<&String>| SumOf {
        metric,
        statistic,
        stack: stack.to_owned(),
        endpoint: endpoint.cloned(),
    };
    if open.is_empty() {
        let all = sums.of(&[sum_of(REJECTED, None)], from, until).await?;
        if all.iter().sum::<u64>() < FEWEST {
            return Ok(None);
        }
    }
    let endpoints = parts.endpoints().await?;
    let metrics: Vec<SumOf> = endpoints
        .iter()
        .map(|name| sum_of(REJECTED, Some(name)))
        .collect();
    let refused = sums.of(&metrics, from, until).await?;
    let suspects: Vec<(String, u64)> = endpoints
        .into_iter()
        .zip(refused)
        .filter(|(name, refused)| *refused >= FEWEST || open.contains(name))
        .collect();
    let metrics: Vec<SumOf> = suspects
        .iter()
        .flat_map(|(name, _)| ACCEPTED.map(|metric| sum_of(metric, Some(name))))
        .collect();
    let accepted = sums.of(&metrics, from, until).await?;
    let accepted = accepted
        .chunks(ACCEPTED.len())
        .map(|some| some.iter().sum());
    Ok(Some(
        suspects
            .into_iter()
            .zip(accepted)
            .map(|((name, refused), accepted)| {
                let refusals = Refusals {
                    refused,
                    accepted,
                    until,
                };
                (name, refusals)
            })
            .collect(),
    ))
}

/// What `authorizer`, `ingest` and `admit` count by endpoint.
const REJECTED: (&str, &str) = ("DeliveriesRejected", "Sum");
/// A new event has one value of its bytes.
const ACCEPTED: [(&str, &str); 2] = [
    ("DeliveryBytes", "SampleCount"),
    ("DeliveriesDuplicate", "Sum"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        format!("2026-11-22T{text}Z").parse().unwrap()
    }

    #[test]
    fn it_asks_at_every_fifth_minute_about_whole_periods() {
        assert_eq!(due(at("05:17:30")), Some(at("05:15:00")));
        for minute in ["05:15:00", "05:16:59", "05:18:00", "05:19:59"] {
            assert_eq!(due(at(minute)), None, "{minute}");
        }
    }

    #[test]
    fn most_of_enough_deliveries() {
        use Sighting::{Fine, Trouble, Unknown};
        for (refused, accepted, expected) in [
            (0, 0, Unknown),
            (9, 0, Unknown),
            (10, 0, Trouble(1)),
            (6, 4, Trouble(1)),
            (5, 5, Fine),
            (5, 4, Unknown),
            (1, 1, Fine),
            (51, 50, Trouble(1)),
            (0, 1, Fine),
        ] {
            let refusals = Refusals {
                refused,
                accepted,
                until: at("05:15:00"),
            };
            assert_eq!(
                refusals.sighting(),
                expected,
                "{refused} of {}",
                refusals.all()
            );
        }
    }
}
