//! What is checked of an ECS task and of a Batch job.

use serde::Serialize;
use serde_json::json;

use super::Check;
use crate::api::shapes::{JobParameters, TaskParameters};
use crate::arn::Arn;
use crate::json::without_nulls;
use crate::request::Request;

const TASK: &str = "TargetParameters.EcsTaskParameters";
const JOB: &str = "TargetParameters.BatchJobParameters";

pub(super) fn task_of(check: &mut Check, given: Option<&TaskParameters>) -> Option<Request> {
    let Some(given) = given else {
        check.fail(TASK, "required for ECS");
        return None;
    };
    let field = |name: &str| format!("{TASK}.{name}");
    let definition = Arn::parse(&given.task_definition_arn);
    if !definition
        .is_some_and(|arn| arn.service == "ecs" && arn.resource.starts_with("task-definition/"))
    {
        let message = "not the ARN of a task definition; a path is not emulated here";
        check.fail(&field("TaskDefinitionArn"), message);
    }
    check.range(&field("TaskCount"), given.task_count.unwrap_or(1), 1..=10);
    let providers = given
        .capacity_provider_strategy
        .as_deref()
        .unwrap_or_default();
    if providers.len() > 6 {
        check.fail(&field("CapacityProviderStrategy"), "more than 6 providers");
    }
    if !providers.is_empty() && given.launch_type.is_some() {
        let message = "must be left out if there is a CapacityProviderStrategy";
        check.fail(&field("LaunchType"), message);
    }
    network_of(check, given);
    overrides_of(check, given);
    request_of(check, TASK, given)
}

fn network_of(check: &mut Check, given: &TaskParameters) {
    let network = given.network_configuration.as_ref();
    let Some(vpc) = network.and_then(|network| network.vpc.as_ref()) else {
        return;
    };
    let field = |name: &str| format!("{TASK}.NetworkConfiguration.awsvpcConfiguration.{name}");
    let groups = vpc.security_groups.as_deref().unwrap_or_default();
    if !(1..=16).contains(&vpc.subnets.len()) {
        check.fail(&field("Subnets"), "must be 1 to 16 subnets");
    }
    if groups.len() > 5 {
        check.fail(&field("SecurityGroups"), "more than 5 groups");
    }
    for (name, ids, prefix) in [
        ("Subnets", vpc.subnets.as_slice(), "subnet-"),
        ("SecurityGroups", groups, "sg-"),
    ] {
        for id in ids.iter().filter(|id| !id.starts_with('$')) {
            let rest = id.strip_prefix(prefix);
            if !rest.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
                check.fail(
                    &field(name),
                    format!("{id} does not match {prefix}[0-9a-z]*"),
                );
            }
        }
    }
}

fn overrides_of(check: &mut Check, given: &TaskParameters) {
    let overrides = given.overrides.as_ref();
    let containers = overrides.and_then(|overrides| overrides.container_overrides.as_deref());
    for (index, container) in containers.unwrap_or_default().iter().enumerate() {
        let field = |name: &str| format!("{TASK}.Overrides.ContainerOverrides[{index}].{name}");
        if container.name.as_ref().is_none_or(String::is_empty) {
            check.fail(&field("Name"), "required");
        }
        // AWS takes the zeros, and the container crashes. Terraform's provider sends them if its block does not set
        // the two: hashicorp/terraform-provider-aws issues 40117 and 42564.
        for (name, value) in [("Cpu", container.cpu), ("Memory", container.memory)] {
            if value == Some(0) {
                let message =
                    "0 crashes the container on AWS: set it (Terraform sends 0 otherwise)";
                check.fail(&field(name), message);
            }
        }
    }
}

pub(super) fn job_of(check: &mut Check, given: Option<&JobParameters>) -> Option<Request> {
    let Some(given) = given else {
        check.fail(JOB, "required for Batch");
        return None;
    };
    let field = |name: &str| format!("{JOB}.{name}");
    if given.job_definition.is_empty() || given.job_definition.starts_with('$') {
        let message = "not a job definition; a path is not emulated here";
        check.fail(&field("JobDefinition"), message);
    }
    if !given.job_name.starts_with('$') && !is_job_name(&given.job_name) {
        let message = "must be 1 to 128 letters, digits, - and _, and begin with a letter or digit";
        check.fail(&field("JobName"), message);
    }
    let retries = given.retry_strategy.as_ref();
    if let Some(attempts) = retries.and_then(|retries| retries.attempts) {
        check.range(&field("RetryStrategy.Attempts"), attempts, 1..=10);
    }
    request_of(check, JOB, given)
}

/// Whether Batch takes a job of this name.
/// <https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html>
pub(crate) fn is_job_name(name: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let first = name.bytes().next();
    first.is_some_and(|byte| byte.is_ascii_alphanumeric())
        && name.len() <= 128
        && name.bytes().all(word)
}

fn request_of(check: &mut Check, block: &str, given: &impl Serialize) -> Option<Request> {
    match Request::parse(without_nulls(json!(given))) {
        Ok(request) => Some(request),
        Err(wrong) => {
            for (at, text) in wrong {
                let message = format!("{text} begins with $ and is not a JSON path");
                check.fail(&format!("{block}{at}"), message);
            }
            None
        }
    }
}
