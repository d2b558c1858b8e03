//! The shapes of targets and of enrichments. Members that are null are not reported.

use serde::{Deserialize, Serialize};

use super::tasks::{JobParameters, TaskParameters};

/// `EnrichmentParameters`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct EnrichmentParameters {
    pub(crate) input_template: Option<String>,
}

/// `TargetParameters`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct TargetParameters {
    pub(crate) input_template: Option<String>,
    #[serde(rename = "LambdaFunctionParameters")]
    pub(crate) lambda: Option<InvocationParameters>,
    #[serde(rename = "StepFunctionStateMachineParameters")]
    pub(crate) state_machine: Option<InvocationParameters>,
    #[serde(rename = "SqsQueueParameters")]
    pub(crate) queue: Option<TargetQueueParameters>,
    #[serde(rename = "EventBridgeEventBusParameters")]
    pub(crate) bus: Option<BusParameters>,
    #[serde(rename = "KinesisStreamParameters")]
    pub(crate) stream: Option<TargetStreamParameters>,
    #[serde(rename = "EcsTaskParameters")]
    pub(crate) task: Option<TaskParameters>,
    #[serde(rename = "BatchJobParameters")]
    pub(crate) job: Option<JobParameters>,
}

/// How a function or state machine is called.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct InvocationParameters {
    pub(crate) invocation_type: Option<InvocationType>,
}

/// Whether the pipe waits for the target's answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum InvocationType {
    #[default]
    RequestResponse,
    FireAndForget,
}

/// `SqsQueueParameters` of a target.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct TargetQueueParameters {
    pub(crate) message_group_id: Option<String>,
    pub(crate) message_deduplication_id: Option<String>,
}

/// `EventBridgeEventBusParameters`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct BusParameters {
    pub(crate) detail_type: Option<String>,
    pub(crate) resources: Option<Vec<String>>,
    pub(crate) source: Option<String>,
    pub(crate) time: Option<String>,
}

/// `KinesisStreamParameters` of a target.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct TargetStreamParameters {
    pub(crate) partition_key: String,
}
