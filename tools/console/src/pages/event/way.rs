use domain::{Ref, SignedDuration, Timestamp, format_time};
use maud::{Markup, html};
use operator::events::{EventDetails, Step, Way};

use crate::{
    address::Address,
    markup::{Part, class, shown, time},
};

/// How long a page follows its event.
const FOLLOWED: SignedDuration = SignedDuration::from_mins(5);

/// Whether the page follows its event, and until when.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Live<'a> {
    until: Option<Timestamp>,
    /// This replay is on its way, so that what has ended goes on.
    replayed: Option<&'a str>,
}

impl<'a> Live<'a> {
    pub(super) fn begin(way: &Way, now: Timestamp, replayed: Option<&'a str>) -> Self {
        let until = now.saturating_add(FOLLOWED).unwrap_or(now);
        Self::goes_on(way, now, until, replayed)
    }

    /// The address may ask for no longer than a page does.
    pub(super) fn goes_on(
        way: &Way,
        now: Timestamp,
        until: Timestamp,
        replayed: Option<&'a str>,
    ) -> Self {
        let latest = now.saturating_add(FOLLOWED).unwrap_or(now);
        let goes_on = now < until && (replayed.is_some() || !way.has_ended);
        Self {
            until: goes_on.then(|| until.min(latest)),
            replayed,
        }
    }

    pub(super) fn is_on(&self) -> bool {
        self.until.is_some()
    }
}

/// The steps.
pub(super) fn steps(details: &EventDetails, way: &Way) -> Part {
    let received = details.received_at().ok();
    Part::new(html! {
        h2 { "What happened" }
        @if let Some(received) = received { (axis(way, received)) }
        ol class="way" {
            @for step in &way.steps { (item(step, received)) }
        }
        @for why in &way.unseen { p class="note" { (shown(why)) } }
    })
}

/// Their card, which fetches itself again while the page follows its event.
pub(super) fn card(reference: &Ref, steps: &Part, live: &Live<'_>) -> Markup {
    let source = live.until.map(|until| {
        let source = Address::to(&["parts", "way"])
            .with("ref", &reference.to_string())
            .with("until", &format_time(until));
        let source = match live.replayed {
            Some(id) => source.with("replayed", id),
            None => source,
        };
        steps.seen(source)
    });
    let trigger = source.as_ref().map(|_| "live-event from:body");
    let swap = source.as_ref().map(|_| "outerHTML");
    html! {
        section class="card" id="way" aria-label="What happened" hx-get=[source] hx-trigger=[trigger] hx-swap=[swap] {
            (steps.body)
        }
    }
}

fn item(step: &Step, received: Option<Timestamp>) -> Markup {
    html! {
        li class=(class(step.tone)) {
            p class="when" {
                @if let Some(at) = step.at {
                    (time(at))
                    @if let Some(after) = received.and_then(|received| after(received, at)) { span { (after) } }
                }
                @if let Some(took_ms) = step.took_ms { span { "took " (took_ms) " ms" } }
            }
            p { b { (shown(&step.title)) } }
            @if let Some(said) = &step.said { p class="said" { (shown(said)) } }
            @if let Some(subscription) = &step.subscription {
                p class="said" {
                    a href=(Address::to(&["subscriptions", subscription])) { "The subscription " (shown(subscription)) }
                    " · "
                    a href=(Address::to(&["dlqs", subscription])) { "its DLQ" }
                }
            }
        }
    }
}

fn after(received: Timestamp, at: Timestamp) -> Option<String> {
    let ms = at.as_millisecond() - received.as_millisecond();
    (ms > 0).then(|| format!("+{}.{:03} s", ms / 1_000, ms % 1_000))
}

/// Lengths of time between two ticks, in milliseconds.
const TICKS: [i64; 18] = [
    10,
    50,
    100,
    200,
    500,
    1_000,
    2_000,
    5_000,
    10_000,
    30_000,
    60_000,
    300_000,
    600_000,
    3_600_000,
    14_400_000,
    86_400_000,
    432_000_000,
    1_728_000_000,
];

