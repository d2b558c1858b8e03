use aws_sdk_lambda::Client;
use domain::StoreError;

use crate::{Sdk, failure::classify};

const GET: &str = "lambda:GetFunctionConfiguration";

/// Looks at functions, and calls none.
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
    use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
    use aws_smithy_mocks::{RuleMode, mock, mock_client};

    use super::*;

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
