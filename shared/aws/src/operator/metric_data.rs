use aws_sdk_cloudwatch::{
    Client,
    types::{Dimension, Metric, MetricDataQuery, MetricDataResult, MetricStat},
};
use aws_smithy_types::DateTime;
use domain::{StoreError, Timestamp};

use crate::{Sdk, failure::classify};

const GET: &str = "cloudwatch:GetMetricData";

/// The most queries that `CloudWatch` accepts in one request.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>
pub const METRIC_QUERIES_AT_ONCE: usize = 500;

/// A page may be small though more follow. After this many the rest is skipped.
const PAGES: usize = 10;

/// Reads metrics, which costs money: `CloudWatch` charges for each metric that it returns.
#[derive(Debug, Clone)]
pub struct MetricData {
    client: Client,
}

/// What to read, under a name that the answer repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricQuery {
    /// Lower-case letters, digits and `_`, beginning with a letter.
    pub id: String,
    /// One metric, or those that a search finds.
    pub wanted: WantedMetric,
}

/// One metric, or many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WantedMetric {
    /// The metric with this name and exactly these dimensions.
    One {
        /// `AWS/SQS`, for instance.
        namespace: &'static str,
        /// Its name.
        name: &'static str,
        /// Names and values.
        dimensions: Vec<(&'static str, String)>,
        /// `Sum` or `Maximum`.
        statistic: &'static str,
    },
    /// Every metric that this expression finds, with this label.
    Search {
        /// `SEARCH(…)`.
        expression: String,
        /// It may name dimensions.
        /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/graph-dynamic-labels.html>
        label: &'static str,
    },
}

/// The times and the length of the steps to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MetricTimes {
    /// The first one.
    pub from: Timestamp,
    /// Exclusive.
    pub until: Timestamp,
    /// A multiple of 60.
    pub step_s: i32,
}

/// One metric's points.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MetricPoints {
    /// The query that found it.
    pub id: String,
    /// Its label.
    pub label: String,
    /// By the start of their step, the oldest first; steps without a value are missing.
    pub points: Vec<(Timestamp, f64)>,
}

/// What `CloudWatch` returned.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MetricAnswer {
    /// A search may find none, or many.
    pub metrics: Vec<MetricPoints>,
    /// Whether it left something out.
    pub incomplete: bool,
}

impl MetricData {
    /// Metrics of this account and region.
    #[must_use]
    pub fn new(sdk: &Sdk) -> Self {
        Self {
            client: Client::new(&sdk.config),
        }
    }

    /// The answer to these queries, at most [`METRIC_QUERIES_AT_ONCE`] of them: the rest is left
    /// out, and the answer is incomplete. It is one request, and more only where `CloudWatch`
    /// answers in pages.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn get(
        &self,
        queries: &[MetricQuery],
        times: MetricTimes,
    ) -> Result<MetricAnswer, StoreError> {
        let asked = queries.iter().take(METRIC_QUERIES_AT_ONCE);
        let asked: Vec<_> = asked.map(|query| request(query, times.step_s)).collect();
        let mut answer = MetricAnswer {
            incomplete: asked.len() < queries.len(),
            ..MetricAnswer::default()
        };
        if asked.is_empty() {
            return Ok(answer);
        }
        let mut pages = self
            .client
            .get_metric_data()
            .set_metric_data_queries(Some(asked))
            .start_time(DateTime::from_secs(times.from.as_second()))
            .end_time(DateTime::from_secs(times.until.as_second()))
            .into_paginator()
            .send();
        let mut is_last = true;
        for _ in 0..PAGES {
            let Some(page) = pages.next().await else {
                break;
            };
            let page = page.map_err(|error| classify(GET, &error))?;
            answer.incomplete |= !page.messages().is_empty();
            is_last = page.next_token().is_none_or(str::is_empty);
            for result in page.metric_data_results.unwrap_or_default() {
                add(&mut answer.metrics, result);
            }
        }
        answer.incomplete |= !is_last;
        Ok(answer)
    }
}

fn request(query: &MetricQuery, step_s: i32) -> MetricDataQuery {
    let request = MetricDataQuery::builder().id(&query.id);
    match &query.wanted {
        WantedMetric::Search { expression, label } => {
            request.expression(expression).label(*label).period(step_s)
        }
        WantedMetric::One {
            namespace,
            name,
            dimensions,
            statistic,
        } => {
            let dimensions = dimensions
                .iter()
                .map(|(name, value)| Dimension::builder().name(*name).value(value).build());
            let metric = Metric::builder()
                .namespace(*namespace)
                .metric_name(*name)
                .set_dimensions(Some(dimensions.collect()));
            let of = MetricStat::builder()
                .metric(metric.build())
                .stat(*statistic)
                .period(step_s);
            request.metric_stat(of.build())
        }
    }
    .build()
}

