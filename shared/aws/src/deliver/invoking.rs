use aws_sdk_lambda::{Client, config::Builder, primitives::Blob, types::InvocationType};
use domain::StoreError;

use super::{once, patient};
use crate::{Sdk, failure::classify};

const INVOKE: &str = "lambda:InvokeFunction";

/// Calls functions and waits for their answers.
#[derive(Debug, Clone)]
pub struct Invoking {
    client: Client,
}

/// What a function did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invoked {
    /// It answered this.
    Answered(Vec<u8>),
    /// It failed. Its answer may show the event, so it is not read.
    Failed,
}

impl Invoking {
    /// Functions that the role may call.
    #[must_use]
    pub fn new(sdk: &Sdk) -> Self {
        let config = Builder::from(&sdk.config)
            .retry_config(once())
            .timeout_config(patient())
            .build();
        Self {
            client: Client::from_conf(config),
        }
    }

    #[cfg(test)]
    fn over(client: Client) -> Self {
        Self { client }
    }

    /// Calls the function of this ARN once.
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>
    ///
    /// # Errors
    /// As [`StoreError`] says. It may have run anyway.
    pub async fn invoke(&self, arn: &str, payload: Vec<u8>) -> Result<Invoked, StoreError> {
        let answer = self
            .client
            .invoke()
            .function_name(arn)
            .invocation_type(InvocationType::RequestResponse)
            .payload(Blob::new(payload))
            .send()
            .await
            .map_err(|error| classify(INVOKE, &error))?;
        if answer.function_error.is_some() {
            return Ok(Invoked::Failed);
        }
        let payload = answer.payload.map(Blob::into_inner);
        Ok(Invoked::Answered(payload.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_lambda::operation::invoke::InvokeOutput;
    use aws_smithy_mocks::{RuleMode, mock, mock_client};

    use super::*;

    #[tokio::test]
    async fn an_answer_is_one_unless_the_function_failed() {
        for (failed, expected) in [
            (None, Invoked::Answered(b"null".to_vec())),
            (Some("Unhandled"), Invoked::Failed),
        ] {
            let rule = mock!(Client::invoke)
                .match_requests(|call| {
                    call.function_name() == Some("arn:f")
                        && call.invocation_type() == Some(&InvocationType::RequestResponse)
                        && call.payload().is_some_and(|sent| sent.as_ref() == b"[]")
                })
                .then_output(move || {
                    InvokeOutput::builder()
                        .set_function_error(failed.map(str::to_owned))
                        .payload(Blob::new("null"))
                        .build()
                });
            let client = mock_client!(aws_sdk_lambda, RuleMode::MatchAny, [&rule]);
            let invoked = Invoking::over(client).invoke("arn:f", b"[]".to_vec()).await;
            assert_eq!(invoked.unwrap(), expected);
        }
    }
}
