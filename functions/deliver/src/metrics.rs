use std::time::Duration;

use aws::BreakerState;
use runtime::{Metrics, Unit};

use crate::{batch::Report, work::End};

/// The most values of a metric that fit into a line.
const VALUES_MAX: usize = 100;

/// What an invocation did, and whether its breaker is open.
pub(crate) fn line(stack: &str, subscription: &str, report: &Report) -> Metrics {
    let line = Metrics::of(stack).per(&[("Subscription", subscription)]);
    let counts = [
        (
            "Delivered",
            count(report, |end| matches!(end, End::Delivered { .. })),
        ),
        (
            "DeliveryFailed",
            count(report, |end| matches!(end, End::Failed { .. })),
        ),
        (
            "DeliveryGivenUp",
            count(report, |end| matches!(end, End::GivenUp { .. })),
        ),
        (
            "DeliveryHeld",
            count(report, |end| {
                matches!(end, End::Held { .. } | End::Paused { .. })
            }),
        ),
    ];
    let mut line = counts
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .fold(line, |line, (name, count)| {
            line.metric(name, Unit::Count, &[count])
        });
    let times: Vec<u64> = report
        .ends
        .iter()
        .filter_map(time)
        .take(VALUES_MAX)
        .collect();
    if !times.is_empty() {
        line = line.metric("DeliveryTime", Unit::Milliseconds, &times);
    }
    // Unknown is neither.
    match report.state {
        Some(state) => {
            let open = u64::from(state != BreakerState::Closed);
            line.metric("SubscriptionOpen", Unit::Count, &[open])
        }
        None => line,
    }
}

fn count(report: &Report, is_one: impl Fn(&End) -> bool) -> u64 {
    report.ends.iter().filter(|end| is_one(end)).count() as u64
}

fn time(end: &End) -> Option<u64> {
    match end {
        End::Delivered { took } => {
            Some(u64::try_from(Duration::as_millis(took)).unwrap_or(u64::MAX))
        }
        _ => None,
    }
}
