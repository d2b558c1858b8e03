//! Credentials for a call to S3 under an integration's role, kept for a moment.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use emulator::{Caller, Clock, Failure, Roles};
use tokio::time::Instant;
use tracing::warn;

/// The principal that calls integrations.
pub(crate) const API_GATEWAY: &str = "apigateway.amazonaws.com";

/// How long a role's state is cached.
const KEPT_FOR: Duration = Duration::from_secs(2);

/// Sessions under roles; `None` if each call is checked instead.
type Known = HashMap<(String, String), (Instant, Option<Credentials>)>;

/// Acts under the roles of integrations.
#[derive(Debug)]
pub(crate) struct IntegrationRoles {
    config: SdkConfig,
    roles: Roles,
    known: Mutex<Known>,
}

impl IntegrationRoles {
    pub(crate) fn new(config: &SdkConfig, clock: Clock) -> Self {
        Self {
            config: config.clone(),
            roles: Roles::new(config, clock),
            known: Mutex::default(),
        }
    }

    /// Credentials for one call to S3 under the role; `None` if the role was checked and may not
    /// make it.
    ///
    /// # Errors
    /// The role does not trust API Gateway, or cannot be checked.
    pub(crate) async fn credentials(
        &self,
        role: &str,
        caller: Caller<'_>,
        action: &str,
        resource: &str,
    ) -> Result<Option<Credentials>, Failure> {
        if let Some(session) = self.session(role, caller).await? {
            return Ok(Some(session));
        }
        if self.roles.may(role, action, resource, &[]).await? {
            return self.own().await.map(Some);
        }
        warn!(role, action, "the integration's role is not authorized");
        Ok(None)
    }

    async fn session(
        &self,
        role: &str,
        caller: Caller<'_>,
    ) -> Result<Option<Credentials>, Failure> {
        let key = (role.to_owned(), caller.source_arn.to_owned());
        let known = self
            .known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .cloned();
        if let Some((at, session)) = known
            && at.elapsed() < KEPT_FOR
        {
            return Ok(session);
        }
        let session = self.roles.assume(role, caller, "gateway-emulator").await?;
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key, (Instant::now(), session.clone()));
        Ok(session)
    }

    async fn own(&self) -> Result<Credentials, Failure> {
        let none = || Failure::new("s3", "the emulator has no credentials of its own");
        let provider = self.config.credentials_provider().ok_or_else(none)?;
        provider.provide_credentials().await.map_err(|_| none())
    }
}
