use aws_sdk_secretsmanager::{Client, operation::get_secret_value::GetSecretValueError};
use domain::{EndpointName, Secret, StoreError};

use crate::{Sdk, failure::classify, secrets::GET};

const PUT: &str = "secretsmanager:PutSecretValue";

/// The secrets of endpoints whose keys an issuer publishes, named `{prefix}{endpoint}`.
#[derive(Debug, Clone)]
pub struct IssuerKeys {
    client: Client,
    prefix: String,
}

impl IssuerKeys {
    /// The secrets whose names begin with this prefix.
    #[must_use]
    pub fn new(sdk: &Sdk, prefix: String) -> Self {
        Self {
            client: Client::new(&sdk.config),
            prefix,
        }
    }

    /// The current value; none if there is none, or if it is no text.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn current(&self, endpoint: &EndpointName) -> Result<Option<Secret>, StoreError> {
        let get = self.client.get_secret_value().secret_id(self.id(endpoint));
        match get.send().await {
            // A local cloud returns an empty text for a secret without a version.
            Ok(answer) => Ok(answer
                .secret_string
                .filter(|text| !text.is_empty())
                .map(Secret::new)),
            // Without a value it is answered like this.
            // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetSecretValueError::is_resource_not_found_exception) =>
            {
                Ok(None)
            }
            Err(error) => Err(classify(GET, &error)),
        }
    }

    /// Makes this the current value.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn put(&self, endpoint: &EndpointName, text: &Secret) -> Result<(), StoreError> {
        let put = self.client.put_secret_value();
        put.secret_id(self.id(endpoint))
            .secret_string(text.expose())
            .send()
            .await
            .map(drop)
            .map_err(|error| classify(PUT, &error))
    }

    fn id(&self, endpoint: &EndpointName) -> String {
        format!("{}{endpoint}", self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_secretsmanager::{
        operation::{
            get_secret_value::GetSecretValueOutput, put_secret_value::PutSecretValueOutput,
        },
        types::error::ResourceNotFoundException,
    };
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
    use aws_smithy_types::error::ErrorMetadata;

    use super::*;

    fn against(rule: &Rule) -> IssuerKeys {
        IssuerKeys {
            client: mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [rule]),
            prefix: "stack/endpoints/".to_owned(),
        }
    }

    fn endpoint() -> EndpointName {
        EndpointName::try_from("google".to_owned()).unwrap()
    }

    #[tokio::test]
    async fn no_value_is_no_failure_and_a_refusal_is_one() {
        let text = mock!(Client::get_secret_value)
            .match_requests(|call| call.secret_id() == Some("stack/endpoints/google"))
            .then_output(|| {
                GetSecretValueOutput::builder()
                    .secret_string("canary")
                    .build()
            });
        let found = against(&text).current(&endpoint()).await.unwrap();
        assert_eq!(found.unwrap().expose(), "canary");
        let gone = mock!(Client::get_secret_value).then_error(|| {
            let gone = ResourceNotFoundException::builder().build();
            GetSecretValueError::ResourceNotFoundException(gone)
        });
        let empty = mock!(Client::get_secret_value)
            .then_output(|| GetSecretValueOutput::builder().secret_string("").build());
        for rule in [gone, empty] {
            assert_eq!(against(&rule).current(&endpoint()).await.unwrap(), None);
        }
        let denied = mock!(Client::get_secret_value).then_error(|| {
            let denied = ErrorMetadata::builder().code("AccessDeniedException");
            GetSecretValueError::generic(denied.build())
        });
        let outcome = against(&denied).current(&endpoint()).await;
        assert!(matches!(outcome, Err(StoreError::Permanent { .. })));
    }

    #[tokio::test]
    async fn a_value_is_put_under_the_endpoints_name() {
        let put = mock!(Client::put_secret_value)
            .match_requests(|call| {
                call.secret_id() == Some("stack/endpoints/google")
                    && call.secret_string() == Some("x")
            })
            .then_output(|| PutSecretValueOutput::builder().build());
        against(&put)
            .put(&endpoint(), &Secret::new("x"))
            .await
            .unwrap();
        assert_eq!(put.num_calls(), 1);
    }
}