/// The tries on one time axis. The server scales; the bars carry no foreign text, and the list
/// below says the same.
fn axis(way: &Way, received: Timestamp) -> Markup {
    let bars: Vec<Bar<'_>> = way
        .steps
        .iter()
        .filter_map(|step| Bar::of(step, received))
        .collect();
    let end = bars
        .iter()
        .map(|bar| bar.start + bar.length)
        .max()
        .unwrap_or(0);
    if end == 0 {
        return html! {};
    }
    let tick = TICKS
        .into_iter()
        .find(|tick| end / tick < 8)
        .unwrap_or(1_728_000_000 * 8);
    let whole = (end / tick + 1) * tick;
    let mut lanes: Vec<&str> = bars.iter().map(|bar| bar.lane).collect();
    lanes.dedup();
    let mut seen = Vec::new();
    lanes.retain(|lane| {
        let is_new = !seen.contains(lane);
        seen.push(lane);
        is_new
    });
    html! {
        div class="axis" aria-hidden="true" {
            @for lane in lanes {
                span { (shown(lane)) }
                svg viewBox="0 0 1000 10" preserveAspectRatio="none" {
                    @for bar in bars.iter().filter(|bar| bar.lane == lane) {
                        rect x=(scaled(bar.start, whole)) y="1" width=(scaled(bar.length.max(whole / 160), whole)) height="8" class=(bar.class) {}
                    }
                }
            }
            span {}
            span class="ticks" {
                @for n in 0..=(whole / tick) { span { (tick_label(n * tick)) } }
            }
        }
    }
}

struct Bar<'a> {
    lane: &'a str,
    class: &'static str,
    /// Milliseconds after the arrival.
    start: i64,
    length: i64,
}

impl<'a> Bar<'a> {
    fn of(step: &'a Step, received: Timestamp) -> Option<Self> {
        let end = (step.at?.as_millisecond() - received.as_millisecond()).max(0);
        let took = i64::try_from(step.took_ms.unwrap_or(0)).unwrap_or(i64::MAX);
        let length = took.min(end);
        Some(Self {
            lane: &step.lane,
            class: class(step.tone),
            start: end - length,
            length,
        })
    }
}

/// Thousandths of the axis, with one more digit.
fn scaled(ms: i64, whole: i64) -> String {
    let tenths = ms.saturating_mul(10_000) / whole.max(1);
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn tick_label(ms: i64) -> String {
    match ms {
        1..1_000 => format!("{ms} ms"),
        ..120_000 if ms % 1_000 != 0 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        ..120_000 => format!("{} s", ms / 1_000),
        120_000..7_200_000 => format!("{} min", ms / 60_000),
        7_200_000..172_800_000 => format!("{} h", ms / 3_600_000),
        _ => format!("{} d", ms / 86_400_000),
    }
}

#[cfg(test)]
mod tests {
    use operator::Tone;

    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(1_795_294_800_000 + ms).unwrap()
    }

    fn step(lane: &str, end: i64, took_ms: u64) -> Step {
        Step {
            lane: lane.to_owned(),
            at: Some(at(end)),
            took_ms: Some(took_ms),
            tone: Tone::Bad,
            title: String::new(),
            said: None,
            subscription: None,
        }
    }

    #[test]
    fn the_axis_has_a_lane_for_each_and_eight_ticks_at_most() {
        for end in [1, 999, 6_020, 500_000, 90_000_000, 7_000_000_000] {
            let way = Way {
                steps: vec![
                    step("ingest", 0, 0),
                    step("invoices", end, 1),
                    step("invoices", end / 2, 0),
                ],
                unseen: Vec::new(),
                has_ended: true,
            };
            let html = axis(&way, at(0)).into_string();
            assert_eq!(html.matches("<svg").count(), 2);
            assert_eq!(html.matches("<rect").count(), 3);
            let found = html.matches("<span>").count() - 3;
            assert!((2..=9).contains(&found), "{end}: {found}: {html}");
            for part in html.split(" x=\"").skip(1) {
                let x: f64 = part.split('"').next().unwrap().parse().unwrap();
                assert!((0.0..=1_000.0).contains(&x), "{html}");
            }
        }
    }

    #[test]
    fn a_page_follows_an_event_for_a_while_and_no_longer_than_it_lasts() {
        let way = |has_ended| Way {
            steps: Vec::new(),
            unseen: Vec::new(),
            has_ended,
        };
        assert!(Live::begin(&way(false), at(0), None).is_on());
        assert!(!Live::begin(&way(true), at(0), None).is_on());
        assert!(
            Live::begin(&way(true), at(0), Some("r-1")).is_on(),
            "a replay is on its way"
        );
        assert!(!Live::goes_on(&way(false), at(10), at(10), Some("r-1")).is_on());
        let far = Live::goes_on(&way(false), at(0), at(9_000_000), None);
        assert_eq!(far.until, Some(at(300_000)));
    }
}
