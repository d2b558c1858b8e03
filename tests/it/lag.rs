//! Pointers are written and not routed: an alarm must fire.

use std::{collections::BTreeSet, time::Duration};

use aws_sdk_cloudwatch::{
    primitives::DateTime,
    types::{ComparisonOperator, Dimension, MetricDatum, StateValue, Statistic},
};
use aws_sdk_pipes::types::PipeState;
use e2e::{Stack, wait_for};
use serde_json::Value;

use crate::support::{alone, processed, send_all, switch_pipe};

/// Two periods of a minute, and the time to notice.
const TO_FIRE: Duration = Duration::from_mins(6);

#[tokio::test]
async fn a_router_that_stands_still_raises_the_alarm_and_loses_nothing() {
    let stack = alone().await;
    let mut metrics = Metrics::of(&stack).await;
    metrics.until(StateValue::Ok).await;

    let router = &stack.outputs.router.pipe;
    switch_pipe(&stack, router, PipeState::Stopped).await;
    let reference = send_all(&stack, &["order.paid"]).await.remove(0);
    metrics.until(StateValue::Alarm).await;
    assert!(
        stack.receipts(&reference).await.unwrap().is_empty(),
        "a stopped router routed"
    );
    assert_eq!(metrics.last_of_router("PipeDown").await, 1);

    switch_pipe(&stack, router, PipeState::Running).await;
    processed(&stack, &reference, &["audit", "audit-lambda"]).await;
    metrics.until(StateValue::Ok).await;
    assert_eq!(metrics.last_of_router("PipeDown").await, 0);
    metrics.take_away().await;
}

/// The alarm, and what feeds it. On AWS Terraform created it, CloudWatch Logs
/// turns what `watch` logs into metrics, and a rule runs `watch` every minute.
/// The local cloud evaluates alarms and reads no log: there this does the two
/// steps between them, with the alarm's own definition.
struct Metrics<'a> {
    stack: &'a Stack,
    cloudwatch: aws_sdk_cloudwatch::Client,
    alarm: String,
    carried: BTreeSet<String>,
}

impl<'a> Metrics<'a> {
    async fn of(stack: &'a Stack) -> Self {
        let cloudwatch = aws_sdk_cloudwatch::Client::new(&stack.sdk);
        let mut alarms = stack.outputs.alarms.iter();
        let (name, alarm) = alarms
            .find(|(name, _)| name.ends_with("route-lag"))
            .unwrap();
        if stack.outputs.local {
            let dimensions = alarm
                .dimensions
                .iter()
                .map(|(name, value)| Dimension::builder().name(name).value(value).build());
            cloudwatch
                .put_metric_alarm()
                .alarm_name(name)
                .namespace(&alarm.namespace)
                .metric_name(&alarm.metric)
                .set_dimensions(Some(dimensions.collect()))
                .statistic(Statistic::from(alarm.statistic.as_str()))
                .threshold(alarm.threshold)
                .period(alarm.period)
                .evaluation_periods(alarm.evaluation_periods)
                .comparison_operator(ComparisonOperator::from(alarm.comparison.as_str()))
                .treat_missing_data(&alarm.missing_data)
                .send()
                .await
                .unwrap();
        }
        Self {
            stack,
            cloudwatch,
            alarm: name.clone(),
            carried: BTreeSet::new(),
        }
    }

    /// Runs `watch` until the alarm is in this state.
    async fn until(&mut self, state: StateValue) {
        let lambda = aws_sdk_lambda::Client::new(&self.stack.sdk);
        let watch = &self.stack.outputs.functions["watch"].name;
        let what = format!("the alarm to be {state}");
        let (stack, cloudwatch) = (self.stack, self.cloudwatch.clone());
        let (alarm, carried) = (self.alarm.clone(), &mut self.carried);
        wait_for(&what, TO_FIRE, async || {
            let run = lambda.invoke().function_name(watch).send().await?;
            anyhow::ensure!(run.function_error().is_none(), "watch failed: {run:?}");
            if stack.outputs.local {
                carry(stack, &cloudwatch, carried).await?;
            }
            let found = cloudwatch
                .describe_alarms()
                .alarm_names(&alarm)
                .send()
                .await?;
            let now = found
                .metric_alarms()
                .first()
                .and_then(|alarm| alarm.state_value());
            if now == Some(&state) {
                return Ok(Some(()));
            }
            tokio::time::sleep(Duration::from_secs(5)).await;
            Ok(None)
        })
        .await
        .unwrap();
    }

    /// Leaves nothing behind that Terraform does not know.
    async fn take_away(self) {
        if self.stack.outputs.local {
            let delete = self.cloudwatch.delete_alarms().alarm_names(self.alarm);
            delete.send().await.unwrap();
        }
    }

    /// The last value that `watch` wrote for the router pipe.
    async fn last_of_router(&self, metric: &str) -> u64 {
        let lines = self.stack.log_lines("watch", metric).await.unwrap();
        let router = &self.stack.outputs.router.pipe;
        let mut of_router = lines.iter().filter(|line| line["Pipe"] == **router);
        of_router.next_back().unwrap()[metric].as_u64().unwrap()
    }
}

/// What CloudWatch Logs does with each line in the embedded format.
async fn carry(
    stack: &Stack,
    cloudwatch: &aws_sdk_cloudwatch::Client,
    carried: &mut BTreeSet<String>,
) -> anyhow::Result<()> {
    for line in stack.log_lines("watch", "_aws").await? {
        if !carried.insert(line.to_string()) {
            continue;
        }
        for directive in list(&line["_aws"]["CloudWatchMetrics"]) {
            let mut data = Vec::new();
            for metric in list(&directive["Metrics"]) {
                let name = metric["Name"].as_str().unwrap();
                for set in list(&directive["Dimensions"]) {
                    let dimensions = list(set).iter().map(|name| {
                        let name = name.as_str().unwrap();
                        let value = line[name].as_str().unwrap();
                        Dimension::builder().name(name).value(value).build()
                    });
                    let at = line["_aws"]["Timestamp"].as_i64().unwrap();
                    let datum = MetricDatum::builder()
                        .metric_name(name)
                        .set_dimensions(Some(dimensions.collect()))
                        .timestamp(DateTime::from_millis(at))
                        .value(line[name].as_f64().unwrap());
                    data.push(datum.build());
                }
            }
            cloudwatch
                .put_metric_data()
                .namespace(directive["Namespace"].as_str().unwrap())
                .set_metric_data(Some(data))
                .send()
                .await?;
        }
    }
    Ok(())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
