use std::time::Duration;

use domain::{Heartbeat, SignedDuration, Timestamp};
use serde::Deserialize;

/// How the router reads the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Router {
    /// Batches of one shard that it routes at once, 1 to 10.
    pub(crate) parallelization: u32,
    /// It waits for at most so many seconds for a batch to fill.
    pub(crate) window_s: u32,
}

impl Router {
    /// For how long a run waits for its own heartbeat. A healthy router needs a second or two after its window.
    pub(crate) fn patience(self) -> Duration {
        Duration::from_secs(5) + Duration::from_secs(self.window_s.into())
    }

    /// How old a heartbeat must be to be lost when a later one came back first.
    ///
    /// Heartbeats share a partition key, and each is an item of its own. A router with one batch at once keeps their
    /// order, so the earlier one was routed, and then lost. With several batches at once AWS promises the order of an
    /// item only (<https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html>; the page of Pipes says "partition key"):
    /// the earlier one may be in a batch that is stuck, with other events. A lost one must not raise an alarm for a day.
    /// A stuck batch holds at least a tenth of the heartbeats back: within an hour there are younger ones.
    pub(crate) fn lost_after(self) -> SignedDuration {
        if self.parallelization == 1 {
            SignedDuration::ZERO
        } else {
            SignedDuration::from_hours(1)
        }
    }
}

/// A heartbeat that came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Arrival {
    pub(crate) heartbeat: Heartbeat,
    /// When it reached the queue.
    pub(crate) at: Timestamp,
}

/// How far routing is behind, in milliseconds: the slowest trip of those that
/// came back, or the age of the oldest that did not. `None`: nothing is known.
pub(crate) fn route_lag_ms(
    arrived: &[Arrival],
    oldest_outstanding: Option<Heartbeat>,
    now: Timestamp,
) -> Option<u64> {
    let ways = arrived
        .iter()
        .map(|arrival| (arrival.heartbeat, arrival.at));
    let open = oldest_outstanding.map(|heartbeat| (heartbeat, now));
    ways.chain(open)
        .map(|(heartbeat, until)| {
            let ms = until
                .as_millisecond()
                .saturating_sub(heartbeat.written_at().as_millisecond());
            // Two clocks: a trip shorter than their difference counts as zero.
            u64::try_from(ms).unwrap_or(0)
        })
        .max()
}

/// Those that count as lost, as a later one overtook them, and the others; both stay in order.
pub(crate) fn split_lost(
    outstanding: Vec<Heartbeat>,
    newest_arrived: Option<Heartbeat>,
    router: Router,
    now: Timestamp,
) -> (Vec<Heartbeat>, Vec<Heartbeat>) {
    outstanding.into_iter().partition(|heartbeat| {
        newest_arrived.is_some_and(|newest| *heartbeat < newest)
            && now.duration_since(heartbeat.written_at()) >= router.lost_after()
    })
}

/// Only a running pipe delivers events. One that is being created, changed or
/// started does not yet, but will.
pub(crate) fn is_up(state: &str) -> bool {
    state == "RUNNING"
}

/// The heartbeat in a message; `None` if it holds anything else.
pub(crate) fn heartbeat(body: &str) -> Option<Heartbeat> {
    #[derive(Deserialize)]
    struct Event<'a> {
        #[serde(borrow)]
        source: std::borrow::Cow<'a, str>,
        #[serde(borrow, rename = "type")]
        kind: std::borrow::Cow<'a, str>,
        #[serde(borrow)]
        id: std::borrow::Cow<'a, str>,
    }
    let event: Event<'_> = serde_json::from_str(body).ok()?;
    if event.source == Heartbeat::SOURCE && event.kind == Heartbeat::TYPE {
        Heartbeat::from_id(&event.id)
    } else {
        None
    }
}

/// Names separated by commas.
pub(crate) fn names(text: &str) -> Vec<String> {
    text.split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        format!("2026-11-22T{text}Z").parse().unwrap()
    }

    fn written(text: &str) -> Heartbeat {
        Heartbeat::at(at(text))
    }

    fn arrival(written_at: &str, arrived_at: &str) -> Arrival {
        Arrival {
            heartbeat: written(written_at),
            at: at(arrived_at),
        }
    }

    #[test]
    fn the_lag_is_the_greatest_of_all() {
        let now = at("05:01:00");
        let quick = arrival("05:00:55", "05:00:55.400");
        let slow = arrival("05:00:00", "05:00:50");
        assert_eq!(route_lag_ms(&[], None, now), None);
        assert_eq!(route_lag_ms(&[quick], None, now), Some(400));
        assert_eq!(route_lag_ms(&[quick, slow], None, now), Some(50_000));
        assert_eq!(route_lag_ms(&[slow, quick], None, now), Some(50_000));
        let open = Some(written("04:59:00"));
        assert_eq!(route_lag_ms(&[quick, slow], open, now), Some(120_000));
        assert_eq!(route_lag_ms(&[], open, now), Some(120_000));
        let young = Some(written("05:00:59"));
        assert_eq!(route_lag_ms(&[slow], young, now), Some(50_000));
    }

    #[test]
    fn a_clock_that_is_behind_makes_no_huge_number() {
        let early = arrival("05:00:01", "05:00:00.900");
        assert_eq!(route_lag_ms(&[early], None, at("05:01:00")), Some(0));
    }

    #[test]
    fn only_running_is_up() {
        assert!(is_up("RUNNING"));
        for state in [
            "STOPPED",
            "STOPPING",
            "STARTING",
            "START_FAILED",
            "CREATING",
            "CREATE_FAILED",
            "UPDATING",
            "UPDATE_FAILED",
            "DELETING",
            "NOT_FOUND",
            "",
        ] {
            assert!(!is_up(state), "{state}");
        }
    }

    #[test]
    fn only_an_event_of_ours_is_a_heartbeat() {
        let whole = r#"{"source":"/endpoints/-","type":"coatcheck.heartbeat","id":"2026-11-22T05:00:00.000Z","subject":""}"#;
        assert_eq!(heartbeat(whole), Some(written("05:00:00")));
        // JSON may escape the slash.
        let escaped = whole.replace("/endpoints/-", r"\/endpoints\/-");
        assert_eq!(heartbeat(&escaped), Some(written("05:00:00")));
        for (this, that) in [
            ("/endpoints/-", "/endpoints/stripe"),
            ("coatcheck.heartbeat", "invoice.paid"),
            ("2026-11-22T05:00:00.000Z", "evt_1"),
            ("{", "["),
        ] {
            assert_eq!(heartbeat(&whole.replace(this, that)), None, "{that}");
        }
        assert_eq!(heartbeat(""), None);
    }

    #[test]
    fn names_are_between_commas() {
        assert_eq!(names("a, b,c"), ["a", "b", "c"]);
        assert_eq!(names("a,,"), ["a"]);
    }
}
