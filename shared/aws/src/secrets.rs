use aws_sdk_secretsmanager::{Client, operation::get_secret_value::GetSecretValueError};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use domain::{EndpointName, KeyRing, KeyStore, StoreError, Timestamp};

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
        Ok(self.dated(endpoint, stage).await?.text)
    }

    async fn dated(
        &self,
        endpoint: &EndpointName,
        stage: &str,
    ) -> Result<Dated, SdkError<GetSecretValueError, HttpResponse>> {
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
        Ok(Dated {
            text: answer.secret_string,
            created_at,
        })
    }
}

/// A version of a secret. Its value never changes.
struct Dated {
    text: Option<String>,
    created_at: Option<Timestamp>,
}

/// Since when these have been the current and the previous version; `None` if that is
/// unknown. A new version becomes current when it is created, and the current one becomes
/// previous. So a previous one that is as young was moved there by hand, or read after a
/// rotation that the current one was read before.
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html>
fn since(current: &Dated, previous: Option<&Dated>) -> Option<Timestamp> {
    let since = current.created_at?;
    match previous {
        Some(previous) => (previous.created_at? < since).then_some(since),
        None => Some(since),
    }
}

impl KeyStore for Secrets {
    async fn keys(&self, endpoint: &EndpointName) -> Result<KeyRing, StoreError> {
        let (current, previous) = tokio::join!(
            self.dated(endpoint, "AWSCURRENT"),
            self.dated(endpoint, "AWSPREVIOUS")
        );
        let current = current.map_err(|error| classify(GET, &error))?;
        let text = current.text.as_deref().ok_or_else(|| {
            permanent(
                GET,
                "the secret has no string value: put the provider's signing secret into it",
            )
        })?;
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
        let before = previous.as_ref().and_then(|one| one.text.as_deref());
        let ring = KeyRing::from_versions(text, before)
            .map_err(|problem| permanent(GET, problem.to_string()))?;
        Ok(match since(&current, previous.as_ref()) {
            Some(since) => ring.held_since(since),
            None => ring,
        })
    }
}
