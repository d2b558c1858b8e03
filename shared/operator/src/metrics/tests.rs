use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use aws::{
    Listed,
    operator::{MetricAnswer, MetricPoints, WantedMetric},
};
use domain::{TimeBucket, Timestamp};

use super::{
    ChartSpan, Charts, Counts, MetricsSource, asked, backlog, cache::Kept, chart::Steps, counted,
};
use crate::{Problem, events::listed, stack::sample, subscriptions::Pipe};

const NOW: &str = "2026-11-26T19:30:40Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn points(id: &str, label: &str, points: &[(&str, f64)]) -> MetricPoints {
    MetricPoints {
        id: id.to_owned(),
        label: label.to_owned(),
        points: points
            .iter()
            .map(|(time, value)| (at(time), *value))
            .collect(),
    }
}

fn charts(metrics: Vec<MetricPoints>) -> Charts {
    let answer = MetricAnswer {
        metrics,
        incomplete: false,
    };
    asked::charts(&answer, &sample(), ChartSpan::Hour, at(NOW))
}

#[test]
fn an_hour_ends_with_the_minute_that_is_not_over() {
    let times = Steps::until(at(NOW), ChartSpan::Hour).times();
    assert_eq!(times.from, at("2026-11-26T18:31:00Z"));
    assert_eq!(times.until, at("2026-11-26T19:31:00Z"));
    let day = Steps::until(at(NOW), ChartSpan::Day);
    assert_eq!(day.times().from, at("2026-11-25T19:45:00Z"));
    assert_eq!(day.step(at("2026-11-26T19:44:59Z")), Some(95));
    assert_eq!(day.step(at("2026-11-26T19:45:00Z")), None);
    assert_eq!(day.step(at("2026-11-25T19:44:59Z")), None);
}

