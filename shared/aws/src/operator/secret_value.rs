use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;
use domain::{Secret, StoreError};

use crate::{SecretText, failure::classify, secrets::GET};

const PUT: &str = "secretsmanager:PutSecretValue";

/// The current version of a secret.
#[derive(Debug, Clone)]
pub struct SecretVersion {
    /// Its value.
    pub value: SecretValue,
    /// Another one after each change; none if there is no value.
    pub version: Option<String>,
}

/// What a secret holds.
#[derive(Debug, Clone)]
pub enum SecretValue {
    /// Nothing: no value was ever put.
    Missing,
    /// A text.
    Text(Secret),
    /// Bytes.
    Binary,
}

impl SecretText {
    /// Its current version. A secret that does not exist is like one without a value: putting one
    /// fails.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn current(&self) -> Result<SecretVersion, StoreError> {
        let get = self.client.get_secret_value().secret_id(&self.id);
        let answer = match get.send().await {
            Ok(answer) => answer,
            // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetSecretValueError::is_resource_not_found_exception) =>
            {
                return Ok(SecretVersion {
                    value: SecretValue::Missing,
                    version: None,
                });
            }
            Err(error) => return Err(classify(GET, &error)),
        };
        let value = match answer.secret_string {
            _ if answer.secret_binary.is_some() => SecretValue::Binary,
            // A local cloud returns an empty text for a secret without a version.
            Some(text) if !text.is_empty() => SecretValue::Text(Secret::new(text)),
            _ => SecretValue::Missing,
        };
        Ok(SecretVersion {
            value,
            version: answer.version_id,
        })
    }

    /// Makes this text its current version.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn put(&self, text: &Secret) -> Result<(), StoreError> {
        self.client
            .put_secret_value()
            .secret_id(&self.id)
            .secret_string(text.expose())
            .send()
            .await
            .map(drop)
            .map_err(|error| classify(PUT, &error))
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_secretsmanager::{
        Client,
        operation::{
            get_secret_value::GetSecretValueOutput, put_secret_value::PutSecretValueOutput,
        },
        primitives::Blob,
        types::error::ResourceNotFoundException,
    };
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
    use aws_smithy_types::error::ErrorMetadata;

    use super::*;

    const ID: &str = "stack/subscriptions/crm";

    fn against(rule: &Rule) -> SecretText {
        SecretText {
            client: mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [rule]),
            id: ID.to_owned(),
        }
    }

    fn answer(text: Option<&'static str>, bytes: Option<&'static str>) -> Rule {
        mock!(Client::get_secret_value)
            .match_requests(|call| call.secret_id() == Some(ID))
            .then_output(move || {
                GetSecretValueOutput::builder()
                    .set_secret_string(text.map(str::to_owned))
                    .set_secret_binary(bytes.map(Blob::new))
                    .version_id("v1")
                    .build()
            })
    }

    #[tokio::test]
    async fn a_text_comes_with_its_version_and_bytes_are_not_taken_for_nothing() {
        let text = against(&answer(Some("canary"), None))
            .current()
            .await
            .unwrap();
        assert!(matches!(&text.value, SecretValue::Text(text) if text.expose() == "canary"));
        assert_eq!(text.version.as_deref(), Some("v1"));
        assert!(!format!("{text:?}").contains("canary"));
        let binary = against(&answer(None, Some("x"))).current().await.unwrap();
        assert!(matches!(binary.value, SecretValue::Binary));
    }

    #[tokio::test]
    async fn no_value_is_no_failure_and_a_refusal_is_one() {
        let gone = mock!(Client::get_secret_value).then_error(|| {
            let gone = ResourceNotFoundException::builder().build();
            GetSecretValueError::ResourceNotFoundException(gone)
        });
        for rule in [answer(Some(""), None), gone] {
            let version = against(&rule).current().await.unwrap();
            assert!(matches!(version.value, SecretValue::Missing));
        }
        let denied = mock!(Client::get_secret_value).then_error(|| {
            let denied = ErrorMetadata::builder().code("AccessDeniedException");
            GetSecretValueError::generic(denied.build())
        });
        let outcome = against(&denied).current().await;
        assert!(matches!(outcome, Err(StoreError::Permanent { .. })));
    }

    #[tokio::test]
    async fn a_text_is_put_as_it_is() {
        let put = mock!(Client::put_secret_value)
            .match_requests(|call| {
                call.secret_id() == Some(ID) && call.secret_string() == Some("{\"header\":\"x\"}")
            })
            .then_output(|| PutSecretValueOutput::builder().build());
        let secret = Secret::new("{\"header\":\"x\"}");
        against(&put).put(&secret).await.unwrap();
        assert_eq!(put.num_calls(), 1);
    }
}
