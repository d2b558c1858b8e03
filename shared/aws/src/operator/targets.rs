use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationError as FunctionError;
use aws_sdk_sfn::{
    operation::describe_state_machine::DescribeStateMachineError as MachineError,
    types::{IncludedData, StateMachineStatus},
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use domain::StoreError;

use crate::{
    Sdk,
    failure::{classify, permanent},
};

const FUNCTION: &str = "lambda:GetFunctionConfiguration";
const MACHINE: &str = "states:DescribeStateMachine";
const QUEUE: &str = "sqs:GetQueueUrl";
/// SQS has two codes for it: that of its current protocol, and that of the one before,
/// which it still sends along.
const NO_QUEUE: [&str; 2] = [
    "QueueDoesNotExist",
    "AWS.SimpleQueueService.NonExistentQueue",
];

/// Looks at what pipes deliver to, and invokes none of it.
#[derive(Debug, Clone)]
pub struct Targets {
    functions: aws_sdk_lambda::Client,
    machines: aws_sdk_sfn::Client,
    queues: aws_sdk_sqs::Client,
}

impl Targets {
    /// Targets that this account and region can see.
    #[must_use]
    pub fn new(sdk: &Sdk) -> Self {
        Self {
            functions: aws_sdk_lambda::Client::new(&sdk.config),
            machines: aws_sdk_sfn::Client::new(&sdk.config),
            queues: aws_sdk_sqs::Client::new(&sdk.config),
        }
    }

    /// Whether the target of this ARN exists. A state machine that is being deleted does not:
    /// it accepts no new execution.
    ///
    /// For a queue in another account that may not be read, SQS reports that it does not exist.
    ///
    /// # Errors
    /// As [`StoreError`] says; permanent also if the ARN is of a kind that none of our
    /// pipes has as target.
    pub async fn exists(&self, arn: &str) -> Result<bool, StoreError> {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        match parts[..] {
            [_, _, "lambda", ..] => self.function(arn).await,
            [_, _, "states", ..] => self.machine(arn).await,
            [_, _, "sqs", _, account, name] => self.queue(account, name).await,
            _ => Err(permanent(
                "the target",
                format!("{arn} is no function, state machine or queue"),
            )),
        }
    }

    async fn function(&self, arn: &str) -> Result<bool, StoreError> {
        let call = self.functions.get_function_configuration();
        match call.function_name(arn).send().await {
            Ok(_) => Ok(true),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(FunctionError::is_resource_not_found_exception) =>
            {
                Ok(false)
            }
            Err(error) => Err(classify(FUNCTION, &error)),
        }
    }

    async fn machine(&self, arn: &str) -> Result<bool, StoreError> {
        // To read the definition, a right to its encryption key would be needed.
        let call = self
            .machines
            .describe_state_machine()
            .included_data(IncludedData::MetadataOnly);
        match call.state_machine_arn(arn).send().await {
            Ok(machine) => Ok(machine.status != Some(StateMachineStatus::Deleting)),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(MachineError::is_state_machine_does_not_exist) =>
            {
                Ok(false)
            }
            Err(error) => Err(classify(MACHINE, &error)),
        }
    }

    async fn queue(&self, account: &str, name: &str) -> Result<bool, StoreError> {
        let call = self.queues.get_queue_url().queue_name(name);
        match call.queue_owner_aws_account_id(account).send().await {
            Ok(_) => Ok(true),
            Err(error)
                if error
                    .as_service_error()
                    .and_then(ProvideErrorMetadata::code)
                    .is_some_and(|code| NO_QUEUE.contains(&code)) =>
            {
                Ok(false)
            }
            Err(error) => Err(classify(QUEUE, &error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
    use aws_sdk_sfn::operation::describe_state_machine::DescribeStateMachineOutput;
    use aws_sdk_sqs::operation::get_queue_url::GetQueueUrlOutput;
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
    use aws_smithy_runtime_api::{client::orchestrator::HttpResponse, http::StatusCode};
    use aws_smithy_types::body::SdkBody;

    use super::*;

    const LAMBDA: &str = "arn:aws:lambda:eu-central-1:1:function:invoices:live";
    const STATES: &str = "arn:aws:states:eu-central-1:1:stateMachine:pushes";
    const SQS: &str = "arn:aws:sqs:eu-central-1:2:ledger.fifo";

    /// The clients answer by these rules, each by those of its own service.
    fn targets(lambda: &Rule, states: &Rule, sqs: &Rule) -> Targets {
        Targets {
            functions: mock_client!(aws_sdk_lambda, RuleMode::MatchAny, [lambda]),
            machines: mock_client!(aws_sdk_sfn, RuleMode::MatchAny, [states]),
            queues: mock_client!(aws_sdk_sqs, RuleMode::MatchAny, [sqs]),
        }
    }

    fn answer(status: u16, code: &'static str) -> HttpResponse {
        let status = StatusCode::try_from(status).unwrap();
        let mut answer = HttpResponse::new(status, SdkBody::from(r#"{"message":"m"}"#));
        answer.headers_mut().insert("x-amzn-errortype", code);
        answer
    }

    fn refusing(status: u16, codes: [&'static str; 3]) -> Targets {
        let [lambda, states, sqs] = codes;
        targets(
            &mock!(aws_sdk_lambda::Client::get_function_configuration)
                .then_http_response(move || answer(status, lambda)),
            &mock!(aws_sdk_sfn::Client::describe_state_machine)
                .then_http_response(move || answer(status, states)),
            &mock!(aws_sdk_sqs::Client::get_queue_url)
                .then_http_response(move || answer(status, sqs)),
        )
    }

    fn found(status: StateMachineStatus) -> Targets {
        targets(
            &mock!(aws_sdk_lambda::Client::get_function_configuration)
                .match_requests(|call| call.function_name() == Some(LAMBDA))
                .then_output(|| GetFunctionConfigurationOutput::builder().build()),
            &mock!(aws_sdk_sfn::Client::describe_state_machine)
                .match_requests(|call| {
                    call.state_machine_arn() == Some(STATES)
                        && call.included_data() == Some(&IncludedData::MetadataOnly)
                })
                .then_output(move || {
                    DescribeStateMachineOutput::builder()
                        .state_machine_arn(STATES)
                        .name("pushes")
                        .definition("{}")
                        .role_arn("arn:role")
                        .r#type("EXPRESS".into())
                        .creation_date(aws_smithy_types::DateTime::from_secs(0))
                        .status(status.clone())
                        .build()
                        .unwrap()
                }),
            &mock!(aws_sdk_sqs::Client::get_queue_url)
                .match_requests(|call| {
                    call.queue_name() == Some("ledger.fifo")
                        && call.queue_owner_aws_account_id() == Some("2")
                })
                .then_output(|| GetQueueUrlOutput::builder().queue_url("https://q").build()),
        )
    }

    #[tokio::test]
    async fn a_target_of_each_kind_is_looked_for_by_its_arn() {
        let all = found(StateMachineStatus::Active);
        for arn in [LAMBDA, STATES, SQS] {
            assert!(all.exists(arn).await.unwrap(), "{arn}");
        }
        let going = found(StateMachineStatus::Deleting);
        assert!(!going.exists(STATES).await.unwrap());
        assert!(all.exists("arn:aws:sns:eu-central-1:1:t").await.is_err());
        assert!(all.exists("nothing").await.is_err());
    }

    #[tokio::test]
    async fn that_there_is_none_is_an_answer_and_a_missing_right_is_not() {
        let gone = [
            "ResourceNotFoundException",
            "StateMachineDoesNotExist",
            "QueueDoesNotExist",
        ];
        let none = refusing(400, gone);
        let before = refusing(400, ["", "", NO_QUEUE[1]]);
        assert!(!before.exists(SQS).await.unwrap());
        let denied = refusing(403, ["AccessDeniedException"; 3]);
        for arn in [LAMBDA, STATES, SQS] {
            assert!(!none.exists(arn).await.unwrap(), "{arn}");
            let outcome = denied.exists(arn).await;
            assert!(
                matches!(outcome, Err(StoreError::Permanent { .. })),
                "{arn}"
            );
        }
    }
}
