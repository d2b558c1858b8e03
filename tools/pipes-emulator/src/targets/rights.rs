//! What a pipe's role must be allowed to do for the target.

use emulator::{Address, Failure};
use serde_json::{Value, json};

use crate::api::shapes::TaskParameters;
use crate::arn::{Arn, TargetKind};
use crate::cloud::Cloud;
use crate::definition::Definition;
use crate::role::Right;

/// The rights on the target. ECS is asked for the task definition, whose roles the pipe hands to the task.
///
/// # Errors
/// The task definition does not exist, or ECS does not answer.
pub(crate) async fn rights(cloud: &Cloud, definition: &Definition) -> Result<Vec<Right>, Failure> {
    const CALL: &str = "ecs:DescribeTaskDefinition";
    let target = &definition.target;
    let kind = TargetKind::of(target).map_err(|reason| Failure::new("Target", reason))?;
    let given = definition.target_parameters.as_ref();
    match (kind, given.and_then(|given| given.task.as_ref())) {
        (TargetKind::Cluster, Some(task)) => {
            let body = json!({"taskDefinition": task.task_definition_arn});
            let action = "AmazonEC2ContainerServiceV20141113.DescribeTaskDefinition";
            let calls = cloud.calls(cloud.config());
            let answer = calls.json(CALL, Address::Action(action), &body).await?;
            let described = answer.get("taskDefinition").cloned().unwrap_or_default();
            Ok(of_task(target, task, &described))
        }
        (TargetKind::JobQueue, _) => {
            let job = given.and_then(|given| given.job.as_ref());
            let name = job.map(|job| job.job_definition.as_str());
            Ok(of_job(target, name.unwrap_or_default()))
        }
        _ => Ok(vec![Right::plain(
            kind.action(definition.invocation()),
            target,
        )]),
    }
}

/// To run the task definition in the cluster, and to pass its roles, or those of the overrides.
fn of_task(cluster: &str, task: &TaskParameters, described: &Value) -> Vec<Right> {
    let text = |name: &str| described.get(name).and_then(Value::as_str);
    let arn = text("taskDefinitionArn").unwrap_or(&task.task_definition_arn);
    let overrides = task.overrides.as_ref();
    let roles = [
        overrides
            .and_then(|overrides| overrides.task_role_arn.as_deref())
            .or(text("taskRoleArn")),
        overrides
            .and_then(|overrides| overrides.execution_role_arn.as_deref())
            .or(text("executionRoleArn")),
    ];
    let passed = roles.into_iter().flatten().map(|role| Right {
        action: "iam:PassRole",
        resource: role.to_owned(),
        context: vec![("iam:PassedToService", "ecs-tasks.amazonaws.com".to_owned())],
    });
    let run = Right {
        action: "ecs:RunTask",
        resource: arn.to_owned(),
        context: vec![("ecs:cluster", cluster.to_owned())],
    };
    std::iter::once(run).chain(passed).collect()
}

/// To submit to the queue, and with the job definition.
fn of_job(queue: &str, definition: &str) -> Vec<Right> {
    let definition = match Arn::parse(queue) {
        Some(arn) if !definition.starts_with("arn:") => format!(
            "arn:aws:batch:{}:{}:job-definition/{definition}",
            arn.region, arn.account
        ),
        _ => definition.to_owned(),
    };
    [queue.to_owned(), definition]
        .map(|resource| Right::plain("batch:SubmitJob", resource))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_needs_the_roles_that_it_gets() {
        let described = json!({"taskDefinitionArn": "td:3", "taskRoleArn": "task", "executionRoleArn": "start"});
        let resources = |task: Value| -> Vec<String> {
            let task = serde_json::from_value(task).unwrap();
            let rights = of_task("c", &task, &described).into_iter();
            rights.map(|right| right.resource).collect()
        };
        let mut task = json!({"TaskDefinitionArn": "td"});
        assert_eq!(resources(task.clone()), ["td:3", "task", "start"]);
        task["Overrides"] = json!({"TaskRoleArn": "other"});
        assert_eq!(resources(task), ["td:3", "other", "start"]);
    }

    #[test]
    fn a_job_needs_its_queue_and_its_definition() {
        let queue = "arn:aws:batch:us-east-1:000000000000:job-queue/q";
        for name in [
            "d:2",
            "arn:aws:batch:us-east-1:000000000000:job-definition/d:2",
        ] {
            let rights = of_job(queue, name);
            assert!(rights.iter().any(|right| right.resource == queue));
            assert!(
                rights
                    .iter()
                    .any(|right| right.resource.ends_with(":job-definition/d:2"))
            );
        }
    }
}
