use aws_sdk_secretsmanager::{Client, operation::get_secret_value::GetSecretValueError};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use domain::{EndpointName, KeyRing, KeyStore, StoreError};

use crate::{
    Sdk,
    failure::{classify, permanent},
};

pub(crate) const GET: &str = "secretsmanager:GetSecretValue";

/// One secret per endpoint, named `{prefix}{endpoint}`. Both its current and its
/// previous version count, so that a rotation has no gap.
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html>
#[derive(Debug, Clone)]
pub struct Secrets {
    pub(crate) client: Client,
    prefix: String,
}

impl Secrets {
    /// Reads the secrets whose names begin so.
    #[must_use]
    pub fn new(sdk: &Sdk, prefix: String) -> Self {
        Self {
            client: Client::new(&sdk.config),
            prefix,
        }
    }

    /// Over a client that a test answers for.
    #[cfg(test)]
    pub(crate) fn over(client: Client, prefix: &str) -> Self {
        Self {
            client,
            prefix: prefix.to_owned(),
        }
    }

    /// What an endpoint's secret is called.
    pub(crate) fn name(&self, endpoint: &EndpointName) -> String {
        format!("{}{endpoint}", self.prefix)
    }

    pub(crate) async fn version(
        &self,
        endpoint: &EndpointName,
        stage: &str,
    ) -> Result<Option<String>, SdkError<GetSecretValueError, HttpResponse>> {
        let answer = self
            .client
            .get_secret_value()
            .secret_id(self.name(endpoint))
            .version_stage(stage)
            .send()
            .await?;
        Ok(answer.secret_string)
    }
}

impl KeyStore for Secrets {
    async fn keys(&self, endpoint: &EndpointName) -> Result<KeyRing, StoreError> {
        let (current, previous) = tokio::join!(
            self.version(endpoint, "AWSCURRENT"),
            self.version(endpoint, "AWSPREVIOUS")
        );
        let current = current
            .map_err(|error| classify(GET, &error))?
            .ok_or_else(|| {
                permanent(
                    GET,
                    "the secret has no string value: put the provider's signing secret into it",
                )
            })?;
        let previous = match previous {
            Ok(value) => value,
            // Never rotated.
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetSecretValueError::is_resource_not_found_exception) =>
            {
                None
            }
            // To go on without it would refuse what the provider still signs with it.
            Err(error) => return Err(classify(GET, &error)),
        };
        KeyRing::from_versions(&current, previous.as_deref())
            .map_err(|problem| permanent(GET, problem.to_string()))
    }
}
