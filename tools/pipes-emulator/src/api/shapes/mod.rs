//! The API's shapes, as AWS spells them. Unknown fields are refused, never ignored.

mod targets;
mod tasks;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub(crate) use self::targets::{
    BusParameters, EnrichmentParameters, InvocationType, TargetParameters,
};
pub(crate) use self::tasks::{JobParameters, TaskParameters};

/// Fields of AWS's API that this emulator knows but does not support.
pub(crate) const NOT_EMULATED: &[&str] = &[
    "ActiveMQBrokerParameters",
    "ArrayProperties",
    "CloudWatchLogsParameters",
    "DependsOn",
    "EndpointId",
    "EnvironmentFiles",
    "FirehoseLogDestination",
    "HttpParameters",
    "InferenceAcceleratorOverrides",
    "KinesisStreamParameters",
    "ManagedStreamingKafkaParameters",
    "PlacementConstraints",
    "PlacementStrategy",
    "RabbitMQBrokerParameters",
    "RedshiftDataParameters",
    "S3LogDestination",
    "SageMakerPipelineParameters",
    "SelfManagedKafkaParameters",
    "TimestreamParameters",
];

/// The state that a caller requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum RequestedState {
    #[default]
    Running,
    Stopped,
}

/// The body of `CreatePipe`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct CreatePipe {
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) desired_state: RequestedState,
    pub(crate) enrichment: Option<String>,
    pub(crate) enrichment_parameters: Option<EnrichmentParameters>,
    pub(crate) kms_key_identifier: Option<String>,
    pub(crate) log_configuration: Option<LogConfiguration>,
    pub(crate) role_arn: String,
    pub(crate) source: String,
    pub(crate) source_parameters: Option<SourceParameters>,
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) target: String,
    pub(crate) target_parameters: Option<TargetParameters>,
}

/// The body of `UpdatePipe`: absent members stay unchanged.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct UpdatePipe {
    pub(crate) description: Option<String>,
    pub(crate) desired_state: Option<RequestedState>,
    pub(crate) enrichment: Option<String>,
    pub(crate) enrichment_parameters: Option<EnrichmentParameters>,
    pub(crate) kms_key_identifier: Option<String>,
    pub(crate) log_configuration: Option<LogConfiguration>,
    pub(crate) role_arn: String,
    pub(crate) source_parameters: Option<SourceParameters>,
    pub(crate) target: Option<String>,
    pub(crate) target_parameters: Option<TargetParameters>,
}

/// `SourceParameters` of requests and of responses.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct SourceParameters {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) filter_criteria: Option<FilterCriteria>,
    #[serde(
        rename = "DynamoDBStreamParameters",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) stream: Option<StreamParameters>,
    #[serde(rename = "SqsQueueParameters", skip_serializing_if = "Option::is_none")]
    pub(crate) queue: Option<QueueParameters>,
}

/// Which records pass.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct FilterCriteria {
    #[serde(default)]
    pub(crate) filters: Vec<Pattern>,
}

/// One event pattern.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Pattern {
    #[serde(default)]
    pub(crate) pattern: String,
}

/// `DynamoDBStreamParameters`. The API reports the defaults of what was left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct StreamParameters {
    /// Required to create a pipe; an update cannot change it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) starting_position: Option<StartingPosition>,
    #[serde(default = "hundred")]
    pub(crate) batch_size: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) dead_letter_config: Option<DeadLetterConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) on_partial_batch_item_failure: Option<OnPartialFailure>,
    #[serde(default)]
    pub(crate) maximum_batching_window_in_seconds: i64,
    #[serde(default = "minus_one")]
    pub(crate) maximum_record_age_in_seconds: i64,
    #[serde(default = "minus_one")]
    pub(crate) maximum_retry_attempts: i64,
    #[serde(default = "one")]
    pub(crate) parallelization_factor: i64,
}

/// Where a new pipe begins to read a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum StartingPosition {
    TrimHorizon,
    Latest,
}

/// What happens to a batch that failed in part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum OnPartialFailure {
    AutomaticBisect,
}

/// Where the metadata of given-up stream records goes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DeadLetterConfig {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) arn: Option<String>,
}

/// `SqsQueueParameters` of a source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct QueueParameters {
    #[serde(default = "ten")]
    pub(crate) batch_size: i64,
    #[serde(default)]
    pub(crate) maximum_batching_window_in_seconds: i64,
}

/// `LogConfiguration`: kept and reported; the emulator's own log is its standard error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct LogConfiguration {
    pub(crate) level: LogLevel,
    /// Terraform sends an empty list. Anything in it is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) include_execution_data: Option<Vec<ExecutionData>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cloudwatch_logs_log_destination: Option<CloudwatchDestination>,
}

/// Which data of an execution a pipe logs: none is emulated here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum ExecutionData {}

/// How much a pipe logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum LogLevel {
    Off,
    Error,
    Info,
    Trace,
}

/// A log group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct CloudwatchDestination {
    pub(crate) log_group_arn: String,
}

/// The body of `TagResource`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TagResource {
    pub(crate) tags: BTreeMap<String, String>,
}

fn hundred() -> i64 {
    100
}

fn ten() -> i64 {
    10
}

fn one() -> i64 {
    1
}

fn minus_one() -> i64 {
    -1
}
