use aws_sdk_secretsmanager::{Client, operation::get_secret_value::GetSecretValueError};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use domain::{DatedVersion, EndpointName, KeyRing, KeyStore, Secret, StoreError, Timestamp};

use crate::{
    Sdk,
    failure::{classify, permanent},
};

pub(crate) const GET: &str = "secretsmanager:GetSecretValue";

/// One secret per endpoint, named `{prefix}{endpoint}`. Both its current and its
/// previous version are accepted, so that a rotation has no gap.
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html>
#[derive(Debug, Clone)]
pub struct Secrets {
    pub(crate) client: Client,
    prefix: String,
}

impl Secrets {
    /// Reads the secrets whose names begin with this prefix.
    #[must_use]
    pub fn new(sdk: &Sdk, prefix: String) -> Self {
        Self {
            client: Client::new(&sdk.config),
            prefix,
        }
    }

    /// Over a client that a test provides answers for.
    #[cfg(test)]
    pub(crate) fn over(client: Client, prefix: &str) -> Self {
        Self {
            client,
            prefix: prefix.to_owned(),
        }
    }

    /// The name of an endpoint's secret.
    pub(crate) fn name(&self, endpoint: &EndpointName) -> String {
        format!("{}{endpoint}", self.prefix)
    }

    #[cfg(feature = "operator")]
    pub(crate) async fn version(
        &self,
        endpoint: &EndpointName,
        stage: &str,
    ) -> Result<Option<String>, SdkError<GetSecretValueError, HttpResponse>> {
        let text = self.dated(endpoint, stage).await?.text;
        Ok(text.map(|text| text.expose().to_owned()))
    }

    async fn dated(
        &self,
        endpoint: &EndpointName,
        stage: &str,
    ) -> Result<DatedVersion, SdkError<GetSecretValueError, HttpResponse>> {
        let answer = self
            .client
            .get_secret_value()
            .secret_id(self.name(endpoint))
            .version_stage(stage)
            .send()
            .await?;
        let created_at = answer
            .created_date
            .and_then(|at| Timestamp::new(at.secs(), at.subsec_nanos().try_into().ok()?).ok());
        Ok(DatedVersion {
            text: answer.secret_string.map(Secret::new),
            created_at,
        })
    }
}

impl KeyStore for Secrets {
    async fn keys(&self, endpoint: &EndpointName) -> Result<KeyRing, StoreError> {
        let (current, previous) = tokio::join!(
            self.dated(endpoint, "AWSCURRENT"),
            self.dated(endpoint, "AWSPREVIOUS")
        );
        let current = current.map_err(|error| classify(GET, &error))?;
        let previous = match previous {
            Ok(value) => Some(value),
            // Never rotated.
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetSecretValueError::is_resource_not_found_exception) =>
            {
                None
            }
            // Continuing without it would refuse what the provider still signs with it.
            Err(error) => return Err(classify(GET, &error)),
        };
        KeyRing::of_secret(&current, previous.as_ref())
            .map_err(|problem| permanent(GET, problem.to_string()))
    }
}
