//! What only a subscription has that the function `deliver` reads: a pace and a breaker.

use maud::{Markup, html};
use operator::{
    plural,
    stack::Deliver,
    subscriptions::{BreakerRecord, BreakerState},
};

use crate::markup::{grouped, shown, time};

/// How fast it may deliver.
pub(super) fn pace(deliver: &Deliver) -> [(&'static str, Markup); 2] {
    let rate = html! {
        @match deliver.rate_per_s {
            Some(rate) => { "at most " (rate) "/s" },
            None => "not bounded",
        }
    };
    let instances = plural(u64::from(deliver.concurrency), "instance");
    [
        ("Pace", rate),
        ("Concurrency", html! { "at most " (instances) }),
    ]
}

/// Whether deliveries go on; if not, why, since when, and until when.
pub(super) fn breaker(record: &BreakerRecord) -> Markup {
    html! {
        @match record.state {
            BreakerState::Closed if record.failures == 0 => "closed",
            BreakerState::Closed => { "closed, after " (failures(record)) },
            BreakerState::Open => { "open" (since(record)) ": " (why(record)) ", " (failures(record)) (probe(record)) },
            BreakerState::Probing => { "a probe is on its way. Open" (since(record)) ": " (why(record)) ", " (failures(record)) },
            BreakerState::Paused => { "paused" (since(record)) ", until you resume it: " (why(record)) },
        }
    }
}

fn failures(record: &BreakerRecord) -> Markup {
    let count = grouped(u64::from(record.failures));
    html! { (count) @if record.failures == 1 { " failure" } @else { " failures in a row" } }
}

fn since(record: &BreakerRecord) -> Markup {
    html! { @if let Some(at) = record.opened_at { " since " (time(at)) } }
}

fn why(record: &BreakerRecord) -> Markup {
    html! {
        (shown(record.reason.as_deref().unwrap_or("no reason given")))
        @if let Some(status) = record.status { " (HTTP " (status) ")" }
    }
}

fn probe(record: &BreakerRecord) -> Markup {
    html! { @if let Some(at) = record.probe_at { ". The next probe is at " (time(at)) } }
}

#[cfg(test)]
mod tests {
    use operator::stack::StackDescription;

    use super::*;

    fn of(state: BreakerState, failures: u32) -> String {
        let record = BreakerRecord {
            state,
            failures,
            reason: Some("<b>timeout".to_owned()),
            status: Some(503),
            opened_at: Some("2026-11-27T01:00:00Z".parse().unwrap()),
            probe_at: Some("2026-11-27T01:05:00Z".parse().unwrap()),
            ..BreakerRecord::default()
        };
        breaker(&record).into_string()
    }

    #[test]
    fn it_says_why_deliveries_stopped_and_when_the_next_probe_is() {
        let open = of(BreakerState::Open, 7);
        for part in [
            "open since <time datetime=\"2026-11-27T01:00:00.000Z\">",
            "&lt;b&gt;timeout",
            "(HTTP 503), 7 failures in a row. The next probe is at <time datetime=\"2026-11-27T01:05:00.000Z\">",
        ] {
            assert!(open.contains(part), "{part}: {open}");
        }
        assert_eq!(of(BreakerState::Closed, 0), "closed");
        assert_eq!(of(BreakerState::Closed, 1), "closed, after 1 failure");
        assert!(of(BreakerState::Probing, 7).starts_with("a probe is on its way. Open since"));
        let paused = of(BreakerState::Paused, 0);
        assert!(
            paused.contains("until you resume it") && !paused.contains("probe"),
            "{paused}"
        );
    }

    #[test]
    fn a_pace_is_a_rate_or_none() {
        let description = StackDescription::parse(&testkit::delivered_stack()).unwrap();
        let of = |name: &str, rate: Option<f64>| {
            let mut deliver = description.subscriptions[name].deliver.clone().unwrap();
            deliver.rate_per_s = rate.and(deliver.rate_per_s);
            pace(&deliver).map(|(_, value)| value.into_string())
        };
        let fast = ["at most 20/s", "at most 4 instances"];
        assert_eq!(of("crm", Some(1.0)), fast.map(str::to_owned));
        assert_eq!(of("paced", Some(1.0))[0], "at most 0.5/s");
        assert_eq!(of("crm", None)[0], "not bounded");
    }
}
