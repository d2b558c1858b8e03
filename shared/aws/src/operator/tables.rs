use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::{Client, types::TimeToLiveStatus};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept, context::BeforeDeserializationInterceptorContextRef, dyn_dispatch_hint,
        },
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::{
    config_bag::ConfigBag,
    date_time::{DateTime, Format},
};
use domain::{StoreError, Timestamp};

use crate::{Sdk, failure::classify};

const TABLE: &str = "dynamodb:DescribeTable";
const TTL: &str = "dynamodb:DescribeTimeToLive";

/// Looks at tables, not at their items.
#[derive(Debug, Clone)]
pub struct Tables {
    client: Client,
}

/// A table's setup.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableFacts {
    /// For instance `ACTIVE`.
    pub status: String,
    /// What its stream contains of a change, for instance `NEW_IMAGE`; none without a stream.
    pub stream: Option<String>,
    /// When DynamoDB answered, by its own clock, cut to seconds.
    pub answered_at: Option<Timestamp>,
}

impl Tables {
    /// Tables of this account and region.
    #[must_use]
    pub fn new(sdk: &Sdk) -> Self {
        Self {
            client: Client::new(&sdk.config),
        }
    }

    /// The setup of the table of this name.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn describe(&self, name: &str) -> Result<TableFacts, StoreError> {
        let date = DateHeader::default();
        let answer = self
            .client
            .describe_table()
            .table_name(name)
            .customize()
            .interceptor(date.clone())
            .send()
            .await
            .map_err(|error| classify(TABLE, &error))?;
        let table = answer.table;
        let stream = table
            .as_ref()
            .and_then(|table| table.stream_specification.as_ref());
        Ok(TableFacts {
            status: table
                .as_ref()
                .and_then(|table| table.table_status.as_ref())
                .map(|status| status.as_str().to_owned())
                .unwrap_or_default(),
            stream: stream
                .filter(|stream| stream.stream_enabled)
                .and_then(|stream| stream.stream_view_type.as_ref())
                .map(|view| view.as_str().to_owned()),
            answered_at: date.read(),
        })
    }

    /// The attribute by which DynamoDB removes items of this table; none if it removes
    /// none.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn expiry(&self, name: &str) -> Result<Option<String>, StoreError> {
        let answer = self
            .client
            .describe_time_to_live()
            .table_name(name)
            .send()
            .await
            .map_err(|error| classify(TTL, &error))?;
        Ok(answer
            .time_to_live_description
            .filter(|described| {
                matches!(
                    described.time_to_live_status,
                    Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)
                )
            })
            .and_then(|described| described.attribute_name))
    }
}

/// Keeps the `Date` of the last answer.
#[derive(Debug, Clone, Default)]
struct DateHeader(Arc<Mutex<Option<String>>>);

impl DateHeader {
    fn read(&self) -> Option<Timestamp> {
        let text = self.0.lock().ok()?.clone()?;
        let date = DateTime::from_str(&text, Format::HttpDate).ok()?;
        Timestamp::from_second(date.secs()).ok()
    }
}

#[dyn_dispatch_hint]
impl Intercept for DateHeader {
    fn name(&self) -> &'static str {
        "DateHeader"
    }

    fn read_after_transmit(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let (Some(date), Ok(mut last)) =
            (context.response().headers().get("date"), self.0.lock())
        {
            *last = Some(date.to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::{
        operation::describe_time_to_live::DescribeTimeToLiveOutput, types::TimeToLiveDescription,
    };
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
    use aws_smithy_runtime_api::{client::orchestrator::HttpResponse, http::StatusCode};
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn against(rule: &Rule) -> Tables {
        Tables {
            client: mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [rule]),
        }
    }

    async fn described(body: &'static str, date: Option<&'static str>) -> TableFacts {
        let rule = mock!(Client::describe_table)
            .match_requests(|call| call.table_name() == Some("events"))
            .then_http_response(move || {
                let mut answer =
                    HttpResponse::new(StatusCode::try_from(200).unwrap(), SdkBody::from(body));
                if let Some(date) = date {
                    answer.headers_mut().insert("date", date);
                }
                answer
            });
        against(&rule).describe("events").await.unwrap()
    }

    #[tokio::test]
    async fn a_table_has_a_stream_or_none_and_its_service_a_clock() {
        let with = r#"{"Table":{"TableStatus":"ACTIVE","StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"}}}"#;
        let expected = TableFacts {
            status: "ACTIVE".to_owned(),
            stream: Some("NEW_IMAGE".to_owned()),
            answered_at: Some("2026-11-22T05:00:00Z".parse().unwrap()),
        };
        assert_eq!(
            described(with, Some("Sun, 22 Nov 2026 05:00:00 GMT")).await,
            expected
        );
        for without in [
            r#"{"Table":{"TableStatus":"ACTIVE"}}"#,
            r#"{"Table":{"TableStatus":"ACTIVE","StreamSpecification":{"StreamEnabled":false,"StreamViewType":"NEW_IMAGE"}}}"#,
        ] {
            let found = described(without, Some("yesterday")).await;
            assert_eq!((found.stream, found.answered_at), (None, None));
        }
        assert_eq!(described(with, None).await.answered_at, None);
    }

    #[tokio::test]
    async fn items_expire_by_an_attribute_or_not() {
        for (status, found) in [
            ("ENABLED", Some("expires_at".to_owned())),
            ("ENABLING", Some("expires_at".to_owned())),
            ("DISABLING", None),
            ("DISABLED", None),
        ] {
            let rule = mock!(Client::describe_time_to_live).then_output(move || {
                DescribeTimeToLiveOutput::builder()
                    .time_to_live_description(
                        TimeToLiveDescription::builder()
                            .time_to_live_status(status.into())
                            .attribute_name("expires_at")
                            .build(),
                    )
                    .build()
            });
            assert_eq!(
                against(&rule).expiry("events").await.unwrap(),
                found,
                "{status}"
            );
        }
    }
}
