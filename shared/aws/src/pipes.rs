use aws_sdk_pipes::{Client, error::SdkError, operation::describe_pipe::DescribePipeError};
use domain::StoreError;

use crate::{
    Sdk,
    failure::{classify, permanent},
};

const DESCRIBE: &str = "pipes:DescribePipe";

/// Looks at pipes. Operators start and stop them.
#[derive(Debug, Clone)]
pub struct Pipes {
    pub(crate) client: Client,
}

/// What EventBridge reports about a pipe.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PipeState {
    /// In its words, for instance `RUNNING`; in ours `NOT_FOUND` if there is no such pipe.
    pub current: String,
    /// What it was last asked to become: `RUNNING` or `STOPPED`.
    pub desired: Option<String>,
    /// Why it is in this state, if reported.
    pub reason: Option<String>,
}

impl Pipes {
    /// Pipes of this account and region.
    #[must_use]
    pub fn new(sdk: &Sdk) -> Self {
        Self {
            client: Client::new(&sdk.config),
        }
    }

    /// The state of the pipe of this name.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn state(&self, name: &str) -> Result<PipeState, StoreError> {
        match self.client.describe_pipe().name(name).send().await {
            Ok(pipe) => match pipe.current_state {
                Some(state) => Ok(PipeState {
                    current: state.as_str().to_owned(),
                    desired: pipe.desired_state.map(|state| state.as_str().to_owned()),
                    reason: pipe.state_reason.filter(|reason| !reason.is_empty()),
                }),
                None => Err(permanent(DESCRIBE, "the answer has no state")),
            },
            Err(SdkError::ServiceError(failed))
                if matches!(failed.err(), DescribePipeError::NotFoundException(_)) =>
            {
                Ok(PipeState {
                    current: "NOT_FOUND".to_owned(),
                    ..PipeState::default()
                })
            }
            Err(error) => Err(classify(DESCRIBE, &error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_pipes::operation::describe_pipe::DescribePipeOutput;
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
    use aws_smithy_runtime_api::{client::orchestrator::HttpResponse, http::StatusCode};
    use aws_smithy_types::body::SdkBody;

    use super::*;

    async fn state(rule: &Rule) -> Result<PipeState, StoreError> {
        let client = mock_client!(aws_sdk_pipes, RuleMode::MatchAny, [rule]);
        Pipes { client }.state("coatcheck-router").await
    }

    fn refused(status: u16, code: &'static str) -> Rule {
        mock!(Client::describe_pipe).then_http_response(move || {
            let mut answer = HttpResponse::new(
                StatusCode::try_from(status).unwrap(),
                SdkBody::from(r#"{"message":"m"}"#),
            );
            answer.headers_mut().insert("x-amzn-errortype", code);
            answer
        })
    }

    #[tokio::test]
    async fn a_pipe_is_in_one_state_and_may_be_meant_to_be_in_another() {
        let stopped = mock!(Client::describe_pipe)
            .match_requests(|call| call.name() == Some("coatcheck-router"))
            .then_output(|| {
                DescribePipeOutput::builder()
                    .current_state("STOPPED".into())
                    .desired_state("RUNNING".into())
                    .state_reason("USER_INITIATED")
                    .build()
            });
        let expected = PipeState {
            current: "STOPPED".to_owned(),
            desired: Some("RUNNING".to_owned()),
            reason: Some("USER_INITIATED".to_owned()),
        };
        assert_eq!(state(&stopped).await.unwrap(), expected);
        let nothing =
            mock!(Client::describe_pipe).then_output(|| DescribePipeOutput::builder().build());
        assert!(state(&nothing).await.is_err());
    }

    #[tokio::test]
    async fn that_there_is_none_is_an_answer_and_a_refusal_is_not() {
        let none = state(&refused(404, "NotFoundException")).await.unwrap();
        assert_eq!(none.current, "NOT_FOUND");
        let denied = state(&refused(403, "AccessDeniedException")).await;
        assert!(matches!(denied, Err(StoreError::Permanent { .. })));
    }
}
