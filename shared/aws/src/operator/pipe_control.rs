use aws_sdk_pipes::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::describe_pipe::DescribePipeError,
};
use domain::StoreError;

use crate::{
    Sdk,
    failure::{classify, permanent},
};

const DESCRIBE: &str = "pipes:DescribePipe";
const START: &str = "pipes:StartPipe";
const STOP: &str = "pipes:StopPipe";

/// Looks at pipes, starts and stops them.
#[derive(Debug, Clone)]
pub struct PipeControl {
    client: Client,
}

/// A pipe as `EventBridge` sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PipeStatus {
    /// In its words, for instance `RUNNING`; in ours `NOT_FOUND` if it has no such pipe.
    pub current: String,
    /// What it was last asked to become: `RUNNING` or `STOPPED`.
    pub desired: Option<String>,
    /// Why it is as it is, where somebody says so.
    pub reason: Option<String>,
}

/// What became of a wish to start or stop a pipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// It is under way.
    Taken,
    /// Not in this state: it changes already, or has changed.
    NotNow,
}

impl PipeControl {
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
    pub async fn status(&self, name: &str) -> Result<PipeStatus, StoreError> {
        match self.client.describe_pipe().name(name).send().await {
            Ok(pipe) => match pipe.current_state {
                Some(state) => Ok(PipeStatus {
                    current: state.as_str().to_owned(),
                    desired: pipe.desired_state.map(|state| state.as_str().to_owned()),
                    reason: pipe.state_reason.filter(|reason| !reason.is_empty()),
                }),
                None => Err(permanent(DESCRIBE, "the answer has no state")),
            },
            Err(SdkError::ServiceError(failed))
                if matches!(failed.err(), DescribePipeError::NotFoundException(_)) =>
            {
                Ok(PipeStatus {
                    current: "NOT_FOUND".to_owned(),
                    ..PipeStatus::default()
                })
            }
            Err(error) => Err(classify(DESCRIBE, &error)),
        }
    }

    /// Asks that a pipe run. It takes a while: [`Self::status`] tells when.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn start(&self, name: &str) -> Result<Asked, StoreError> {
        match self.client.start_pipe().name(name).send().await {
            Ok(_) => Ok(Asked::Taken),
            Err(error) if is_conflict(&error) => Ok(Asked::NotNow),
            Err(error) => Err(classify(START, &error)),
        }
    }

    /// Asks that a pipe stop. It takes a while: [`Self::status`] tells when.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn stop(&self, name: &str) -> Result<Asked, StoreError> {
        match self.client.stop_pipe().name(name).send().await {
            Ok(_) => Ok(Asked::Taken),
            Err(error) if is_conflict(&error) => Ok(Asked::NotNow),
            Err(error) => Err(classify(STOP, &error)),
        }
    }
}

fn is_conflict<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    let service = error.as_service_error();
    service.and_then(ProvideErrorMetadata::code) == Some("ConflictException")
}

#[cfg(test)]
mod tests {
    use aws_sdk_pipes::operation::{
        describe_pipe::DescribePipeOutput, start_pipe::StartPipeOutput, stop_pipe::StopPipeOutput,
    };
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
    use aws_smithy_runtime_api::{client::orchestrator::HttpResponse, http::StatusCode};
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn against(rule: &Rule) -> PipeControl {
        PipeControl {
            client: mock_client!(aws_sdk_pipes, RuleMode::MatchAny, [rule]),
        }
    }

    fn answer(status: u16, code: &'static str) -> impl Fn() -> HttpResponse + Send + Sync {
        move || {
            let mut answer = HttpResponse::new(
                StatusCode::try_from(status).unwrap(),
                SdkBody::from(r#"{"message":"m"}"#),
            );
            answer.headers_mut().insert("x-amzn-errortype", code);
            answer
        }
    }

    #[tokio::test]
    async fn a_pipe_is_in_one_state_and_meant_to_be_in_another() {
        let rule = mock!(Client::describe_pipe)
            .match_requests(|call| call.name() == Some("coatcheck-router"))
            .then_output(|| {
                DescribePipeOutput::builder()
                    .current_state("STOPPED".into())
                    .desired_state("RUNNING".into())
                    .state_reason("no right")
                    .build()
            });
        let status = against(&rule).status("coatcheck-router").await.unwrap();
        let expected = PipeStatus {
            current: "STOPPED".to_owned(),
            desired: Some("RUNNING".to_owned()),
            reason: Some("no right".to_owned()),
        };
        assert_eq!(status, expected);
        let gone =
            mock!(Client::describe_pipe).then_http_response(answer(404, "NotFoundException"));
        let status = against(&gone).status("coatcheck-router").await.unwrap();
        assert_eq!(status.current, "NOT_FOUND");
    }

    #[tokio::test]
    async fn is_started_and_stopped_unless_it_already_is_or_nobody_may() {
        let start = mock!(Client::start_pipe)
            .match_requests(|call| call.name() == Some("p"))
            .then_output(|| StartPipeOutput::builder().build());
        assert_eq!(against(&start).start("p").await.unwrap(), Asked::Taken);
        let stop = mock!(Client::stop_pipe)
            .match_requests(|call| call.name() == Some("p"))
            .then_output(|| StopPipeOutput::builder().build());
        assert_eq!(against(&stop).stop("p").await.unwrap(), Asked::Taken);

        let there = mock!(Client::start_pipe).then_http_response(answer(409, "ConflictException"));
        assert_eq!(against(&there).start("p").await.unwrap(), Asked::NotNow);
        let there = mock!(Client::stop_pipe).then_http_response(answer(409, "ConflictException"));
        assert_eq!(against(&there).stop("p").await.unwrap(), Asked::NotNow);

        let denied =
            mock!(Client::stop_pipe).then_http_response(answer(403, "AccessDeniedException"));
        let error = against(&denied).stop("p").await.unwrap_err();
        assert!(matches!(error, StoreError::Permanent { operation, .. } if operation == STOP));
    }
}
