use aws_sdk_pipes::error::{ProvideErrorMetadata, SdkError};
use domain::StoreError;

use crate::{Pipes, failure::classify};

const START: &str = "pipes:StartPipe";
const STOP: &str = "pipes:StopPipe";

/// The result of a request to start or stop a pipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PipeRequest {
    /// It is under way.
    Accepted,
    /// Not in this state: it is already changing, or has changed.
    NotNow,
}

/// What an operator does with pipes.
impl Pipes {
    /// Asks for a pipe to run. It takes a while: [`Self::state`] shows when it is done.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn start(&self, name: &str) -> Result<PipeRequest, StoreError> {
        match self.client.start_pipe().name(name).send().await {
            Ok(_) => Ok(PipeRequest::Accepted),
            Err(error) if is_conflict(&error) => Ok(PipeRequest::NotNow),
            Err(error) => Err(classify(START, &error)),
        }
    }

    /// Asks for a pipe to stop. It takes a while: [`Self::state`] shows when it is done.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn stop(&self, name: &str) -> Result<PipeRequest, StoreError> {
        match self.client.stop_pipe().name(name).send().await {
            Ok(_) => Ok(PipeRequest::Accepted),
            Err(error) if is_conflict(&error) => Ok(PipeRequest::NotNow),
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
    use aws_sdk_pipes::{
        Client,
        operation::{start_pipe::StartPipeOutput, stop_pipe::StopPipeOutput},
    };
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
    use aws_smithy_runtime_api::{client::orchestrator::HttpResponse, http::StatusCode};
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn against(rule: &Rule) -> Pipes {
        Pipes {
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
    async fn is_started_and_stopped_unless_it_already_is_or_nobody_may() {
        let start = mock!(Client::start_pipe)
            .match_requests(|call| call.name() == Some("p"))
            .then_output(|| StartPipeOutput::builder().build());
        assert_eq!(
            against(&start).start("p").await.unwrap(),
            PipeRequest::Accepted
        );
        let stop = mock!(Client::stop_pipe)
            .match_requests(|call| call.name() == Some("p"))
            .then_output(|| StopPipeOutput::builder().build());
        assert_eq!(
            against(&stop).stop("p").await.unwrap(),
            PipeRequest::Accepted
        );

        let there = mock!(Client::start_pipe).then_http_response(answer(409, "ConflictException"));
        assert_eq!(
            against(&there).start("p").await.unwrap(),
            PipeRequest::NotNow
        );
        let there = mock!(Client::stop_pipe).then_http_response(answer(409, "ConflictException"));
        assert_eq!(
            against(&there).stop("p").await.unwrap(),
            PipeRequest::NotNow
        );

        let denied =
            mock!(Client::stop_pipe).then_http_response(answer(403, "AccessDeniedException"));
        let error = against(&denied).stop("p").await.unwrap_err();
        assert!(matches!(error, StoreError::Permanent { operation, .. } if operation == STOP));
    }
}
