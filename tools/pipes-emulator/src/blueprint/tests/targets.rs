//! Buses, streams, tasks, jobs, and enrichments.

use super::*;

const BUS: &str = "arn:aws:events:us-east-1:000000000000:event-bus/b";
const KINESIS: &str = "arn:aws:kinesis:us-east-1:000000000000:stream/s";
const FIREHOSE: &str = "arn:aws:firehose:us-east-1:000000000000:deliverystream/d";
const CLUSTER: &str = "arn:aws:ecs:us-east-1:000000000000:cluster/c";
const JOBS: &str = "arn:aws:batch:us-east-1:000000000000:job-queue/q";
const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";

/// The wrong fields of a pipe from a queue, without their common beginning.
fn of(target: &str, size: i64, parameters: &Value) -> Vec<String> {
    let fields = wrong(QUEUE, target, |body| {
        body["SourceParameters"]["SqsQueueParameters"] = json!({"BatchSize": size,
            "MaximumBatchingWindowInSeconds": i64::from(size > 10)});
        body["TargetParameters"] = parameters.clone();
    });
    let short = |field: String| field.rsplit("Parameters.").next().map(str::to_owned);
    fields.into_iter().filter_map(short).collect()
}

fn task() -> Value {
    json!({"TaskDefinitionArn": "arn:aws:ecs:us-east-1:000000000000:task-definition/t:1", "TaskCount": 1,
        "LaunchType": "FARGATE", "PlatformVersion": "LATEST", "PropagateTags": "TASK_DEFINITION",
        "NetworkConfiguration": {"awsvpcConfiguration": {"Subnets": ["subnet-0a"], "SecurityGroups": ["sg-0A"],
            "AssignPublicIp": "DISABLED"}},
        "Overrides": {"ContainerOverrides": [{"Name": "c", "Cpu": 256, "Memory": 512, "MemoryReservation": 0,
            "Environment": [{"name": "EVENT", "value": "$.body"}]}]}})
}

fn job() -> Value {
    json!({"JobDefinition": "d:1", "JobName": "$.body.id", "RetryStrategy": {"Attempts": 2},
        "Parameters": {"event": "$.body"}, "ContainerOverrides": {"Environment": [{"Name": "E", "Value": "$.body"}],
            "ResourceRequirements": [{"Type": "VCPU", "Value": "1"}]}})
}

#[test]
fn each_target_takes_as_many_events_as_aws_documents() {
    let kinesis = json!({"KinesisStreamParameters": {"PartitionKey": "$.body.k"}});
    for (target, most, parameters) in [
        (BUS, 10, json!({})),
        (KINESIS, 500, kinesis),
        (FIREHOSE, 500, json!({})),
        (CLUSTER, 1, json!({"EcsTaskParameters": task()})),
        (JOBS, 1, json!({"BatchJobParameters": job()})),
    ] {
        assert_eq!(
            of(target, most, &parameters),
            Vec::<String>::new(),
            "{target}"
        );
        assert_eq!(of(target, most + 1, &parameters), ["BatchSize"], "{target}");
    }
}

#[test]
fn a_service_requires_its_own_parameters() {
    assert_eq!(of(KINESIS, 1, &json!({})), ["PartitionKey"]);
    assert_eq!(of(CLUSTER, 1, &json!({})), ["EcsTaskParameters"]);
    assert_eq!(of(JOBS, 1, &json!({})), ["BatchJobParameters"]);
    for (name, block) in [
        ("EventBridgeEventBusParameters", json!({})),
        ("KinesisStreamParameters", json!({"PartitionKey": "k"})),
        ("EcsTaskParameters", task()),
        ("BatchJobParameters", job()),
    ] {
        let fields = of(FIREHOSE, 1, &json!({ (name): block }));
        assert_eq!(fields, [name]);
    }
}

