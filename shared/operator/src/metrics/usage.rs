use std::collections::BTreeMap;

use aws::operator::{MetricAnswer, MetricQuery, MetricTimes, WantedMetric};
use domain::Timestamp;

use super::asked;
use crate::{Problem, Result, Stack, stack::StackDescription};

/// How far back [`usage`] looks.
pub const USAGE_DAYS: u32 = 30;

const DAY_S: i32 = 86_400;

/// What a stack did in the last [`USAGE_DAYS`] days, as far as it costs by the event.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Usage {
    /// New events.
    pub received: f64,
    /// Deliveries of events that were there.
    pub duplicates: f64,
    /// Deliveries that were refused.
    pub refused: f64,
    /// Bytes of the payloads of new events.
    pub bytes: f64,
    /// Endpoints that received something.
    pub endpoints: usize,
    /// Entries of new events in the indexes by attribute, if every event has every attribute of its endpoint.
    pub index_entries: f64,
    /// Messages that came into the queue of each subscription.
    pub subscriptions: BTreeMap<String, f64>,
    /// Whether `CloudWatch` left something out.
    pub incomplete: bool,
}

/// The stack's usage, from `CloudWatch`'s sums of a day.
///
/// # Errors
/// If it is a local cloud, which has no metrics; if `cloudwatch:GetMetricData` is not allowed.
pub async fn usage(stack: &Stack) -> Result<Usage> {
    if stack.is_local() {
        return Err(Problem::Refused(
            "a local cloud has no metrics to reckon from: say how many events of which size, --events 10M --size 8KB"
                .to_owned(),
        ));
    }
    let times = times((stack.now)());
    let queries = queries(&stack.description);
    let answer = stack.metric_data().get(&queries, times).await?;
    Ok(read(&answer, &stack.description))
}

/// Whole days until now; today is not over.
fn times(now: Timestamp) -> MetricTimes {
    let day = i64::from(DAY_S);
    let tomorrow = (now.as_second().div_euclid(day) + 1) * day;
    let at = |seconds| Timestamp::from_second(seconds).unwrap_or_default();
    MetricTimes {
        from: at(tomorrow - i64::from(USAGE_DAYS) * day),
        until: at(tomorrow),
        step_s: DAY_S,
    }
}

/// The metrics of `intake::DeliveryLog` and of SQS. Each counts once: those by endpoint say only which endpoints there
/// are.
fn queries(description: &StackDescription) -> Vec<MetricQuery> {
    let stack = &description.stack;
    let query = |id: &str, (namespace, name, statistic), dimensions| MetricQuery {
        id: id.to_owned(),
        wanted: WantedMetric::One {
            namespace,
            name,
            dimensions,
            statistic,
        },
    };
    let ours = |id: &str, (name, statistic)| {
        query(
            id,
            (asked::OURS, name, statistic),
            vec![("Stack", stack.clone())],
        )
    };
    let (new, counted) = asked::NEW_EVENTS;
    let mut all = vec![
        ours("received", asked::NEW_EVENTS),
        ours("duplicates", ("DeliveriesDuplicate", "Sum")),
        ours("refused", ("DeliveriesRejected", "Sum")),
        ours("bytes", ("DeliveryBytes", "Sum")),
        MetricQuery {
            id: "endpoints".to_owned(),
            wanted: WantedMetric::Search {
                expression: format!(
                    "SEARCH('{{{},Stack,Endpoint}} MetricName=\"{new}\" Stack=\"{stack}\"', '{counted}', {DAY_S})",
                    asked::OURS
                ),
                label: "[${PROP('Dim.Endpoint')}]",
            },
        },
    ];
    let subscriptions = description.subscriptions.values().enumerate();
    all.extend(subscriptions.map(|(place, one)| {
        let queue = one.queue_url.rsplit('/').next().unwrap_or_default();
        let dimensions = vec![("QueueName", queue.to_owned())];
        let sent = ("AWS/SQS", "NumberOfMessagesSent", "Sum");
        query(&format!("s{place}"), sent, dimensions)
    }));
    all
}

fn read(answer: &MetricAnswer, description: &StackDescription) -> Usage {
    let total = |id: &str| {
        let points = asked::find(answer, id).map(|metric| &metric.points);
        points.map_or(0.0, |points| points.iter().map(|(_, value)| value).sum())
    };
    let names = description.subscriptions.keys().enumerate();
    let endpoints = || answer.metrics.iter().filter(|one| one.id == "endpoints");
    let entries = endpoints().map(|metric| {
        let came: f64 = metric.points.iter().map(|(_, value)| value).sum();
        let name = asked::in_brackets(&metric.label);
        came * name.map_or(0.0, |name| indexed(description, name))
    });
    Usage {
        received: total("received"),
        duplicates: total("duplicates"),
        refused: total("refused"),
        bytes: total("bytes"),
        endpoints: endpoints().count(),
        index_entries: entries.sum(),
        subscriptions: names
            .map(|(place, name)| (name.clone(), total(&format!("s{place}"))))
            .collect(),
        incomplete: answer.incomplete,
    }
}

/// How many attributes of an endpoint are indexed.
fn indexed(description: &StackDescription, endpoint: &str) -> f64 {
    let all = description.declared.iter();
    let declared = all.filter(|(name, _)| name.as_str() == endpoint);
    let declared = declared.flat_map(|(_, declared)| declared.values());
    declared.filter(|one| one.index).map(|_| 1.0).sum()
}

#[cfg(test)]
mod tests {
    use aws::operator::MetricPoints;

    use super::*;
    use crate::stack::sample;

    #[test]
    fn thirty_days_end_with_today() {
        let times = times("2026-11-27T14:00:00Z".parse().unwrap());
        assert_eq!(times.from, "2026-10-29T00:00:00Z".parse().unwrap());
        assert_eq!(times.until, "2026-11-28T00:00:00Z".parse().unwrap());
    }

    #[test]
    fn each_subscription_is_asked_for_by_its_queue_and_read_by_its_name() {
        let mut description = sample();
        let stripe = r#"{"customer": {"as": "text", "index": true}, "amount": {"as": "number", "index": false}}"#;
        let stripe = serde_json::from_str(stripe).unwrap();
        let name = "stripe".to_owned().try_into().unwrap();
        description.declared.insert(name, stripe);
        let queries = queries(&description);
        let queues: Vec<&str> = queries
            .iter()
            .filter_map(|query| match &query.wanted {
                WantedMetric::One {
                    name, dimensions, ..
                } if *name == "NumberOfMessagesSent" => Some(dimensions[0].1.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(queues, ["invoices", "ledger.fifo"]);
        let at = "2026-11-26T00:00:00Z".parse().unwrap();
        let metric = |id: &str, values: &[f64]| MetricPoints {
            id: id.to_owned(),
            label: if values == [4.0] { "[stripe]" } else { "" }.to_owned(),
            points: values.iter().map(|value| (at, *value)).collect(),
        };
        let answer = MetricAnswer {
            metrics: vec![
                metric("received", &[3.0, 4.0]),
                metric("bytes", &[7_000.0]),
                metric("endpoints", &[3.0]),
                metric("endpoints", &[4.0]),
                metric("s0", &[2.0]),
            ],
            incomplete: false,
        };
        let usage = read(&answer, &description);
        assert_eq!(
            (usage.received, usage.bytes, usage.endpoints),
            (7.0, 7_000.0, 2)
        );
        assert_eq!(usage.index_entries, 4.0);
        assert_eq!(usage.subscriptions["invoices"], 2.0);
        assert_eq!(usage.subscriptions["ledger"], 0.0);
    }
}
