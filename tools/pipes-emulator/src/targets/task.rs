//! ECS and Batch: a call for each record. Neither takes a batch, and Pipes gives them none.

use emulator::{Address, ControlPlane, Failure};
use serde_json::{Map, Value, json};

use super::outcome::BatchOutcome;
use super::prepared::Prepared;
use crate::blueprint::{Blueprint, is_job_name};

/// "A total of 8192 characters are allowed for overrides", the structure's own included.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html>
const OVERRIDES: usize = 8192;

pub(super) async fn run(
    calls: &ControlPlane,
    cluster: &str,
    blueprint: &Blueprint,
    batch: &[Prepared<'_>],
) -> Result<BatchOutcome, Failure> {
    const CALL: &str = "ecs:RunTask";
    let action = Address::Action("AmazonEC2ContainerServiceV20141113.RunTask");
    for prepared in batch {
        let request = task(cluster, request(CALL, blueprint, prepared)?)?;
        let answer = calls.json(CALL, action, &Value::Object(request)).await?;
        started(&answer)?;
    }
    Ok(BatchOutcome::Delivered)
}

pub(super) async fn submit(
    calls: &ControlPlane,
    queue: &str,
    blueprint: &Blueprint,
    batch: &[Prepared<'_>],
) -> Result<BatchOutcome, Failure> {
    const CALL: &str = "batch:SubmitJob";
    for prepared in batch {
        let mut request = request(CALL, blueprint, prepared)?;
        let name = request.get("jobName").and_then(Value::as_str);
        if !name.is_some_and(is_job_name) {
            return Err(Failure::new(CALL, "Batch does not take a job of this name"));
        }
        request.insert("jobQueue".to_owned(), json!(queue));
        let path = Address::Path("/v1/submitjob");
        calls.json(CALL, path, &Value::Object(request)).await?;
    }
    Ok(BatchOutcome::Delivered)
}

fn request(
    call: &'static str,
    blueprint: &Blueprint,
    prepared: &Prepared<'_>,
) -> Result<Map<String, Value>, Failure> {
    let request = blueprint.request.as_ref();
    request
        .and_then(|request| request.resolve(prepared.event))
        .ok_or_else(|| Failure::new(call, "the record has nothing at a path of the parameters"))
}

/// Two members have other names in ECS than in Pipes, and the cluster is the pipe's target.
fn task(cluster: &str, mut request: Map<String, Value>) -> Result<Map<String, Value>, Failure> {
    for (from, to) in [
        ("taskDefinitionArn", "taskDefinition"),
        ("taskCount", "count"),
    ] {
        if let Some(value) = request.remove(from) {
            request.insert(to.to_owned(), value);
        }
    }
    request.insert("cluster".to_owned(), json!(cluster));
    let overrides = request.get("overrides").map(Value::to_string);
    if overrides.is_some_and(|overrides| overrides.chars().count() > OVERRIDES) {
        let reason = format!("the overrides are longer than {OVERRIDES} characters");
        return Err(Failure::new("ecs:RunTask", reason));
    }
    Ok(request)
}

/// ECS answers 200 even if it starts nothing.
fn started(answer: &Value) -> Result<(), Failure> {
    let failures = answer.get("failures").and_then(Value::as_array);
    match failures.and_then(|failures| failures.first()) {
        None => Ok(()),
        Some(failure) => {
            let reason = failure.get("reason").and_then(Value::as_str);
            let reason = reason.unwrap_or("a task was not started");
            Err(Failure::new("ecs:RunTask", reason))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::SourceEvent;
    use crate::request::Request;

    fn of(body: &str) -> Result<Map<String, Value>, Failure> {
        let event = SourceEvent::from_queue(json!({"messageId": "m", "body": body}), String::new());
        let parameters = json!({"TaskDefinitionArn": "td", "TaskCount": 1, "EnableECSManagedTags": true,
            "NetworkConfiguration": {"awsvpcConfiguration": {"Subnets": ["s"], "AssignPublicIp": "DISABLED"}},
            "CapacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}],
            "Overrides": {"ContainerOverrides": [{"Name": "c", "Environment": [{"name": "EVENT", "value": "$.body"}]}]}});
        task(
            "cl",
            Request::parse(parameters).unwrap().resolve(&event).unwrap(),
        )
    }

    #[test]
    fn a_task_is_spelled_as_ecs_spells_it() {
        assert_eq!(
            of(r#"{"id":1}"#).map(Value::Object),
            Ok(
                json!({"cluster": "cl", "taskDefinition": "td", "count": 1, "enableECSManagedTags": true,
                "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["s"], "assignPublicIp": "DISABLED"}},
                "capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}],
                "overrides": {"containerOverrides": [{"name": "c",
                    "environment": [{"name": "EVENT", "value": r#"{"id":1}"#}]}]}})
            )
        );
    }

    #[test]
    fn overrides_have_a_limit() {
        let around = of("").unwrap()["overrides"].to_string().chars().count();
        assert!(of(&"x".repeat(OVERRIDES - around)).is_ok());
        let failure = of(&"x".repeat(OVERRIDES - around + 1)).unwrap_err();
        assert!(failure.to_string().contains("8192"), "{failure}");
    }

    #[test]
    fn a_failure_in_an_answer_is_a_failure() {
        assert_eq!(started(&json!({"tasks": [{}], "failures": []})), Ok(()));
        let answer = json!({"tasks": [], "failures": [{"reason": "RESOURCE:MEMORY"}]});
        let failure = started(&answer).unwrap_err();
        assert_eq!(failure.to_string(), "ecs:RunTask: RESOURCE:MEMORY");
    }
}
