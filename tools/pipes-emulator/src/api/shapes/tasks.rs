//! The parameters of ECS and Batch. Pipes spells most members as the services do, with a capital letter.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// `EcsTaskParameters`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct TaskParameters {
    pub(crate) task_definition_arn: String,
    pub(crate) task_count: Option<i64>,
    pub(crate) launch_type: Option<LaunchType>,
    pub(crate) capacity_provider_strategy: Option<Vec<CapacityProvider>>,
    pub(crate) network_configuration: Option<NetworkConfiguration>,
    pub(crate) platform_version: Option<String>,
    pub(crate) group: Option<String>,
    #[serde(rename = "EnableECSManagedTags")]
    pub(crate) enable_ecs_managed_tags: Option<bool>,
    pub(crate) enable_execute_command: Option<bool>,
    pub(crate) propagate_tags: Option<PropagateTags>,
    pub(crate) reference_id: Option<String>,
    pub(crate) tags: Option<Vec<TaskTag>>,
    pub(crate) overrides: Option<TaskOverrides>,
}

/// On what a task runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum LaunchType {
    Ec2,
    Fargate,
    External,
}

/// An entry of `CapacityProviderStrategy`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CapacityProvider {
    pub(crate) capacity_provider: String,
    pub(crate) weight: Option<i64>,
    pub(crate) base: Option<i64>,
}

/// `NetworkConfiguration`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NetworkConfiguration {
    #[serde(rename = "awsvpcConfiguration")]
    pub(crate) vpc: Option<TaskNetwork>,
}

/// `awsvpcConfiguration`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct TaskNetwork {
    pub(crate) subnets: Vec<String>,
    pub(crate) security_groups: Option<Vec<String>>,
    pub(crate) assign_public_ip: Option<AssignPublicIp>,
}

/// Whether a task gets a public address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum AssignPublicIp {
    Enabled,
    Disabled,
}

/// Where a task's tags come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum PropagateTags {
    TaskDefinition,
}

/// A tag of a task.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct TaskTag {
    pub(crate) key: String,
    pub(crate) value: String,
}

/// `Overrides` of a task.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct TaskOverrides {
    pub(crate) container_overrides: Option<Vec<ContainerOverride>>,
    pub(crate) cpu: Option<String>,
    pub(crate) memory: Option<String>,
    pub(crate) execution_role_arn: Option<String>,
    pub(crate) task_role_arn: Option<String>,
}

/// An entry of `ContainerOverrides`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ContainerOverride {
    pub(crate) name: Option<String>,
    pub(crate) command: Option<Vec<String>>,
    pub(crate) environment: Option<Vec<TaskVariable>>,
    pub(crate) cpu: Option<i64>,
    pub(crate) memory: Option<i64>,
    pub(crate) memory_reservation: Option<i64>,
}

/// A variable of a task's container.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TaskVariable {
    pub(crate) name: Option<String>,
    pub(crate) value: Option<String>,
}

/// `BatchJobParameters`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct JobParameters {
    pub(crate) job_definition: String,
    pub(crate) job_name: String,
    pub(crate) parameters: Option<BTreeMap<String, String>>,
    pub(crate) retry_strategy: Option<JobRetries>,
    pub(crate) container_overrides: Option<JobOverrides>,
}

/// `RetryStrategy` of a job.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct JobRetries {
    pub(crate) attempts: Option<i64>,
}

/// `ContainerOverrides` of a job.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct JobOverrides {
    pub(crate) command: Option<Vec<String>>,
    pub(crate) environment: Option<Vec<JobVariable>>,
    pub(crate) instance_type: Option<String>,
    pub(crate) resource_requirements: Option<Vec<JobResource>>,
}

/// A variable of a job's container.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct JobVariable {
    pub(crate) name: Option<String>,
    pub(crate) value: Option<String>,
}

/// A resource of a job's container.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct JobResource {
    pub(crate) r#type: JobResourceKind,
    pub(crate) value: String,
}

/// The kinds of resources of a job's container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum JobResourceKind {
    Gpu,
    Memory,
    Vcpu,
}
