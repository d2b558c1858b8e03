use std::time::Duration;

#[cfg(any(test, feature = "test-util"))]
use aws_config::SdkConfig;
use aws_config::{BehaviorVersion, Region, retry::RetryConfig, timeout::TimeoutConfig};
#[cfg(any(test, feature = "test-util"))]
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};

use super::requests;
use crate::Sdk;

/// Which account and region, where the environment should not decide.
#[derive(Debug, Clone, Default)]
pub struct Account {
    /// A profile of the AWS configuration files.
    pub profile: Option<String>,
    /// A region's id.
    pub region: Option<String>,
}

/// Finds credentials, region and endpoints as every AWS tool does: arguments, then
/// the environment, then the configuration files, then the machine's own role.
pub async fn sdk(account: Account) -> Sdk {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(5))
        // The longest call is SQS's wait for a message.
        .operation_attempt_timeout(Duration::from_secs(30))
        .build();
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .retry_config(RetryConfig::standard().with_max_attempts(5))
        .timeout_config(timeouts);
    if let Some(client) = requests::client(BehaviorVersion::v2026_01_12()) {
        loader = loader.http_client(client);
    }
    if let Some(profile) = account.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = account.region {
        loader = loader.region(Region::new(region));
    }
    let config = loader.load().await;
    let path_style = config.endpoint_url().is_some();
    Sdk { config, path_style }
}

/// For tests: a cloud at this address, which checks no credentials. A call has two tries.
#[cfg(any(test, feature = "test-util"))]
#[must_use]
pub fn sdk_at(url: &str) -> Sdk {
    let version = BehaviorVersion::v2026_01_12();
    let credentials = Credentials::new("test", "test", None, None, "test");
    let retries = RetryConfig::standard()
        .with_max_attempts(2)
        .with_initial_backoff(Duration::from_millis(1));
    let mut config = SdkConfig::builder()
        .behavior_version(version)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(url)
        .region(Region::new("eu-central-1"))
        .retry_config(retries);
    config.set_http_client(requests::client(version));
    Sdk {
        config: config.build(),
        path_style: true,
    }
}

impl Sdk {
    /// The region that calls go to; none if none was configured.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.config.region().map(AsRef::as_ref)
    }

    /// The address that replaces AWS's own for all services, if there is one: a
    /// local cloud.
    #[must_use]
    pub fn endpoint_url(&self) -> Option<&str> {
        self.config.endpoint_url()
    }
}
