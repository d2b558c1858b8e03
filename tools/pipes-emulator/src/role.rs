//! Acting under a pipe's role, as [`emulator::Roles`] describes. Two more things cannot be done
//! with a session:
//! * The local cloud checks calls to DynamoDB Streams against resource `*`, which no careful role
//!   allows.
//! * It checks batch calls of SQS and SNS against separate actions (`sqs:SendMessageBatch`), which
//!   AWS does not have: AWS checks the right to the single call.
//!
//! There, too, the emulator's own credentials make the call, after `SimulatePrincipalPolicy`
//! confirms that the role may.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::sts::AssumeRoleProvider;
use emulator::{Caller, Failure, Roles};
use tokio::time::Instant;

use crate::cloud::Cloud;

/// The principal that runs pipes.
pub(crate) const PIPES: &str = "pipes.amazonaws.com";

/// How long an answer about a right is cached.
const KEPT_FOR: Duration = Duration::from_secs(2);

/// A right that a pipe's role needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Right {
    pub(crate) action: &'static str,
    pub(crate) resource: String,
    /// Condition keys that the service sends with the call, and their values.
    pub(crate) context: Vec<(&'static str, String)>,
}

impl Right {
    /// A right for whose call the service sends no condition key of its own.
    pub(crate) fn plain(action: &'static str, resource: impl Into<String>) -> Self {
        Self {
            action,
            resource: resource.into(),
            context: Vec::new(),
        }
    }
}

/// Checks whether a role may do something, and remembers the answer for a moment.
#[derive(Debug)]
pub(crate) struct Rights {
    roles: Roles,
    known: Mutex<HashMap<(String, String), Instant>>,
    role_arn: String,
}

impl Rights {
    pub(crate) fn new(cloud: &Cloud, role_arn: &str) -> Self {
        Self {
            roles: cloud.roles.clone(),
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
        self.confirm_right(&Right::plain(action, resource)).await
    }

    /// Fails unless the role has the right.
    pub(crate) async fn confirm_right(&self, right: &Right) -> Result<(), Failure> {
        let Right {
            action,
            resource,
            context,
        } = right;
        let key = ((*action).to_owned(), resource.clone());
        let known = self
            .known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .copied();
        if known.is_some_and(|at| at.elapsed() < KEPT_FOR) {
            return Ok(());
        }
        let context: Vec<(&str, &str)> = context
            .iter()
            .map(|(key, value)| (*key, value.as_str()))
            .collect();
        let roles = &self.roles;
        let allowed = roles
            .may(&self.role_arn, action, resource, &context)
            .await?;
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

/// A role assumed for one pipe.
#[derive(Debug, Clone)]
pub(crate) struct AssumedRole {
    config: SdkConfig,
    rights: Arc<Rights>,
    session: bool,
}

impl AssumedRole {
    /// Assumes the role, after reading its trust policy.
    pub(crate) async fn assume(
        cloud: &Cloud,
        role_arn: &str,
        caller: Caller<'_>,
    ) -> Result<Self, Failure> {
        const SESSION: &str = "pipes-emulator";
        let rights = Arc::new(Rights::new(cloud, role_arn));
        let session = cloud.roles.assume(role_arn, caller, SESSION).await?;
        let config = if session.is_some() {
            // A pipe outlives a session: the provider renews it.
            let provider = AssumeRoleProvider::builder(role_arn)
                .session_name(SESSION)
                .configure(cloud.config())
                .build()
                .await;
            cloud
                .config()
                .to_builder()
                .credentials_provider(
                    aws_credential_types::provider::SharedCredentialsProvider::new(provider),
                )
                .identity_cache(aws_config::identity::IdentityCache::lazy().build())
                .build()
        } else {
            cloud.config().clone()
        };
        Ok(Self {
            config,
            rights,
            session: session.is_some(),
        })
    }

    /// The configuration for clients that act under the role.
    pub(crate) fn config(&self) -> &SdkConfig {
        &self.config
    }

    pub(crate) fn rights(&self) -> &Rights {
        &self.rights
    }

    /// Call it before each call to the cloud; with a session it checks nothing.
    pub(crate) async fn confirm(
        &self,
        action: &'static str,
        resource: &str,
    ) -> Result<(), Failure> {
        self.confirm_right(&Right::plain(action, resource)).await
    }

    /// The same with the condition keys that the service sends.
    pub(crate) async fn confirm_right(&self, right: &Right) -> Result<(), Failure> {
        if self.session {
            Ok(())
        } else {
            self.rights.confirm_right(right).await
        }
    }
}
