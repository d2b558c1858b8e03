//! Acting under a role that a service of AWS would assume.
//!
//! An emulator assumes the role through STS, once it has seen that the role's trust policy names the service, and
//! makes its calls with the session, so that the local cloud judges them by the role's policies. STS accepts neither
//! `aws:SourceArn` nor `aws:SourceAccount` from a caller, so the emulator cannot assume a role whose trust policy requires
//! them (as AWS advises). In that case it makes the call with its own credentials, after `SimulatePrincipalPolicy` has
//! confirmed the role's right.

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use percent_encoding::percent_decode_str;
use tracing::info;

use crate::{
    condition::{CallContext, settled},
    control_plane::{ControlPlane, texts},
    failure::Failure,
    process::Clock,
    trust::{Caller, Trust, trust},
};

/// IAM's version of its API.
const IAM: &str = "2010-05-08";

/// What the local cloud knows about roles, read with the emulator's own credentials.
#[derive(Debug, Clone)]
pub struct Roles {
    cloud: ControlPlane,
    sts: aws_sdk_sts::Client,
}

impl Roles {
    /// Clients of this configuration.
    #[must_use]
    pub fn new(config: &SdkConfig, clock: Clock) -> Self {
        Self {
            cloud: ControlPlane::new(config, clock),
            sts: aws_sdk_sts::Client::new(config),
        }
    }

    /// Whether the role exists and trusts the service, never [`Trust::No`].
    ///
    /// # Errors
    /// The role does not exist, cannot be read, or does not trust the service.
    pub async fn trusted(&self, role_arn: &str, caller: Caller<'_>) -> Result<Trust, Failure> {
        let name = role_arn.rsplit('/').next().unwrap_or(role_arn);
        let role = self
            .cloud
            .query("iam:GetRole", IAM, &[("RoleName", name)])
            .await?;
        let document = texts(&role, "AssumeRolePolicyDocument").concat();
        let document = percent_decode_str(&document).decode_utf8_lossy();
        match trust(&document, caller) {
            Trust::No => {
                let reason = format!(
                    "the trust policy of {role_arn} does not allow {} to assume it",
                    caller.service
                );
                Err(Failure::new("sts:AssumeRole", reason))
            }
            verdict => Ok(verdict),
        }
    }

    /// A session under the role; `None` if the trust policy requires a source, which STS does not accept: then check
    /// each call with [`Self::may`].
    ///
    /// # Errors
    /// Those of [`Self::trusted`], and what STS refuses.
    pub async fn assume(
        &self,
        role_arn: &str,
        caller: Caller<'_>,
        session: &'static str,
    ) -> Result<Option<Credentials>, Failure> {
        const CALL: &str = "sts:AssumeRole";
        let verdict = self.trusted(role_arn, caller).await?;
        let request = self.sts.assume_role().role_arn(role_arn);
        match request.role_session_name(session).send().await {
            Ok(answer) => {
                let keys = answer
                    .credentials
                    .ok_or_else(|| Failure::new(CALL, "the response has no credentials"))?;
                Ok(Some(Credentials::new(
                    keys.access_key_id,
                    keys.secret_access_key,
                    Some(keys.session_token),
                    None,
                    session,
                )))
            }
            Err(_) if verdict == Trust::Source => {
                info!(
                    role = role_arn,
                    "STS does not accept the source of the call, so each right is checked separately"
                );
                Ok(None)
            }
            Err(error) => Err(Failure::of(CALL, &error)),
        }
    }

    /// Whether the role's policies allow the action on the resource, if the service says `context` about the call.
    ///
    /// # Errors
    /// IAM does not answer.
    pub async fn may(
        &self,
        role_arn: &str,
        action: &str,
        resource: &str,
        context: &CallContext<'_>,
    ) -> Result<bool, Failure> {
        let call = [
            ("ActionNames.member.1", action),
            ("ResourceArns.member.1", resource),
        ];
        if context.is_empty() {
            let [name, on] = call;
            let parameters = [("PolicySourceArn", role_arn), name, on];
            return self
                .simulated("iam:SimulatePrincipalPolicy", &parameters)
                .await;
        }
        let policies = self.policies(role_arn, context).await?;
        let names: Vec<String> = (1..=policies.len())
            .map(|number| format!("PolicyInputList.member.{number}"))
            .collect();
        let documents = names.iter().zip(&policies);
        let documents = documents.map(|(name, policy)| (name.as_str(), policy.as_str()));
        let parameters: Vec<(&str, &str)> = documents.chain(call).collect();
        self.simulated("iam:SimulateCustomPolicy", &parameters)
            .await
    }

    async fn simulated(
        &self,
        call: &'static str,
        parameters: &[(&str, &str)],
    ) -> Result<bool, Failure> {
        let decisions = self.cloud.query(call, IAM, parameters).await?;
        let decisions = texts(&decisions, "EvalDecision");
        Ok(!decisions.is_empty() && decisions.iter().all(|decision| decision == "allowed"))
    }

    /// The role's inline policies, in which the conditions on keys of the context are settled. Policies that are
    /// attached to the role are not seen: ours have none.
    async fn policies(
        &self,
        role_arn: &str,
        context: &CallContext<'_>,
    ) -> Result<Vec<String>, Failure> {
        const CALL: &str = "iam:GetRolePolicy";
        let role = role_arn.rsplit('/').next().unwrap_or(role_arn);
        let names = self
            .cloud
            .query("iam:ListRolePolicies", IAM, &[("RoleName", role)])
            .await?;
        let mut policies = Vec::new();
        for name in texts(&names, "member") {
            let parameters = [("RoleName", role), ("PolicyName", name.as_str())];
            let answer = self.cloud.query(CALL, IAM, &parameters).await?;
            let document = texts(&answer, "PolicyDocument").concat();
            let document = percent_decode_str(&document).decode_utf8_lossy();
            let policy = settled(&document, context)
                .ok_or_else(|| Failure::new(CALL, format!("{name} is not a policy")))?;
            policies.push(policy);
        }
        Ok(policies)
    }
}