#[test]
fn parameters_of_a_bus() {
    let bus = |block: Value| of(BUS, 1, &json!({"EventBridgeEventBusParameters": block}));
    let resource = "arn:aws:s3:::b";
    let good = json!({"DetailType": "$.body.type", "Source": "coat.$x", "Resources": vec![resource; 10],
        "Time": "$.body.time"});
    assert_eq!(bus(good), Vec::<String>::new());
    assert_eq!(bus(json!({"DetailType": "x".repeat(129)})), ["DetailType"]);
    assert_eq!(bus(json!({"Source": "x".repeat(257)})), ["Source"]);
    assert_eq!(bus(json!({"Source": "aws.s3"})), ["Source"]);
    assert_eq!(bus(json!({"Time": "now"})), ["Time"]);
    assert_eq!(bus(json!({"Resources": vec![resource; 11]})), ["Resources"]);
    assert_eq!(bus(json!({"Resources": ["$nothing"]})), ["Resources"]);
}

#[test]
fn parameters_of_a_task() {
    let task = |pointer: &str, value: Value| {
        let mut block = task();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        block.pointer_mut(parent).unwrap()[name] = value;
        of(CLUSTER, 1, &json!({"EcsTaskParameters": block}))
    };
    let vpc = "/NetworkConfiguration/awsvpcConfiguration";
    let container = "/Overrides/ContainerOverrides/0";
    let provider = json!([{"capacityProvider": "FARGATE_SPOT"}]);
    for (pointer, value, field) in [
        (
            "/TaskDefinitionArn".to_owned(),
            json!("t:1"),
            "TaskDefinitionArn",
        ),
        ("/TaskCount".to_owned(), json!(0), "TaskCount"),
        (
            "/CapacityProviderStrategy".to_owned(),
            provider,
            "LaunchType",
        ),
        (format!("{vpc}/Subnets"), json!([]), "Subnets"),
        (format!("{vpc}/Subnets"), json!(["net-1"]), "Subnets"),
        (
            format!("{vpc}/SecurityGroups"),
            json!(vec!["sg-1"; 6]),
            "SecurityGroups",
        ),
        (format!("{container}/Name"), json!(null), "Name"),
        // As Terraform's provider sends them if the block does not set them.
        (format!("{container}/Cpu"), json!(0), "Cpu"),
        (format!("{container}/Memory"), json!(0), "Memory"),
        (
            format!("{container}/Command"),
            json!(["$HOME"]),
            "Command[0]",
        ),
    ] {
        let fields = task(&pointer, value);
        assert_eq!(fields.len(), 1, "{pointer}: {fields:?}");
        assert!(fields[0].ends_with(field), "{pointer}: {fields:?}");
    }
    assert_eq!(
        task(&format!("{vpc}/Subnets"), json!(["$.body.net"])),
        Vec::<String>::new()
    );
}

#[test]
fn parameters_of_a_job() {
    let job = |pointer: &str, value: Value| {
        let mut block = job();
        block[pointer] = value;
        of(JOBS, 1, &json!({"BatchJobParameters": block}))
    };
    assert_eq!(job("JobDefinition", json!("$.body.d")), ["JobDefinition"]);
    assert_eq!(job("JobName", json!("a job")), ["JobName"]);
    assert_eq!(job("JobName", json!("x".repeat(129))), ["JobName"]);
    assert_eq!(
        job("RetryStrategy", json!({"Attempts": 11})),
        ["RetryStrategy.Attempts"]
    );
}

#[test]
fn an_enrichment_is_a_function_or_a_workflow() {
    let with = |enrichment: &str, template: &str| {
        wrong(QUEUE, QUEUE, |body| {
            body["Enrichment"] = json!(enrichment);
            body["EnrichmentParameters"] = json!({"InputTemplate": template});
        })
    };
    assert_eq!(with(FUNCTION, r#"{"a":<$.body>}"#), Vec::<String>::new());
    let workflow = "arn:aws:states:us-east-1:000000000000:stateMachine:m";
    assert_eq!(with(workflow, ""), Vec::<String>::new());
    for other in [
        QUEUE,
        "arn:aws:events:us-east-1:000000000000:api-destination/x",
        "f",
    ] {
        assert_eq!(with(other, ""), ["Enrichment"], "{other}");
    }
    let template = "EnrichmentParameters.InputTemplate";
    assert_eq!(with(FUNCTION, r#"{"a":}"#), [template]);
    assert_eq!(with(FUNCTION, &"x".repeat(8193)), [template]);
    assert_eq!(with("", "x"), ["EnrichmentParameters"]);
}
