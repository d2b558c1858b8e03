use aws_sdk_sns::Client;
use domain::StoreError;

use crate::{Sdk, failure::classify};

const PUBLISH: &str = "sns:Publish";

/// Publishes to SNS topics.
#[derive(Debug, Clone)]
pub struct Topics {
    client: Client,
}

impl Topics {
    /// Topics of this region.
    #[must_use]
    pub fn new(sdk: &Sdk) -> Self {
        Self {
            client: Client::new(&sdk.config),
        }
    }

    /// Publishes a message that has another text for each kind of subscriber: `by_protocol` is a
    /// JSON object with the text `default` and others by protocol. `subject` is the subject of
    /// mail.
    /// <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>
    ///
    /// # Errors
    /// As [`StoreError`] says. It may have been published anyway.
    pub async fn publish(
        &self,
        topic_arn: &str,
        subject: &str,
        by_protocol: &str,
    ) -> Result<(), StoreError> {
        self.client
            .publish()
            .topic_arn(topic_arn)
            .subject(subject)
            .message(by_protocol)
            .message_structure("json")
            .send()
            .await
            .map(drop)
            .map_err(|error| classify(PUBLISH, &error))
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sns::operation::publish::{PublishError, PublishOutput};
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};

    use super::*;

    async fn publish(rule: &Rule) -> Result<(), StoreError> {
        let client = mock_client!(aws_sdk_sns, RuleMode::MatchAny, [rule]);
        let topics = Topics { client };
        topics
            .publish("arn:oncall", "s", r#"{"default":"d"}"#)
            .await
    }

    #[tokio::test]
    async fn each_kind_of_subscriber_gets_its_own_text() {
        let rule = mock!(Client::publish)
            .match_requests(|call| {
                call.topic_arn() == Some("arn:oncall")
                    && call.subject() == Some("s")
                    && call.message() == Some(r#"{"default":"d"}"#)
                    && call.message_structure() == Some("json")
            })
            .then_output(|| PublishOutput::builder().build());
        publish(&rule).await.unwrap();
        let refused = mock!(Client::publish).then_error(|| {
            PublishError::generic(aws_sdk_sns::error::ErrorMetadata::builder().build())
        });
        assert!(publish(&refused).await.is_err());
    }
}
