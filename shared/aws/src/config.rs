use std::time::Duration;

use aws_config::{
    BehaviorVersion, SdkConfig, environment::EnvironmentVariableCredentialsProvider,
    retry::RetryConfig, timeout::TimeoutConfig,
};

/// The SDK's settings, shared by all adapters of a function.
#[derive(Debug, Clone)]
pub struct Sdk {
    pub(crate) config: SdkConfig,
    /// A cloud on this machine knows no buckets by host name.
    pub(crate) path_style: bool,
}

impl Sdk {
    /// The settings of S3.
    pub(crate) fn s3(&self) -> aws_sdk_s3::config::Builder {
        aws_sdk_s3::config::Builder::from(&self.config).force_path_style(self.path_style)
    }
}

/// Reads what Lambda puts into the environment: region, credentials, and
/// `AWS_ENDPOINT_URL` for a local cloud. Asks no file and no network, which is
/// most of what the default chain spends a cold start on.
pub async fn load() -> Sdk {
    // The caller's caller gives up after 29 s: three tries of a stuck
    // connection must end well before, so that the answer is ours.
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(Duration::from_secs(6))
        .operation_timeout(Duration::from_secs(10))
        .build();
    let config = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .credentials_provider(EnvironmentVariableCredentialsProvider::new())
        .retry_config(
            RetryConfig::standard()
                .with_max_attempts(3)
                .with_initial_backoff(Duration::from_millis(50)),
        )
        .timeout_config(timeouts)
        .load()
        .await;
    let path_style = config.endpoint_url().is_some();
    Sdk { config, path_style }
}
