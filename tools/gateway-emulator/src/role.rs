//! Acting under an integration's role.
//!
//! The emulator takes the role on through STS, once it has seen that the role's trust policy names API Gateway, and
//! signs the call with the session: then the local cloud judges it by the role's policies. It cannot tell STS
//! `aws:SourceArn` and `aws:SourceAccount`, so nobody can take on a role whose trust policy asks for them (as AWS
//! advises). Then the emulator's own credentials make the call, after `SimulatePrincipalPolicy` has said that the role
//! may.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_sdk_iam::types::PolicyEvaluationDecisionType;
use percent_encoding::percent_decode_str;
use tokio::time::Instant;
use tracing::{info, warn};

use crate::definitions::said;
use crate::trust::{Caller, Trust, trust};

/// How long a role is taken for what it was.
const BELIEF: Duration = Duration::from_secs(2);

/// How calls are made for a role.
#[derive(Debug, Clone)]
enum Acting {
    /// Under the role itself.
    Session(Credentials),
    /// With the emulator's credentials, after asking.
    Asking,
}

/// What the local cloud knows about roles.
#[derive(Debug)]
pub(crate) struct Roles {
    config: SdkConfig,
    iam: aws_sdk_iam::Client,
    sts: aws_sdk_sts::Client,
    known: Mutex<HashMap<(String, String), (Instant, Acting)>>,
}

impl Roles {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self {
            config: config.clone(),
            iam: aws_sdk_iam::Client::new(config),
            sts: aws_sdk_sts::Client::new(config),
            known: Mutex::default(),
        }
    }

    /// Credentials for one call to S3 under the role; `None` where it was asked, and the role may not do it.
    ///
    /// # Errors
    /// The role does not trust API Gateway, or cannot be asked about; in words for the log.
    pub(crate) async fn credentials(
        &self,
        role: &str,
        caller: Caller<'_>,
        action: &str,
        resource: &str,
    ) -> Result<Option<Credentials>, String> {
        match self.acting(role, caller).await? {
            Acting::Session(credentials) => Ok(Some(credentials)),
            Acting::Asking if self.may(role, action, resource).await? => self.own().await.map(Some),
            Acting::Asking => Ok(None),
        }
    }

    async fn acting(&self, role: &str, caller: Caller<'_>) -> Result<Acting, String> {
        let key = (role.to_owned(), caller.method_arn.to_owned());
        let known = self
            .known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .cloned();
        if let Some((at, acting)) = known
            && at.elapsed() < BELIEF
        {
            return Ok(acting);
        }
        let acting = self.assume(role, caller).await?;
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key, (Instant::now(), acting.clone()));
        Ok(acting)
    }

    async fn assume(&self, role: &str, caller: Caller<'_>) -> Result<Acting, String> {
        let name = role.rsplit('/').next().unwrap_or(role);
        let answer = self.iam.get_role().role_name(name).send().await;
        let answer = answer.map_err(|error| said("iam:GetRole", &error))?;
        let document = answer
            .role
            .and_then(|role| role.assume_role_policy_document)
            .unwrap_or_default();
        let document = percent_decode_str(&document).decode_utf8_lossy();
        let verdict = trust(&document, caller);
        if verdict == Trust::No {
            return Err(format!(
                "the trust policy of {role} does not allow apigateway.amazonaws.com to assume it"
            ));
        }
        let request = self.sts.assume_role().role_arn(role);
        let session = match request.role_session_name("gateway-emulator").send().await {
            Ok(answer) => answer.credentials,
            Err(error) if verdict == Trust::Any => return Err(said("sts:AssumeRole", &error)),
            Err(_) => {
                info!(
                    role,
                    "STS cannot be told the source of the call: rights are asked for one by one"
                );
                return Ok(Acting::Asking);
            }
        };
        let session = session.ok_or("sts:AssumeRole: no credentials in the answer")?;
        Ok(Acting::Session(Credentials::new(
            session.access_key_id,
            session.secret_access_key,
            Some(session.session_token),
            None,
            "gateway-emulator",
        )))
    }

    /// Whether the role's policies allow the action on the resource.
    async fn may(&self, role: &str, action: &str, resource: &str) -> Result<bool, String> {
        let request = self.iam.simulate_principal_policy().policy_source_arn(role);
        let request = request.action_names(action).resource_arns(resource);
        let answer = request.send().await;
        let answer = answer.map_err(|error| said("iam:SimulatePrincipalPolicy", &error))?;
        let results = answer.evaluation_results();
        let allowed = !results.is_empty()
            && results
                .iter()
                .all(|result| result.eval_decision == PolicyEvaluationDecisionType::Allowed);
        if !allowed {
            warn!(role, action, "the integration's role is not authorized");
        }
        Ok(allowed)
    }

    async fn own(&self) -> Result<Credentials, String> {
        const NONE: &str = "the emulator has no credentials of its own";
        let provider = self.config.credentials_provider().ok_or(NONE)?;
        provider
            .provide_credentials()
            .await
            .map_err(|_| NONE.to_owned())
    }
}
