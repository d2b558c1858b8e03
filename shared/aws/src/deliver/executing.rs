use aws_sdk_sfn::{
    Client,
    config::{
        Builder, ConfigBag, Intercept, RuntimeComponents,
        interceptors::BeforeTransmitInterceptorContextMut,
    },
    error::BoxError,
    types::SyncExecutionStatus,
};
use domain::StoreError;

use super::{once, patient};
use crate::{Sdk, failure::classify};

const RUN: &str = "states:StartSyncExecution";
const START: &str = "states:StartExecution";

/// Starts executions of state machines.
#[derive(Debug, Clone)]
pub struct Executions {
    client: Client,
    /// A cloud on this machine has no host names for services.
    one_host: bool,
}

impl Executions {
    /// State machines that the role may start.
    #[must_use]
    pub fn new(sdk: &Sdk) -> Self {
        let config = Builder::from(&sdk.config)
            .retry_config(once())
            .timeout_config(patient())
            .build();
        Self {
            client: Client::from_conf(config),
            one_host: sdk.path_style,
        }
    }

    #[cfg(test)]
    fn over(client: Client) -> Self {
        Self {
            client,
            one_host: false,
        }
    }

    /// Runs an EXPRESS workflow to its end: its output, or `None` if it did not succeed.
    /// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html>
    ///
    /// # Errors
    /// As [`StoreError`] says. It may have run anyway.
    pub async fn run(&self, arn: &str, input: String) -> Result<Option<String>, StoreError> {
        let call = self
            .client
            .start_sync_execution()
            .state_machine_arn(arn)
            .input(input)
            .customize();
        let call = if self.one_host {
            call.interceptor(OneHost)
        } else {
            call
        };
        let answer = call.send().await.map_err(|error| classify(RUN, &error))?;
        let succeeded = answer.status == SyncExecutionStatus::Succeeded;
        Ok(succeeded.then(|| answer.output.unwrap_or_default()))
    }

    /// Starts a STANDARD workflow. The name makes two starts one: for 90 days there is no second
    /// execution with it.
    /// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>
    ///
    /// # Errors
    /// As [`StoreError`] says. It may have started anyway.
    pub async fn start(&self, arn: &str, name: &str, input: String) -> Result<(), StoreError> {
        let outcome = self
            .client
            .start_execution()
            .state_machine_arn(arn)
            .name(name)
            .input(input)
            .send()
            .await;
        match outcome {
            Ok(_) => Ok(()),
            Err(error) => {
                let service = error.as_service_error();
                if service.is_some_and(|error| error.is_execution_already_exists()) {
                    return Ok(());
                }
                Err(classify(START, &error))
            }
        }
    }
}

/// Removes the `sync-` that the SDK puts before the host for this one call.
#[derive(Debug)]
struct OneHost;

impl Intercept for OneHost {
    fn name(&self) -> &'static str {
        "OneHost"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        let uri = request.uri().replacen("://sync-", "://", 1);
        request.set_uri(uri).map_err(Into::into)
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sfn::{
        operation::{
            start_execution::{StartExecutionError, StartExecutionOutput},
            start_sync_execution::StartSyncExecutionOutput,
        },
        primitives::DateTime,
        types::error::ExecutionAlreadyExists,
    };
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};

    use super::*;

    fn against(rule: &Rule) -> Executions {
        Executions::over(mock_client!(aws_sdk_sfn, RuleMode::MatchAny, [rule]))
    }

    #[tokio::test]
    async fn an_express_workflow_must_succeed() {
        for (status, expected) in [
            (SyncExecutionStatus::Succeeded, Some("[]".to_owned())),
            (SyncExecutionStatus::Failed, None),
            (SyncExecutionStatus::TimedOut, None),
        ] {
            let rule = mock!(Client::start_sync_execution)
                .match_requests(|call| call.input() == Some("[{}]"))
                .then_output(move || {
                    StartSyncExecutionOutput::builder()
                        .execution_arn("arn:e")
                        .start_date(DateTime::from_secs(0))
                        .stop_date(DateTime::from_secs(0))
                        .status(status.clone())
                        .output("[]")
                        .build()
                        .unwrap()
                });
            let output = against(&rule).run("arn:m", "[{}]".to_owned()).await;
            assert_eq!(output.unwrap(), expected);
        }
    }

    #[tokio::test]
    async fn a_standard_workflow_starts_once() {
        let started = mock!(Client::start_execution)
            .match_requests(|call| call.name() == Some("m1"))
            .then_output(|| {
                StartExecutionOutput::builder()
                    .execution_arn("arn:e")
                    .start_date(DateTime::from_secs(0))
                    .build()
                    .unwrap()
            });
        let executions = against(&started);
        let start = executions.start("arn:m", "m1", "[]".to_owned());
        start.await.unwrap();
        let there = mock!(Client::start_execution).then_error(|| {
            let there = ExecutionAlreadyExists::builder().message("m").build();
            StartExecutionError::ExecutionAlreadyExists(there)
        });
        let executions = against(&there);
        let start = executions.start("arn:m", "m1", "[]".to_owned());
        start.await.unwrap();
    }
}
