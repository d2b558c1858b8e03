use aws_sdk_lambda::{
    Client,
    error::SdkError,
    operation::{
        get_event_source_mapping::GetEventSourceMappingError,
        update_event_source_mapping::UpdateEventSourceMappingError,
    },
};
use domain::StoreError;

use super::PipeRequest;
use crate::{
    PipeState, Sdk,
    failure::{classify, permanent},
};

const GET: &str = "lambda:GetEventSourceMapping";
const UPDATE: &str = "lambda:UpdateEventSourceMapping";

/// Looks at event source mappings of Lambda, and switches them. Its states have the names of a
/// pipe's, so that both kinds of readers of a queue are handled alike.
#[derive(Debug, Clone)]
pub struct Mappings {
    client: Client,
}

impl Mappings {
    /// Mappings of this account and region.
    #[must_use]
    pub fn new(sdk: &Sdk) -> Self {
        Self {
            client: Client::new(&sdk.config),
        }
    }

    /// The state of the mapping of this UUID.
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
                    reason: None,
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
        operation::{
            get_event_source_mapping::GetEventSourceMappingOutput,
            update_event_source_mapping::UpdateEventSourceMappingOutput,
        },
        types::error::{ResourceInUseException, ResourceNotFoundException},
    };
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};

    use super::*;

    fn against(rule: &Rule) -> Mappings {
        Mappings {
            client: mock_client!(aws_sdk_lambda, RuleMode::MatchAny, [rule]),
        }
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
            assert_eq!(against(&rule).state("u").await.unwrap().current, ours);
        }
    }

    #[tokio::test]
    async fn one_that_is_gone_has_a_state_too() {
        let rule = mock!(Client::get_event_source_mapping).then_error(|| {
            let gone = ResourceNotFoundException::builder().message("m").build();
            GetEventSourceMappingError::ResourceNotFoundException(gone)
        });
        assert_eq!(
            against(&rule).state("u").await.unwrap().current,
            "NOT_FOUND"
        );
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
