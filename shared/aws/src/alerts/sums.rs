use aws_sdk_cloudwatch::{
    Client,
    types::{Dimension, Metric, MetricDataQuery, MetricStat},
};
use aws_smithy_types::DateTime;
use domain::{StoreError, Timestamp};

use crate::{Sdk, failure::classify};

const GET: &str = "cloudwatch:GetMetricData";

/// The namespace of all our metrics.
const NAMESPACE: &str = "Coatcheck";

/// The most queries of one call.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>
const AT_ONCE: usize = 500;

/// Periods of five minutes: their times are multiples of it.
const PERIOD_S: i32 = 300;

/// Sums of our own metrics. `CloudWatch` charges for each metric that it is asked for.
#[derive(Debug, Clone)]
pub struct MetricSums {
    client: Client,
}

/// Which metric to sum up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SumOf {
    /// Its name.
    pub metric: &'static str,
    /// `Sum`, or `SampleCount` of a metric whose values are no counts.
    pub statistic: &'static str,
    /// The dimension `Stack`.
    pub stack: String,
    /// The dimension `Endpoint`, of a metric that has it.
    pub endpoint: Option<String>,
}

impl MetricSums {
    /// Metrics of this account and region.
    #[must_use]
    pub fn new(sdk: &Sdk) -> Self {
        Self {
            client: Client::new(&sdk.config),
        }
    }

    /// The sums from one time to another, both multiples of five minutes; in the order of the
    /// metrics. A metric without data is zero.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn of(
        &self,
        metrics: &[SumOf],
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<u64>, StoreError> {
        let mut sums = Vec::with_capacity(metrics.len());
        for some in metrics.chunks(AT_ONCE) {
            let queries = some
                .iter()
                .enumerate()
                .map(|(at, metric)| query(at, metric));
            let mut found = vec![0_u64; some.len()];
            let mut pages = self
                .client
                .get_metric_data()
                .set_metric_data_queries(Some(queries.collect()))
                .start_time(DateTime::from_secs(from.as_second()))
                .end_time(DateTime::from_secs(until.as_second()))
                .into_paginator()
                .send();
            while let Some(page) = pages.next().await {
                let page = page.map_err(|error| classify(GET, &error))?;
                for result in page.metric_data_results() {
                    let at = result
                        .id()
                        .and_then(|id| id.strip_prefix('m')?.parse::<usize>().ok());
                    if let Some(sum) = at.and_then(|at| found.get_mut(at)) {
                        *sum = sum.saturating_add(result.values().iter().copied().map(whole).sum());
                    }
                }
            }
            sums.extend(found);
        }
        Ok(sums)
    }
}

/// Counts are whole and small enough; `as` turns anything else into the nearest.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count is neither negative nor broken"
)]
fn whole(value: f64) -> u64 {
    value.round() as u64
}

fn query(at: usize, sum: &SumOf) -> MetricDataQuery {
    let dimension = |name: &str, value: &str| Dimension::builder().name(name).value(value).build();
    let metric = Metric::builder()
        .namespace(NAMESPACE)
        .metric_name(sum.metric)
        .dimensions(dimension("Stack", &sum.stack));
    let metric = match &sum.endpoint {
        Some(endpoint) => metric.dimensions(dimension("Endpoint", endpoint)),
        None => metric,
    };
    let stat = MetricStat::builder()
        .metric(metric.build())
        .period(PERIOD_S)
        .stat(sum.statistic);
    MetricDataQuery::builder()
        .id(format!("m{at}"))
        .metric_stat(stat.build())
        .build()
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudwatch::{
        operation::get_metric_data::GetMetricDataOutput, types::MetricDataResult,
    };
    use aws_smithy_mocks::{RuleMode, mock, mock_client};

    use super::*;

    fn sum_of(metric: &'static str, endpoint: Option<&str>) -> SumOf {
        SumOf {
            metric,
            statistic: "SampleCount",
            stack: "coatcheck".to_owned(),
            endpoint: endpoint.map(str::to_owned),
        }
    }

    #[tokio::test]
    async fn each_metric_by_its_own_dimensions_and_what_has_no_data_is_zero() {
        let rule = mock!(Client::get_metric_data)
            .match_requests(|call| {
                let queries = call.metric_data_queries();
                let stat = queries[1].metric_stat().unwrap();
                let metric = stat.metric().unwrap();
                let dimensions: Vec<_> = metric
                    .dimensions()
                    .iter()
                    .map(|one| (one.name().unwrap(), one.value().unwrap()))
                    .collect();
                queries.len() == 2
                    && queries[1].id() == Some("m1")
                    && stat.stat() == Some("SampleCount")
                    && metric.namespace() == Some("Coatcheck")
                    && metric.metric_name() == Some("DeliveriesRejected")
                    && dimensions == [("Stack", "coatcheck"), ("Endpoint", "stripe")]
                    && call.start_time() == Some(&DateTime::from_secs(1_795_323_600))
                    && call.end_time() == Some(&DateTime::from_secs(1_795_324_500))
            })
            .then_output(|| {
                let result = MetricDataResult::builder()
                    .id("m1")
                    .values(20.0)
                    .values(14.0);
                GetMetricDataOutput::builder()
                    .metric_data_results(result.build())
                    .build()
            });
        let sums = MetricSums {
            client: mock_client!(aws_sdk_cloudwatch, RuleMode::MatchAny, [&rule]),
        };
        let metrics = [
            sum_of("DeliveriesRejected", None),
            sum_of("DeliveriesRejected", Some("stripe")),
        ];
        let from = "2026-11-22T05:00:00Z".parse().unwrap();
        let until = "2026-11-22T05:15:00Z".parse().unwrap();
        assert_eq!(sums.of(&metrics, from, until).await.unwrap(), [0, 34]);
        assert_eq!(sums.of(&[], from, until).await.unwrap(), [0; 0]);
        assert_eq!(rule.num_calls(), 1, "nothing is asked about nothing");
    }
}
