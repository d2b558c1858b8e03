use aws_sdk_lambda::{
    Client, error::SdkError, operation::update_event_source_mapping::UpdateEventSourceMappingError,
};
use domain::StoreError;

use crate::{Sdk, failure::classify};

const UPDATE: &str = "lambda:UpdateEventSourceMapping";

/// The event source mapping that feeds a function from its queue.
#[derive(Debug, Clone)]
pub struct Mapping {
    client: Client,
}

impl Mapping {
    /// Mappings of this account and region. The role decides which.
    #[must_use]
    pub fn new(sdk: &Sdk) -> Self {
        Self {
            client: Client::new(&sdk.config),
        }
    }

    #[cfg(test)]
    fn over(client: Client) -> Self {
        Self { client }
    }

    /// Switches it on or off, which takes up to a minute. `false`: it is being changed already.
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html>
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn switch(&self, uuid: &str, on: bool) -> Result<bool, StoreError> {
        let outcome = self
            .client
            .update_event_source_mapping()
            .uuid(uuid)
            .enabled(on)
            .send()
            .await;
        match outcome {
            Ok(_) => Ok(true),
            Err(SdkError::ServiceError(failed)) if is_busy(failed.err()) => Ok(false),
            Err(error) => Err(classify(UPDATE, &error)),
        }
    }
}

fn is_busy(error: &UpdateEventSourceMappingError) -> bool {
    error.is_resource_in_use_exception() || error.is_resource_conflict_exception()
}

#[cfg(test)]
mod tests {
    use aws_sdk_lambda::{
        operation::update_event_source_mapping::UpdateEventSourceMappingOutput,
        types::error::ResourceInUseException,
    };
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};

    use super::*;

    fn against(rule: &Rule) -> Mapping {
        Mapping::over(mock_client!(aws_sdk_lambda, RuleMode::MatchAny, [rule]))
    }

    #[tokio::test]
    async fn is_switched_unless_it_is_being_changed() {
        let done = mock!(Client::update_event_source_mapping)
            .match_requests(|call| call.uuid() == Some("u1") && call.enabled() == Some(false))
            .then_output(|| UpdateEventSourceMappingOutput::builder().build());
        assert!(against(&done).switch("u1", false).await.unwrap());
        let busy = mock!(Client::update_event_source_mapping).then_error(|| {
            let busy = ResourceInUseException::builder().build();
            UpdateEventSourceMappingError::ResourceInUseException(busy)
        });
        assert!(!against(&busy).switch("u1", false).await.unwrap());
    }
}
