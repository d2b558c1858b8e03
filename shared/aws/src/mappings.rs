use aws_sdk_lambda::{
    Client, error::SdkError, operation::get_event_source_mapping::GetEventSourceMappingError,
};
use domain::StoreError;

use crate::{
    PipeState, Sdk,
    failure::{classify, permanent},
};

const GET: &str = "lambda:GetEventSourceMapping";

/// Looks at event source mappings of Lambda. Its states have the names of a pipe's, so that both
/// kinds of readers of a queue are handled alike. Operators switch them.
#[derive(Debug, Clone)]
pub struct Mappings {
    pub(crate) client: Client,
}

impl Mappings {
    /// Mappings of this account and region.
    #[must_use]
    pub fn new(sdk: &Sdk) -> Self {
        Self {
            client: Client::new(&sdk.config),
        }
    }

    /// The state of the mapping of this UUID. What its last poll came to is not known: Lambda has no
    /// `LastProcessingResult` for SQS.
    /// <https://docs.aws.amazon.com/cli/latest/reference/lambda/get-event-source-mapping.html>
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn state(&self, uuid: &str) -> Result<PipeState, StoreError> {
        let answer = self.client.get_event_source_mapping().uuid(uuid);
        match answer.send().await {
            Ok(mapping) => match mapping.state {
                Some(state) => Ok(PipeState {
                    current: as_of_a_pipe(&state),
                    desired: None,
                    reason: mapping
                        .state_transition_reason
                        .filter(|why| !why.is_empty()),
                }),
                None => Err(permanent(GET, "the answer has no state")),
            },
            Err(SdkError::ServiceError(failed))
                if matches!(
                    failed.err(),
                    GetEventSourceMappingError::ResourceNotFoundException(_)
                ) =>
            {
                Ok(PipeState {
                    current: "NOT_FOUND".to_owned(),
                    ..PipeState::default()
                })
            }
            Err(error) => Err(classify(GET, &error)),
        }
    }
}

/// <https://docs.aws.amazon.com/lambda/latest/api/API_GetEventSourceMapping.html> lists the states.
fn as_of_a_pipe(state: &str) -> String {
    match state {
        "Enabled" => "RUNNING".to_owned(),
        "Disabled" => "STOPPED".to_owned(),
        "Enabling" => "STARTING".to_owned(),
        "Disabling" => "STOPPING".to_owned(),
        other => other.to_uppercase(),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_lambda::{
        operation::get_event_source_mapping::GetEventSourceMappingOutput,
        types::error::ResourceNotFoundException,
    };
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};

    use super::*;

    async fn state(rule: &Rule) -> PipeState {
        let client = mock_client!(aws_sdk_lambda, RuleMode::MatchAny, [rule]);
        Mappings { client }.state("u").await.unwrap()
    }

    #[tokio::test]
    async fn its_states_have_the_names_of_a_pipes() {
        for (theirs, ours) in [
            ("Enabled", "RUNNING"),
            ("Disabled", "STOPPED"),
            ("Enabling", "STARTING"),
            ("Disabling", "STOPPING"),
            ("Creating", "CREATING"),
            ("Updating", "UPDATING"),
            ("Deleting", "DELETING"),
        ] {
            let rule = mock!(Client::get_event_source_mapping)
                .match_requests(|call| call.uuid() == Some("u"))
                .then_output(move || GetEventSourceMappingOutput::builder().state(theirs).build());
            assert_eq!(state(&rule).await.current, ours);
        }
    }

    #[tokio::test]
    async fn it_says_who_changed_it() {
        let rule = mock!(Client::get_event_source_mapping).then_output(|| {
            GetEventSourceMappingOutput::builder()
                .state("Disabled")
                .state_transition_reason("USER_INITIATED")
                .build()
        });
        let reason = state(&rule).await.reason;
        assert_eq!(reason.as_deref(), Some("USER_INITIATED"));
    }

    #[tokio::test]
    async fn one_that_is_gone_has_a_state_too() {
        let rule = mock!(Client::get_event_source_mapping).then_error(|| {
            let gone = ResourceNotFoundException::builder().message("m").build();
            GetEventSourceMappingError::ResourceNotFoundException(gone)
        });
        assert_eq!(state(&rule).await.current, "NOT_FOUND");
    }
}
