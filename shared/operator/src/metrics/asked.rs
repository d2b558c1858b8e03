//! What is asked of `CloudWatch`, and how its answer reads.

use std::collections::BTreeMap;

use aws::operator::{MetricAnswer, MetricPoints, MetricQuery, WantedMetric};
use domain::Timestamp;

use super::{
    chart::{ChartSpan, Series, Steps},
    charts::{Charts, Counts},
    source::MetricsSource,
};
use crate::stack::StackDescription;

pub(super) const OURS: &str = "Coatcheck";
const RECEIVED: &str = "received";
const DUPLICATE: &str = "duplicate";
const REFUSED: &str = "refused";
const LAG: &str = "lag";

/// As many reasons as a chart shows apart; the rest is one series.
const REASONS: usize = 3;

/// The name of that series.
const OTHER: &str = "other reasons";

/// The statistic that counts something: the sum of its counts.
const SUM: &str = "Sum";

/// What counts new events: each has one value of its bytes.
pub(super) const NEW_EVENTS: (&str, &str) = ("DeliveryBytes", "SampleCount");

/// The metrics of deliveries and their statistics, by what they count here.
const DELIVERIES: [(&str, (&str, &str)); 3] = [
    (RECEIVED, NEW_EVENTS),
    (DUPLICATE, ("DeliveriesDuplicate", SUM)),
    (REFUSED, ("DeliveriesRejected", SUM)),
];

/// One request for everything that the overview shows.
pub(super) fn queries(description: &StackDescription, span: ChartSpan) -> Vec<MetricQuery> {
    let stack = &description.stack;
    let of_stack = |id: &str, name, statistic| {
        let dimensions = vec![("Stack", stack.clone())];
        one(id, (OURS, name, statistic), dimensions)
    };
    let by = |id: String, dimension: &str, (metric, statistic): (&str, &str), label| MetricQuery {
        id,
        wanted: WantedMetric::Search {
            expression: format!(
                "SEARCH('{{{OURS},Stack,{dimension}}} MetricName=\"{metric}\" Stack=\"{stack}\"', \
                 '{statistic}', {})",
                span.step_s()
            ),
            label,
        },
    };
    let mut all = vec![
        of_stack(RECEIVED, NEW_EVENTS.0, NEW_EVENTS.1),
        of_stack(DUPLICATE, "DeliveriesDuplicate", SUM),
        of_stack(LAG, "RouteLag", "Maximum"),
        by(
            "reasons".to_owned(),
            "Reason",
            ("DeliveriesRejected", SUM),
            "[${PROP('Dim.Reason')}]",
        ),
    ];
    all.extend(DELIVERIES.map(|(what, metric)| {
        let label = "[${PROP('Dim.Endpoint')}]";
        by(format!("by_{what}"), "Endpoint", metric, label)
    }));
    all.extend(queues(description).enumerate().map(|(place, (_, url))| {
        of_queue(&format!("q{place}"), "ApproximateAgeOfOldestMessage", url)
    }));
    all
}

/// The queues of events, by what they belong to. Their order is always the same.
fn queues(description: &StackDescription) -> impl Iterator<Item = (String, &str)> {
    let admit = ("admit".to_owned(), description.admit.queue_url.as_str());
    let subscriptions = description.subscriptions.iter();
    let subscriptions = subscriptions.map(|(name, one)| (name.clone(), one.queue_url.as_str()));
    let processors = description.processors.iter();
    let inboxes = processors
        .filter_map(|(name, one)| Some((format!("{name}-inbox"), one.inbox_url.as_deref()?)));
    std::iter::once(admit).chain(subscriptions).chain(inboxes)
}

/// A metric of a queue. SQS names queues by the last part of their URL.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html>
pub(super) fn of_queue(id: &str, metric: &'static str, url: &str) -> MetricQuery {
    let name = url.rsplit('/').next().unwrap_or(url).to_owned();
    one(
        id,
        ("AWS/SQS", metric, "Maximum"),
        vec![("QueueName", name)],
    )
}