#[test]
fn one_request_asks_for_what_the_functions_count() {
    let queries = asked::queries(&sample(), ChartSpan::Hour);
    let searched: Vec<&str> = queries
        .iter()
        .filter_map(|query| match &query.wanted {
            WantedMetric::Search { expression, .. } => Some(expression.as_str()),
            WantedMetric::One { .. } => None,
        })
        .collect();
    // The dimensions and names of `intake::DeliveryLog` and of the authorizer.
    assert_eq!(
        searched,
        [
            r#"SEARCH('{Coatcheck,Stack,Reason} MetricName="DeliveriesRejected" Stack="coatcheck"', 'Sum', 60)"#,
            r#"SEARCH('{Coatcheck,Stack,Endpoint} MetricName="DeliveryBytes" Stack="coatcheck"', 'SampleCount', 60)"#,
            r#"SEARCH('{Coatcheck,Stack,Endpoint} MetricName="DeliveriesDuplicate" Stack="coatcheck"', 'Sum', 60)"#,
            r#"SEARCH('{Coatcheck,Stack,Endpoint} MetricName="DeliveriesRejected" Stack="coatcheck"', 'Sum', 60)"#,
        ]
    );
    let queues: Vec<&str> = queries
        .iter()
        .filter_map(|query| match &query.wanted {
            WantedMetric::One {
                dimensions, name, ..
            } if *name == "ApproximateAgeOfOldestMessage" => Some(dimensions[0].1.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(queues, ["admit", "invoices", "ledger.fifo", "slow-inbox"]);
    let mut ids: Vec<&str> = queries.iter().map(|query| query.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), queries.len());
}

#[test]
fn an_answer_becomes_charts_and_counts() {
    let minute = "2026-11-26T19:29:00Z";
    let charts = charts(vec![
        points(
            "received",
            "x",
            &[("2026-11-26T18:31:00Z", 2.0), (minute, 5.0)],
        ),
        points(
            "lag",
            "x",
            &[(minute, 1_900.0), ("2026-11-26T19:30:00Z", 2_100.0)],
        ),
        points("reasons", "[timestamp_too_old]", &[(minute, 1.0)]),
        points(
            "reasons",
            "refused [signature_mismatch] 3",
            &[(minute, 3.0)],
        ),
        points("reasons", "[body_too_large]", &[(minute, 0.0)]),
        points(
            "by_received",
            "[stripe]",
            &[(minute, 4.0), ("2026-11-26T19:28:00Z", 3.0)],
        ),
        points("by_refused", "[stripe]", &[(minute, 4.0)]),
        points("q1", "x", &[(minute, 41.0)]),
    ]);
    let [received, duplicate] = charts.received.series.as_slice() else {
        panic!("{:?}", charts.received.series);
    };
    assert_eq!(
        (received.values[0], received.values[58], received.total()),
        (2, 5, 7)
    );
    assert_eq!(
        (duplicate.name.as_str(), duplicate.total()),
        ("duplicate", 0)
    );
    assert_eq!(charts.received.times.len(), 60);
    let refused: Vec<_> = charts
        .refused
        .series
        .iter()
        .map(|one| (one.name.as_str(), one.total()))
        .collect();
    assert_eq!(
        refused,
        [("signature_mismatch", 3), ("timestamp_too_old", 1)]
    );
    let stripe = Counts {
        received: 7,
        duplicate: Some(0),
        refused: Some(4),
    };
    assert_eq!(charts.endpoints["stripe"], stripe);
    assert_eq!(charts.oldest_s.get("invoices"), Some(&41));
    assert_eq!(charts.oldest_s.get("admit"), None);
    assert_eq!(charts.lag_ms, Some(2_100));
    let remark = charts.source.remark();
    assert!(
        remark.contains("8 metrics") && remark.contains("$0.00 an hour"),
        "{remark}"
    );
}

#[test]
fn rare_reasons_are_one_series_and_none_is_lost() {
    let minute = "2026-11-26T19:29:00Z";
    let reasons = ["a", "b", "c", "d", "e"]
        .map(|reason| points("reasons", &format!("[{reason}]"), &[(minute, 2.0)]));
    let refused = charts(reasons.to_vec()).refused;
    assert_eq!(refused.series.len(), 4);
    assert_eq!(refused.series[3].name, "other reasons");
    let total: u64 = refused.series.iter().map(super::Series::total).sum();
    assert_eq!(total, 10);
}

#[test]
fn forty_three_metrics_cost_three_cents_an_hour() {
    let source = MetricsSource::CloudWatch {
        metrics: 43,
        incomplete: true,
    };
    let remark = source.remark();
    assert!(
        remark.contains("about $0.03 an hour") && remark.contains("left some"),
        "{remark}"
    );
}

#[test]
fn a_backlog_shows_each_queue_that_there_is() {
    let description = sample();
    let of = |name| {
        let pipe = Pipe::named(&description, name).unwrap();
        let all = backlog::shown(&pipe);
        all.into_iter()
            .map(|one| (one.name, one.is_age))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        of("invoices"),
        [("waiting", false), ("oldest", true), ("in its DLQ", false)]
    );
    assert_eq!(
        of("router"),
        [("dead letters", false), ("in its DLQ", false)]
    );
}

/// Rows of one shard, a page of two each.
async fn counted(rows: Vec<Listed>) -> Charts {
    let of = move |bucket: TimeBucket, after: Option<usize>| {
        let mine: Vec<Listed> = rows
            .iter()
            .filter(|row| {
                bucket.shard() == '3' && row.received_at.to_string().starts_with(bucket.hour())
            })
            .cloned()
            .collect();
        let from = after.unwrap_or(0);
        let next = (from + 2 < mine.len()).then_some(from + 2);
        async move { Ok((mine.into_iter().skip(from).take(2).collect(), next)) }
    };
    let steps = Steps::until(at(NOW), ChartSpan::Hour);
    let counted = counted::count(steps, of).await.unwrap();
    counted.charts(ChartSpan::Hour, at(NOW))
}

#[tokio::test]
async fn a_local_cloud_is_counted_by_the_index_and_says_so() {
    let charts = counted(vec![
        listed("stripe/a", "2026-11-26T19:30:10Z"),
        listed("stripe/b", "2026-11-26T19:30:05Z"),
        listed("github/c", "2026-11-26T19:00:00Z"),
        listed("github/d", "2026-11-26T18:59:00Z"),
        // Too old for the hour.
        listed("github/e", "2026-11-26T18:30:59Z"),
    ])
    .await;
    let [received] = charts.received.series.as_slice() else {
        panic!(
            "a duplicate is not known here: {:?}",
            charts.received.series
        );
    };
    assert_eq!(
        (
            received.values[59],
            received.values[29],
            received.values[28],
            received.total()
        ),
        (2, 1, 1, 4)
    );
    let github = charts.endpoints["github"];
    assert_eq!(
        (github.received, github.duplicate, github.refused),
        (2, None, None)
    );
    assert!(charts.refused.series.is_empty());
    assert!(charts.source.remark().contains("no refusals here"));
    assert_eq!(
        charts.source,
        MetricsSource::Index {
            complete_since: None
        }
    );
}

#[tokio::test]
async fn a_busy_hour_is_cut_off_and_says_since_when_all_was_counted() {
    let rows = (0..20).map(|n| {
        listed(
            &format!("stripe/{n}"),
            &format!("2026-11-26T19:{:02}:00Z", 29 - n),
        )
    });
    let older = listed("stripe/old", "2026-11-26T18:59:00Z");
    let charts = counted(rows.chain([older]).collect()).await;
    // Four pages of two.
    let since = at("2026-11-26T19:22:00Z");
    assert_eq!(
        charts.source,
        MetricsSource::Index {
            complete_since: Some(since)
        }
    );
    assert_eq!(charts.received.series[0].total(), 8);
    assert!(
        charts
            .source
            .remark()
            .contains("Before 2026-11-26T19:22:00.000Z not every event")
    );
}

#[tokio::test]
async fn a_chart_is_read_once_a_minute_and_a_failure_is_not_kept() {
    let kept: Kept<u8, u32> = Kept::default();
    let reads = AtomicU32::new(0);
    let read = async |key: u8, time: &str| {
        kept.get(key, at(time), || async {
            Ok(reads.fetch_add(1, Ordering::Relaxed))
        })
        .await
        .unwrap()
    };
    let first = read(1, "2026-11-26T19:30:00Z").await;
    assert_eq!(read(1, "2026-11-26T19:30:59Z").await, first);
    assert_eq!(read(2, "2026-11-26T19:30:59Z").await, Arc::new(1));
    assert_eq!(read(1, "2026-11-26T19:31:00Z").await, Arc::new(2));
    let failed = kept
        .get(3, at(NOW), || async {
            Err(Problem::Refused("no".to_owned()))
        })
        .await;
    assert!(failed.is_err());
    assert_eq!(read(3, NOW).await, Arc::new(3));
}

#[tokio::test(start_paused = true)]
async fn many_pages_at_once_are_one_read() {
    let kept: Kept<u8, u32> = Kept::default();
    let reads = AtomicU32::new(0);
    let read = || {
        kept.get(1, at(NOW), || async {
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            Ok(reads.fetch_add(1, Ordering::Relaxed))
        })
    };
    let (one, two) = tokio::join!(read(), read());
    assert_eq!((one.unwrap(), two.unwrap()), (Arc::new(0), Arc::new(0)));
}

#[test]
fn an_endpoint_that_refuses_a_tenth_stands_out() {
    for (received, duplicate, refused, is) in [
        (0, Some(0), Some(9), false),
        (0, Some(0), Some(10), true),
        (90, Some(0), Some(10), true),
        (90, Some(1), Some(10), false),
        (1_000, None, None, false),
    ] {
        let counts = Counts {
            received,
            duplicate,
            refused,
        };
        assert_eq!(counts.refuses_many(), is, "{counts:?}");
    }
}
