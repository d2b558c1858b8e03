//! The local cloud: configuration for its clients, with the emulator's own credentials.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};

use emulator::{Clock, ControlPlane, Failure, Roles};

use crate::arn::Arn;

/// An execution of a pipe lasts at most five minutes (Pipes quota).
const EXECUTION: Duration = Duration::from_secs(300);

/// Clients of the emulator itself.
#[derive(Debug, Clone)]
pub(crate) struct Cloud {
    config: SdkConfig,
    clock: Clock,
    pub(crate) roles: Roles,
    pub(crate) streams: aws_sdk_dynamodbstreams::Client,
}

impl Cloud {
    /// Credentials come from the environment, as everywhere.
    pub(crate) async fn connect(endpoint: &str, region: &str, clock: Clock) -> Self {
        let config = aws_config::defaults(BehaviorVersion::latest()).endpoint_url(endpoint);
        Self::of(config, region, clock).await
    }

    /// The cloud of this configuration, called as Pipes calls AWS.
    pub(crate) async fn of(config: ConfigLoader, region: &str, clock: Clock) -> Self {
        let config = config
            .region(Region::new(region.to_owned()))
            // The emulator counts a pipe's tries itself.
            .retry_config(RetryConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .timeout_config(
                TimeoutConfig::builder()
                    .operation_timeout(EXECUTION)
                    .build(),
            )
            .load()
            .await;
        Self {
            roles: Roles::new(&config, clock),
            clock,
            streams: aws_sdk_dynamodbstreams::Client::new(&config),
            config,
        }
    }

    /// The configuration behind the clients, to create others from.
    pub(crate) fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// Calls for which there is no client of the SDK, with the credentials of this configuration.
    pub(crate) fn calls(&self, config: &SdkConfig) -> ControlPlane {
        ControlPlane::new(config, self.clock)
    }

    /// The URL of a queue. Pipes needs no right to look it up, so the emulator uses its own rights.
    pub(crate) async fn queue_url(&self, queue_arn: &str) -> Result<String, Failure> {
        const CALL: &str = "sqs:GetQueueUrl";
        let arn =
            Arn::parse(queue_arn).ok_or_else(|| Failure::new(CALL, "not the ARN of a queue"))?;
        let client = aws_sdk_sqs::Client::new(&self.config);
        let request = client
            .get_queue_url()
            .queue_name(arn.resource)
            .queue_owner_aws_account_id(arn.account);
        let answer = request
            .send()
            .await
            .map_err(|error| Failure::of(CALL, &error))?;
        answer
            .queue_url
            .ok_or_else(|| Failure::new(CALL, "the response has no URL"))
    }
}
