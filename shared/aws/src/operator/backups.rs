use aws_sdk_dynamodb::{Client, types::PointInTimeRecoveryStatus};
use domain::StoreError;

use crate::{Sdk, failure::classify};

const DESCRIBE: &str = "dynamodb:DescribeContinuousBackups";

/// How long DynamoDB keeps every state of a table, unless the table says otherwise.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoveryDescription.html>
const DAYS: u32 = 35;

/// What DynamoDB keeps of tables besides their items.
#[derive(Debug, Clone)]
pub struct Backups {
    client: Client,
}

/// For how long a table can be restored as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovery {
    /// For so many days back.
    Days(u32),
    /// It cannot: point-in-time recovery is off.
    Off,
}

impl Backups {
    /// Of tables of this account and region.
    #[must_use]
    pub fn new(sdk: &Sdk) -> Self {
        Self {
            client: Client::new(&sdk.config),
        }
    }

    /// How far back the table of this name can be restored. Says nothing of backups that someone made on demand.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn recovery(&self, table: &str) -> Result<Recovery, StoreError> {
        let answer = self
            .client
            .describe_continuous_backups()
            .table_name(table)
            .send()
            .await
            .map_err(|error| classify(DESCRIBE, &error))?;
        let described = answer.continuous_backups_description;
        let described = described.and_then(|all| all.point_in_time_recovery_description);
        let is_on =
            |status: &PointInTimeRecoveryStatus| *status == PointInTimeRecoveryStatus::Enabled;
        let described = described.filter(|one| {
            one.point_in_time_recovery_status
                .as_ref()
                .is_some_and(is_on)
        });
        Ok(described.map_or(Recovery::Off, |one| {
            let days = one.recovery_period_in_days;
            Recovery::Days(days.and_then(|days| days.try_into().ok()).unwrap_or(DAYS))
        }))
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::{
        operation::describe_continuous_backups::DescribeContinuousBackupsOutput,
        types::{
            ContinuousBackupsDescription, ContinuousBackupsStatus, PointInTimeRecoveryDescription,
        },
    };
    use aws_smithy_mocks::{RuleMode, mock, mock_client};

    use super::*;

    #[tokio::test]
    async fn a_table_can_be_restored_for_so_many_days_or_not_at_all() {
        for (status, days, expected) in [
            ("ENABLED", Some(7), Recovery::Days(7)),
            ("ENABLED", None, Recovery::Days(35)),
            ("DISABLED", None, Recovery::Off),
        ] {
            let rule = mock!(Client::describe_continuous_backups)
                .match_requests(|call| call.table_name() == Some("events"))
                .then_output(move || {
                    let recovery = PointInTimeRecoveryDescription::builder()
                        .point_in_time_recovery_status(status.into())
                        .set_recovery_period_in_days(days)
                        .build();
                    let all = ContinuousBackupsDescription::builder()
                        .continuous_backups_status(ContinuousBackupsStatus::Enabled)
                        .point_in_time_recovery_description(recovery)
                        .build()
                        .unwrap();
                    DescribeContinuousBackupsOutput::builder()
                        .continuous_backups_description(all)
                        .build()
                });
            let backups = Backups {
                client: mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [&rule]),
            };
            assert_eq!(backups.recovery("events").await.unwrap(), expected);
        }
    }
}