/// Adds a page's part of a metric to what earlier pages had of it.
fn add(metrics: &mut Vec<MetricPoints>, result: MetricDataResult) {
    let (id, label) = (
        result.id.unwrap_or_default(),
        result.label.unwrap_or_default(),
    );
    let times = result.timestamps.unwrap_or_default().into_iter();
    let values = result.values.unwrap_or_default();
    let points = times.zip(values).filter_map(|(at, value)| {
        let at = Timestamp::from_second(at.secs()).ok()?;
        Some((at, value))
    });
    let same = |one: &&mut MetricPoints| one.id == id && one.label == label;
    if let Some(metric) = metrics.iter_mut().find(same) {
        metric.points.extend(points);
        metric.points.sort_by_key(|(at, _)| *at);
        return;
    }
    let mut points: Vec<_> = points.collect();
    points.sort_by_key(|(at, _)| *at);
    metrics.push(MetricPoints { id, label, points });
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudwatch::{operation::get_metric_data::GetMetricDataOutput, types::MessageData};
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};

    use super::*;

    fn times() -> MetricTimes {
        MetricTimes {
            from: "2026-11-26T19:00:00Z".parse().unwrap(),
            until: "2026-11-26T20:00:00Z".parse().unwrap(),
            step_s: 60,
        }
    }

    fn reasons() -> MetricQuery {
        MetricQuery {
            id: "reasons".to_owned(),
            wanted: WantedMetric::Search {
                expression: "SEARCH('x', 'Sum', 60)".to_owned(),
                label: "[${PROP('Dim.Reason')}]",
            },
        }
    }

    fn age(id: &str) -> MetricQuery {
        MetricQuery {
            id: id.to_owned(),
            wanted: WantedMetric::One {
                namespace: "AWS/SQS",
                name: "ApproximateAgeOfOldestMessage",
                dimensions: vec![("QueueName", "coatcheck-invoices".to_owned())],
                statistic: "Maximum",
            },
        }
    }

    fn of(rules: &[&Rule]) -> MetricData {
        MetricData {
            client: mock_client!(aws_sdk_cloudwatch, RuleMode::Sequential, rules),
        }
    }

    fn result(id: &str, label: &str, points: &[(i64, f64)]) -> MetricDataResult {
        let mut result = MetricDataResult::builder().id(id).label(label);
        for (at, value) in points {
            result = result.timestamps(DateTime::from_secs(*at)).values(*value);
        }
        result.build()
    }

    #[tokio::test]
    async fn one_request_asks_for_everything_and_the_oldest_point_comes_first() {
        let rule = mock!(Client::get_metric_data)
            .match_requests(|call| {
                let [reasons, age] = call.metric_data_queries() else {
                    return false;
                };
                let stat = age.metric_stat().unwrap();
                let metric = stat.metric().unwrap();
                call.start_time().map(DateTime::secs) == Some(1_795_719_600)
                    && call.end_time().map(DateTime::secs) == Some(1_795_723_200)
                    && reasons.expression() == Some("SEARCH('x', 'Sum', 60)")
                    && reasons.label() == Some("[${PROP('Dim.Reason')}]")
                    && (stat.stat(), stat.period()) == (Some("Maximum"), Some(60))
                    && metric.namespace() == Some("AWS/SQS")
                    && metric.dimensions()[0].value() == Some("coatcheck-invoices")
            })
            .then_output(|| {
                GetMetricDataOutput::builder()
                    .metric_data_results(result(
                        "age",
                        "x",
                        &[(1_795_719_720, 7.0), (1_795_719_660, 3.0)],
                    ))
                    .build()
            });
        let answer = of(&[&rule]).get(&[reasons(), age("age")], times()).await;
        let answer = answer.unwrap();
        let values: Vec<f64> = answer.metrics[0]
            .points
            .iter()
            .map(|(_, value)| *value)
            .collect();
        assert!(!answer.incomplete);
        assert_eq!(
            (answer.metrics[0].id.as_str(), values),
            ("age", vec![3.0, 7.0])
        );
    }

    #[tokio::test]
    async fn pages_are_put_together_and_a_message_says_that_something_is_missing() {
        let first = mock!(Client::get_metric_data).then_output(|| {
            GetMetricDataOutput::builder()
                .metric_data_results(result("reasons", "a", &[(120, 2.0)]))
                .next_token("more")
                .build()
        });
        let second = mock!(Client::get_metric_data)
            .match_requests(|call| call.next_token() == Some("more"))
            .then_output(|| {
                GetMetricDataOutput::builder()
                    .metric_data_results(result("reasons", "a", &[(60, 1.0)]))
                    .metric_data_results(result("reasons", "b", &[(60, 5.0)]))
                    .messages(MessageData::builder().code("MaxMetricsExceeded").build())
                    .build()
            });
        let answer = of(&[&first, &second])
            .get(&[reasons()], times())
            .await
            .unwrap();
        assert!(answer.incomplete);
        let seen: Vec<_> = answer
            .metrics
            .iter()
            .map(|one| (one.label.as_str(), one.points.len()))
            .collect();
        assert_eq!(seen, [("a", 2), ("b", 1)]);
        assert_eq!(answer.metrics[0].points[0].1, 1.0);
    }

    #[tokio::test]
    async fn never_more_queries_than_cloudwatch_accepts() {
        let rule = mock!(Client::get_metric_data)
            .match_requests(|call| call.metric_data_queries().len() == 500)
            .then_output(|| GetMetricDataOutput::builder().build());
        let many: Vec<_> = (0..501).map(|at| age(&format!("m{at}"))).collect();
        assert!(of(&[&rule]).get(&many, times()).await.unwrap().incomplete);
        assert_eq!(rule.num_calls(), 1);
        // Nothing to ask for: CloudWatch would refuse the request.
        let nothing = of(&[]).get(&[], times()).await.unwrap();
        assert_eq!(nothing, MetricAnswer::default());
    }
}