fn one(
    id: &str,
    (namespace, name, statistic): (&'static str, &'static str, &'static str),
    dimensions: Vec<(&'static str, String)>,
) -> MetricQuery {
    MetricQuery {
        id: id.to_owned(),
        wanted: WantedMetric::One {
            namespace,
            name,
            dimensions,
            statistic,
        },
    }
}

/// What the answer to [`queries`] says.
pub(super) fn charts(
    answer: &MetricAnswer,
    description: &StackDescription,
    span: ChartSpan,
    read_at: Timestamp,
) -> Charts {
    let steps = Steps::until(read_at, span);
    let mut endpoints: BTreeMap<String, Counts> = BTreeMap::new();
    for (what, _) in DELIVERIES {
        for (endpoint, count) in by_label(answer, &format!("by_{what}"), steps) {
            let known = Counts {
                received: 0,
                duplicate: Some(0),
                refused: Some(0),
            };
            let counts = endpoints.entry(endpoint).or_insert(known);
            match what {
                RECEIVED => counts.received = count.total(),
                DUPLICATE => counts.duplicate = Some(count.total()),
                _ => counts.refused = Some(count.total()),
            }
        }
    }
    let places = queues(description).enumerate();
    let oldest = places.filter_map(|(place, (owner, _))| {
        Some((owner, newest(find(answer, &format!("q{place}"))?)?))
    });
    let of = |id: &str| series(find(answer, id), id, steps);
    Charts {
        span,
        read_at,
        source: source(answer),
        received: steps.chart(vec![of(RECEIVED), of(DUPLICATE)]),
        refused: steps.chart(few(by_label(answer, "reasons", steps), steps)),
        endpoints,
        oldest_s: oldest.collect(),
        lag_ms: find(answer, LAG).and_then(newest),
    }
}

pub(super) fn source(answer: &MetricAnswer) -> MetricsSource {
    MetricsSource::CloudWatch {
        metrics: u32::try_from(answer.metrics.len()).unwrap_or(u32::MAX),
        incomplete: answer.incomplete,
    }
}

pub(super) fn find<'a>(answer: &'a MetricAnswer, id: &str) -> Option<&'a MetricPoints> {
    answer.metrics.iter().find(|metric| metric.id == id)
}

/// A step without a point is a 0: nobody counted anything.
pub(super) fn series(metric: Option<&MetricPoints>, name: &str, steps: Steps) -> Series {
    let mut series = steps.series(name);
    for (at, value) in metric.map_or(&[][..], |metric| &metric.points) {
        if let Some(number) = steps.step(*at).and_then(|step| series.values.get_mut(step)) {
            *number = whole(*value);
        }
    }
    series
}

/// What is in brackets in the label of a metric that a search found.
pub(super) fn in_brackets(label: &str) -> Option<&str> {
    let (_, rest) = label.split_once('[')?;
    rest.split_once(']').map(|(name, _)| name)
}

/// The metrics that a search found, by what is in brackets in their label: `CloudWatch` may put
/// other words around it.
fn by_label(answer: &MetricAnswer, id: &str, steps: Steps) -> BTreeMap<String, Series> {
    let found = answer.metrics.iter().filter(|metric| metric.id == id);
    found
        .filter_map(|metric| {
            let name = in_brackets(&metric.label)?;
            Some((name.to_owned(), series(Some(metric), name, steps)))
        })
        .collect()
}

/// The most frequent ones, and the others together.
fn few(all: BTreeMap<String, Series>, steps: Steps) -> Vec<Series> {
    let mut all: Vec<Series> = all.into_values().filter(|one| one.total() > 0).collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.total()));
    if all.len() > REASONS + 1 {
        let mut other = steps.series(OTHER);
        for one in all.drain(REASONS..) {
            for (sum, value) in other.values.iter_mut().zip(one.values) {
                *sum = sum.saturating_add(value);
            }
        }
        all.push(other);
    }
    all
}

fn newest(metric: &MetricPoints) -> Option<u64> {
    metric.points.last().map(|(_, value)| whole(*value))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts and ages; the cast itself stops at the ends of the type"
)]
fn whole(value: f64) -> u64 {
    value.round() as u64
}
