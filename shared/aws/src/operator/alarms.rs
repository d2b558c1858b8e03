use aws_sdk_cloudwatch::{Client, types::MetricAlarm};
use domain::{StoreError, Timestamp};

use crate::{Sdk, failure::classify};

const DESCRIBE: &str = "cloudwatch:DescribeAlarms";

/// The most that `CloudWatch` accepts at once.
const AT_ONCE: usize = 100;

/// Looks at alarms.
#[derive(Debug, Clone)]
pub struct Alarms {
    client: Client,
}

/// An alarm as it is now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlarmState {
    /// Its name.
    pub name: String,
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    pub state: String,
    /// Since when it is in that state, where `CloudWatch` says so.
    pub since: Option<Timestamp>,
    /// What it means and where its page is.
    pub description: String,
    /// Whether it notifies anyone when it fires.
    pub tells: bool,
}

impl Alarms {
    /// Alarms of this account and region.
    #[must_use]
    pub fn new(sdk: &Sdk) -> Self {
        Self {
            client: Client::new(&sdk.config),
        }
    }

    /// The existing alarms with these names, in no order.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn of(&self, names: &[String]) -> Result<Vec<AlarmState>, StoreError> {
        let mut found = Vec::new();
        for some in names.chunks(AT_ONCE) {
            let mut pages = self
                .client
                .describe_alarms()
                .set_alarm_names(Some(some.to_vec()))
                .max_records(100)
                .into_paginator()
                .send();
            while let Some(page) = pages.next().await {
                let page = page.map_err(|error| classify(DESCRIBE, &error))?;
                let alarms = page.metric_alarms.unwrap_or_default();
                found.extend(alarms.into_iter().map(AlarmState::from));
            }
        }
        Ok(found)
    }
}

impl From<MetricAlarm> for AlarmState {
    fn from(alarm: MetricAlarm) -> Self {
        Self {
            state: alarm
                .state_value
                .map(|state| state.as_str().to_owned())
                .unwrap_or_default(),
            // The other is the time of the last update, even if the state stayed.
            since: alarm
                .state_transitioned_timestamp
                .or(alarm.state_updated_timestamp)
                .and_then(|at| Timestamp::from_second(at.secs()).ok()),
            // Without the field it does: that is CloudWatch's default.
            tells: alarm.actions_enabled.unwrap_or(true)
                && alarm
                    .alarm_actions
                    .is_some_and(|actions| !actions.is_empty()),
            name: alarm.alarm_name.unwrap_or_default(),
            description: alarm.alarm_description.unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudwatch::operation::describe_alarms::DescribeAlarmsOutput;
    use aws_smithy_mocks::{RuleMode, mock, mock_client};
    use aws_smithy_types::DateTime;

    use super::*;

    #[tokio::test]
    async fn those_that_there_are_a_hundred_at_a_time() {
        let rule = mock!(Client::describe_alarms)
            .match_requests(|call| matches!(call.alarm_names().len(), 100 | 20))
            .then_output(|| {
                let alarm = MetricAlarm::builder()
                    .alarm_name("coatcheck-invoices-queue-old")
                    .alarm_description("An event has waited.")
                    .state_value("ALARM".into())
                    .state_updated_timestamp(DateTime::from_secs(1_795_323_600))
                    .alarm_actions("arn:topic")
                    .build();
                DescribeAlarmsOutput::builder().metric_alarms(alarm).build()
            });
        let alarms = Alarms {
            client: mock_client!(aws_sdk_cloudwatch, RuleMode::MatchAny, [&rule]),
        };
        let names: Vec<String> = (0..120).map(|at| format!("a{at}")).collect();
        let found = alarms.of(&names).await.unwrap();
        let expected = AlarmState {
            name: "coatcheck-invoices-queue-old".to_owned(),
            state: "ALARM".to_owned(),
            since: Some("2026-11-22T05:00:00Z".parse().unwrap()),
            description: "An event has waited.".to_owned(),
            tells: true,
        };
        assert_eq!(found, [expected.clone(), expected]);
        assert_eq!(rule.num_calls(), 2);
        // A request without names would return all alarms of the account.
        assert_eq!(alarms.of(&[]).await.unwrap(), []);
        assert_eq!(rule.num_calls(), 2);
    }

    #[test]
    fn a_state_begins_when_it_was_entered_and_not_when_it_was_last_looked_at() {
        let alarm = MetricAlarm::builder()
            .state_transitioned_timestamp(DateTime::from_secs(1_795_323_600))
            .state_updated_timestamp(DateTime::from_secs(1_795_327_200));
        let since = AlarmState::from(alarm.build()).since;
        assert_eq!(since, Some("2026-11-22T05:00:00Z".parse().unwrap()));
    }

    #[test]
    fn one_without_an_action_or_switched_off_tells_nobody() {
        let alarm = MetricAlarm::builder().alarm_actions("arn:topic");
        assert!(AlarmState::from(alarm.clone().build()).tells);
        assert!(!AlarmState::from(alarm.actions_enabled(false).build()).tells);
        assert!(!AlarmState::from(MetricAlarm::builder().build()).tells);
    }
}
