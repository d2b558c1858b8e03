use aws_sdk_lambda::{
    error::SdkError, operation::update_event_source_mapping::UpdateEventSourceMappingError,
};
use domain::StoreError;

use super::PipeRequest;
use crate::{Mappings, failure::classify};

const UPDATE: &str = "lambda:UpdateEventSourceMapping";

impl Mappings {
    /// Asks for a mapping to feed its function, or to stop. It takes a while: [`Self::state`]
    /// shows when it is done.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn switch(&self, uuid: &str, on: bool) -> Result<PipeRequest, StoreError> {
        let call = self.client.update_event_source_mapping();
        match call.uuid(uuid).enabled(on).send().await {
            Ok(_) => Ok(PipeRequest::Accepted),
            Err(SdkError::ServiceError(failed))
                if matches!(
                    failed.err(),
                    UpdateEventSourceMappingError::ResourceInUseException(_)
                        | UpdateEventSourceMappingError::ResourceConflictException(_)
                ) =>
            {
                Ok(PipeRequest::NotNow)
            }
            Err(error) => Err(classify(UPDATE, &error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_lambda::{
        Client, operation::update_event_source_mapping::UpdateEventSourceMappingOutput,
        types::error::ResourceInUseException,
    };
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};

    use super::*;

    fn against(rule: &Rule) -> Mappings {
        Mappings {
            client: mock_client!(aws_sdk_lambda, RuleMode::MatchAny, [rule]),
        }
    }

    #[tokio::test]
    async fn one_that_is_being_changed_is_asked_again() {
        let done = mock!(Client::update_event_source_mapping)
            .match_requests(|call| call.uuid() == Some("u") && call.enabled() == Some(true))
            .then_output(|| UpdateEventSourceMappingOutput::builder().build());
        let asked = against(&done).switch("u", true).await.unwrap();
        assert_eq!(asked, PipeRequest::Accepted);
        let busy = mock!(Client::update_event_source_mapping).then_error(|| {
            let busy = ResourceInUseException::builder().message("m").build();
            UpdateEventSourceMappingError::ResourceInUseException(busy)
        });
        let asked = against(&busy).switch("u", false).await.unwrap();
        assert_eq!(asked, PipeRequest::NotNow);
    }
}
