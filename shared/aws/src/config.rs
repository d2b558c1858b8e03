use std::time::Duration;

/// The longest that one call of an operation may last, with all its tries. `call_budget.json` next
/// to this crate's sources says how many of them a function makes one after the other, and
/// Terraform's tests check its timeout against that.
const CALL: Duration = Duration::from_secs(6);

use aws_config::{
    BehaviorVersion, SdkConfig, environment::EnvironmentVariableCredentialsProvider,
    retry::RetryConfig, timeout::TimeoutConfig,
};

/// The SDK's settings, shared by all adapters of a function.
#[derive(Debug, Clone)]
pub struct Sdk {
    pub(crate) config: SdkConfig,
    /// A cloud on this machine does not find buckets by host name.
    pub(crate) path_style: bool,
}

impl Sdk {
    /// The settings of S3.
    pub(crate) fn s3(&self) -> aws_sdk_s3::config::Builder {
        aws_sdk_s3::config::Builder::from(&self.config).force_path_style(self.path_style)
    }
}

/// Reads what Lambda puts into the environment: region, credentials, and
/// `AWS_ENDPOINT_URL` for a local cloud. Reads no file and no network, which take
/// most of the default chain's time in a cold start.
pub async fn load() -> Sdk {
    // The caller's caller gives up after 29 s, and ingest makes three calls: a
    // stuck connection must end well before that, so that ingest answers.
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(Duration::from_secs(4))
        .operation_timeout(CALL)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_call_lasts_no_longer_than_timeouts_are_made_for() {
        let budget = include_str!("../call_budget.json");
        let config = load().await.config;
        let timeouts = config.timeout_config().unwrap();
        assert_eq!(timeouts.operation_timeout(), Some(CALL));
        let line = format!("\"call_s\": {},", CALL.as_secs());
        assert!(budget.contains(&line), "call_budget.json says otherwise");
    }
}
