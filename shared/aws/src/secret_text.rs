use aws_sdk_secretsmanager::Client;
use domain::{Secret, StoreError};

use crate::{
    Sdk,
    failure::{classify, permanent},
    secrets::GET,
};

/// One secret, read as the text that it is.
#[derive(Debug, Clone)]
pub struct SecretText {
    pub(crate) client: Client,
    pub(crate) id: String,
}

impl SecretText {
    /// The secret of this name or ARN.
    #[must_use]
    pub fn new(sdk: &Sdk, id: String) -> Self {
        Self {
            client: Client::new(&sdk.config),
            id,
        }
    }

    /// Its current value, read again at each call.
    ///
    /// # Errors
    /// As [`StoreError`] says. A secret that has no value yet is permanent: someone has to put one.
    pub async fn read(&self) -> Result<Secret, StoreError> {
        let answer = self
            .client
            .get_secret_value()
            .secret_id(&self.id)
            .send()
            .await
            .map_err(|error| classify(GET, &error))?;
        let text = answer
            .secret_string
            .ok_or_else(|| permanent(GET, "the secret has no string value"))?;
        Ok(Secret::new(text))
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_secretsmanager::{
        operation::get_secret_value::{GetSecretValueError, GetSecretValueOutput},
        types::error::ResourceNotFoundException,
    };
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};

    use super::*;

    fn against(rule: &Rule) -> SecretText {
        SecretText {
            client: mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [rule]),
            id: "stack/subscriptions/crm".into(),
        }
    }

    #[tokio::test]
    async fn reads_the_current_value_of_its_own_secret() {
        let rule = mock!(Client::get_secret_value)
            .match_requests(|call| call.secret_id() == Some("stack/subscriptions/crm"))
            .then_output(|| {
                GetSecretValueOutput::builder()
                    .secret_string("{\"header\":\"x\"}")
                    .build()
            });
        let text = against(&rule).read().await.unwrap();
        assert_eq!(text.expose(), "{\"header\":\"x\"}");
        assert!(!format!("{text:?}").contains("header"));
    }

    #[tokio::test]
    async fn someone_has_to_put_a_value_that_is_missing() {
        let none =
            mock!(Client::get_secret_value).then_output(|| GetSecretValueOutput::builder().build());
        let gone = mock!(Client::get_secret_value).then_error(|| {
            GetSecretValueError::ResourceNotFoundException(
                ResourceNotFoundException::builder().build(),
            )
        });
        for rule in [none, gone] {
            let error = against(&rule).read().await.unwrap_err();
            assert!(matches!(error, StoreError::Permanent { .. }), "{error:?}");
        }
    }
}
