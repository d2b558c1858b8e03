use domain::{DatedVersion, EndpointName, KeyRing, KeyStore, Secret, StoreError, Timestamp};
use serde::Deserialize;
use serde_json::json;

use crate::{
    Environment,
    client::Answer,
    environment::ServiceName,
    service::{JsonAction, Service, permanent},
};

const GET: JsonAction = JsonAction {
    operation: "secretsmanager:GetSecretValue",
    target: "secretsmanager.GetSecretValue",
    content_type: "application/x-amz-json-1.1",
};

/// One secret per endpoint, named `{prefix}{endpoint}`. Both its current and its
/// previous version are accepted, so that a rotation has no gap.
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html>
#[derive(Debug)]
pub struct Secrets {
    service: Service,
    prefix: String,
}

#[derive(Deserialize)]
struct Value {
    #[serde(rename = "SecretString")]
    text: Option<Secret>,
    /// Seconds, with a fraction.
    #[serde(rename = "CreatedDate")]
    created: Option<f64>,
}

impl From<Value> for DatedVersion {
    fn from(value: Value) -> Self {
        let created = value.created.map(|seconds| (seconds * 1e6) as i64);
        Self {
            text: value.text,
            created_at: created.and_then(|at| Timestamp::from_microsecond(at).ok()),
        }
    }
}

impl Secrets {
    /// Reads the secrets whose names begin with this prefix.
    #[must_use]
    pub fn new(environment: &Environment, prefix: String) -> Self {
        let service = Service::new(environment, ServiceName::SecretsManager);
        Self { service, prefix }
    }

    /// Connects, once for each version of a secret, so that the first request need not.
    pub async fn warm(&self) {
        self.service.warm(2).await;
    }

    async fn version(
        &self,
        endpoint: &EndpointName,
        stage: &str,
    ) -> Result<Result<DatedVersion, Answer>, StoreError> {
        let name = format!("{}{endpoint}", self.prefix);
        let input = json!({"SecretId": name, "VersionStage": stage});
        let answer = self.service.json::<Value>(&GET, &input).await?;
        Ok(answer.map(Into::into))
    }
}

impl KeyStore for Secrets {
    async fn keys(&self, endpoint: &EndpointName) -> Result<KeyRing, StoreError> {
        let (current, previous) = tokio::join!(
            self.version(endpoint, "AWSCURRENT"),
            self.version(endpoint, "AWSPREVIOUS")
        );
        let refused = |answer: Answer| answer.refused(GET.operation);
        let current = current?.map_err(refused)?;
        let previous = match previous? {
            Ok(value) => Some(value),
            // Never rotated.
            Err(answer) if answer.is("ResourceNotFoundException") => None,
            // Continuing without it would refuse what the provider still signs with it.
            Err(answer) => return Err(refused(answer)),
        };
        KeyRing::of_secret(&current, previous.as_ref())
            .map_err(|problem| permanent(GET.operation, problem.to_string()))
    }
}
