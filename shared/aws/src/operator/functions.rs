use aws_sdk_lambda::{Client, primitives::Blob, types::InvocationType};
use domain::StoreError;

use crate::{
    Sdk,
    failure::{classify, permanent},
};

const GET: &str = "lambda:GetFunctionConfiguration";
const INVOKE: &str = "lambda:InvokeFunction";

/// Looks at functions, and asks those that answer people.
#[derive(Debug, Clone)]
pub struct Functions {
    client: Client,
}

/// A function as Lambda sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FunctionState {
    /// For instance `Active`.
    pub state: String,
    /// `Successful`, `Failed` or `InProgress`.
    pub last_update: String,
    /// Why either of them is not healthy, where Lambda says so.
    pub reason: Option<String>,
}

impl Functions {
    /// Functions of this account and region.
    #[must_use]
    pub fn new(sdk: &Sdk) -> Self {
        Self {
            client: Client::new(&sdk.config),
        }
    }

    /// What the function of this name answers. It may be asked more than once.
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>
    ///
    /// # Errors
    /// As [`StoreError`] says; permanent if the function fails. Its own answer is not in it: it may show the event.
    pub async fn invoke(&self, name: &str, payload: Vec<u8>) -> Result<Vec<u8>, StoreError> {
        let answer = self
            .client
            .invoke()
            .function_name(name)
            .invocation_type(InvocationType::RequestResponse)
            .payload(Blob::new(payload))
            .send()
            .await
            .map_err(|error| classify(INVOKE, &error))?;
        if answer.function_error.is_some() {
            let why = format!("the function {name} failed: its log says why");
            return Err(permanent(INVOKE, why));
        }
        Ok(answer.payload.map(Blob::into_inner).unwrap_or_default())
    }

    /// The state of the function of this name.
    ///
    /// # Errors
    /// As [`StoreError`] says; permanent also if there is none.
    pub async fn state(&self, name: &str) -> Result<FunctionState, StoreError> {
        let answer = self
            .client
            .get_function_configuration()
            .function_name(name)
            .send()
            .await
            .map_err(|error| classify(GET, &error))?;
        Ok(FunctionState {
            state: answer
                .state
                .map(|state| state.as_str().to_owned())
                .unwrap_or_default(),
            last_update: answer
                .last_update_status
                .map(|status| status.as_str().to_owned())
                .unwrap_or_default(),
            reason: [answer.state_reason, answer.last_update_status_reason]
                .into_iter()
                .flatten()
                .find(|reason| !reason.is_empty()),
        })
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_lambda::operation::{
        get_function_configuration::GetFunctionConfigurationOutput, invoke::InvokeOutput,
    };
    use aws_smithy_mocks::{RuleMode, mock, mock_client};

    use super::*;

    #[tokio::test]
    async fn answers_unless_it_fails_and_then_shows_nothing() {
        for failed in [None, Some("Unhandled")] {
            let rule = mock!(Client::invoke)
                .match_requests(|call| {
                    call.function_name() == Some("coatcheck-redact")
                        && call.invocation_type() == Some(&InvocationType::RequestResponse)
                        && call.payload().is_some_and(|sent| sent.as_ref() == b"{}")
                })
                .then_output(move || {
                    InvokeOutput::builder()
                        .set_function_error(failed.map(str::to_owned))
                        .payload(Blob::new("CANARY"))
                        .build()
                });
            let functions = Functions {
                client: mock_client!(aws_sdk_lambda, RuleMode::MatchAny, [&rule]),
            };
            match functions.invoke("coatcheck-redact", b"{}".to_vec()).await {
                Ok(answer) => assert_eq!((failed, &*answer), (None, &b"CANARY"[..])),
                Err(error) => {
                    let why = domain::with_causes(&error);
                    assert!(failed.is_some() && why.contains("its log") && !why.contains("CANARY"));
                }
            }
        }
    }

    #[tokio::test]
    async fn has_a_state_and_maybe_a_reason() {
        let rule = mock!(Client::get_function_configuration)
            .match_requests(|call| call.function_name() == Some("coatcheck-ingest"))
            .then_output(|| {
                GetFunctionConfigurationOutput::builder()
                    .state("Active".into())
                    .state_reason("")
                    .last_update_status("Failed".into())
                    .last_update_status_reason("the key is disabled")
                    .build()
            });
        let functions = Functions {
            client: mock_client!(aws_sdk_lambda, RuleMode::MatchAny, [&rule]),
        };
        let expected = FunctionState {
            state: "Active".to_owned(),
            last_update: "Failed".to_owned(),
            reason: Some("the key is disabled".to_owned()),
        };
        assert_eq!(functions.state("coatcheck-ingest").await.unwrap(), expected);
    }
}
