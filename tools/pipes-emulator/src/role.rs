//! Acting under a pipe's role.
//!
//! The emulator takes the role on through STS and makes its calls with the session, so the local cloud judges them by
//! the role's policies. Three things it cannot do that way:
//! * The local cloud judges calls to DynamoDB Streams against resource `*`, which no careful role has.
//! * It judges batch calls of SQS and SNS by actions of their own (`sqs:SendMessageBatch`), which AWS does not have:
//!   there the right to the single call is what counts.
//! * It has no way to be told `aws:SourceArn` and `aws:SourceAccount`, so a role whose trust policy asks for them
//!   (as AWS advises) cannot be taken on by anyone.
//!
//! Then the emulator's own credentials make the call, after `SimulatePrincipalPolicy` has said that the role may.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_sdk_iam::types::PolicyEvaluationDecisionType;
use tokio::time::Instant;
use tracing::info;

use crate::arn::Arn;
use crate::cloud::Cloud;
use crate::failure::Failure;
use crate::trust::{Caller, Trust, trust};

/// How long an answer about a right is believed.
const BELIEF: Duration = Duration::from_secs(2);

/// Asks whether a role may do something, and remembers the answer for a moment.
#[derive(Debug)]
pub(crate) struct Rights {
    iam: aws_sdk_iam::Client,
    known: Mutex<HashMap<(String, String), Instant>>,
    role_arn: String,
}

impl Rights {
    pub(crate) fn new(cloud: &Cloud, role_arn: &str) -> Self {
        Self {
            iam: cloud.iam.clone(),
            known: Mutex::default(),
            role_arn: role_arn.to_owned(),
        }
    }

    /// Fails unless the role's policies allow the action on the resource.
    pub(crate) async fn confirm(
        &self,
        action: &'static str,
        resource: &str,
    ) -> Result<(), Failure> {
        let key = (action.to_owned(), resource.to_owned());
        let known = self
            .known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .copied();
        if known.is_some_and(|at| at.elapsed() < BELIEF) {
            return Ok(());
        }
        let request = self
            .iam
            .simulate_principal_policy()
            .policy_source_arn(&self.role_arn);
        let request = request.action_names(action).resource_arns(resource);
        let answer = request
            .send()
            .await
            .map_err(|error| Failure::of("iam:SimulatePrincipalPolicy", &error))?;
        let allowed = answer.evaluation_results();
        let allowed = !allowed.is_empty()
            && allowed
                .iter()
                .all(|result| result.eval_decision == PolicyEvaluationDecisionType::Allowed);
        if !allowed {
            let reason = format!(
                "{} is not authorized to perform {action} on {resource}",
                self.role_arn
            );
            return Err(Failure::new("AccessDenied", reason));
        }
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key, Instant::now());
        Ok(())
    }
}

/// A role taken on for one pipe.
#[derive(Debug, Clone)]
pub(crate) struct Acting {
    config: SdkConfig,
    rights: Arc<Rights>,
    session: bool,
}

impl Acting {
    /// Takes the role on, once its trust policy has been read.
    pub(crate) async fn assume(
        cloud: &Cloud,
        role_arn: &str,
        caller: &Caller<'_>,
    ) -> Result<Self, Failure> {
        let rights = Arc::new(Rights::new(cloud, role_arn));
        let verdict = trusted(cloud, role_arn, caller).await?;
        let session_name = "pipes-emulator";
        let attempt = cloud
            .sts
            .assume_role()
            .role_arn(role_arn)
            .role_session_name(session_name)
            .send()
            .await;
        let Err(error) = attempt else {
            let provider = AssumeRoleProvider::builder(role_arn).session_name(session_name);
            let provider = provider.configure(cloud.config()).build().await;
            let config = cloud.config().to_builder();
            let config = config
                .credentials_provider(aws_sdk_sts::config::SharedCredentialsProvider::new(
                    provider,
                ))
                .identity_cache(aws_config::identity::IdentityCache::lazy().build())
                .build();
            return Ok(Self {
                config,
                rights,
                session: true,
            });
        };
        if verdict == Trust::Source {
            info!(
                role = role_arn,
                "STS cannot be told the source of the call: rights are asked for one by one"
            );
            return Ok(Self {
                config: cloud.config().clone(),
                rights,
                session: false,
            });
        }
        Err(Failure::of("sts:AssumeRole", &error))
    }

    /// The configuration for clients that act under the role.
    pub(crate) fn config(&self) -> &SdkConfig {
        &self.config
    }

    pub(crate) fn rights(&self) -> &Rights {
        &self.rights
    }

    /// To be called before each call that a session would be judged by; a session needs no asking.
    pub(crate) async fn confirm(
        &self,
        action: &'static str,
        resource: &str,
    ) -> Result<(), Failure> {
        if self.session {
            Ok(())
        } else {
            self.rights.confirm(action, resource).await
        }
    }
}

/// Whether the role exists and trusts Pipes.
pub(crate) async fn trusted(
    cloud: &Cloud,
    role_arn: &str,
    caller: &Caller<'_>,
) -> Result<Trust, Failure> {
    const CALL: &str = "iam:GetRole";
    let name = Arn::parse(role_arn)
        .and_then(|arn| arn.role_name())
        .unwrap_or_default();
    let answer = cloud
        .iam
        .get_role()
        .role_name(name)
        .send()
        .await
        .map_err(|error| Failure::of(CALL, &error))?;
    let document = answer
        .role
        .and_then(|role| role.assume_role_policy_document)
        .unwrap_or_default();
    let document = percent_encoding::percent_decode_str(&document).decode_utf8_lossy();
    match trust(&document, caller) {
        Trust::No => {
            let reason = format!(
                "the trust policy of {role_arn} does not allow pipes.amazonaws.com to assume it"
            );
            Err(Failure::new("sts:AssumeRole", reason))
        }
        verdict => Ok(verdict),
    }
}
