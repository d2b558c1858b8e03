//! Every target's parameters, and an enrichment, come back as they were declared.

use aws_sdk_pipes::types::{
    AssignPublicIp, AwsVpcConfiguration, BatchContainerOverrides, BatchEnvironmentVariable,
    EcsContainerOverride, EcsEnvironmentVariable, EcsTaskOverride, LaunchType,
    NetworkConfiguration, PipeEnrichmentParameters, PipeSourceSqsQueueParameters,
    PipeTargetBatchJobParameters, PipeTargetEcsTaskParameters,
    PipeTargetEventBridgeEventBusParameters, PipeTargetKinesisStreamParameters,
};

use super::*;

fn bus() -> PipeTargetParameters {
    let bus = PipeTargetEventBridgeEventBusParameters::builder()
        .source("coatcheck.x")
        .detail_type("$.body.type")
        .resources("$.body.dataref")
        .time("$.body.time");
    PipeTargetParameters::builder()
        .event_bridge_event_bus_parameters(bus.build())
        .build()
}

fn stream() -> PipeTargetParameters {
    let stream = PipeTargetKinesisStreamParameters::builder().partition_key("$.body.partitionkey");
    PipeTargetParameters::builder()
        .kinesis_stream_parameters(stream.build().unwrap())
        .build()
}

fn task() -> PipeTargetParameters {
    let vpc = AwsVpcConfiguration::builder()
        .subnets("subnet-1")
        .assign_public_ip(AssignPublicIp::Disabled);
    let variable = EcsEnvironmentVariable::builder()
        .name("EVENT")
        .value("$.body");
    let container = EcsContainerOverride::builder()
        .name("main")
        .cpu(256)
        .memory(512)
        .environment(variable.build());
    let task = PipeTargetEcsTaskParameters::builder()
        .task_definition_arn("arn:aws:ecs:us-east-1:000000000000:task-definition/t:1")
        .task_count(1)
        .launch_type(LaunchType::Fargate)
        .enable_ecs_managed_tags(true)
        .network_configuration(
            NetworkConfiguration::builder()
                .awsvpc_configuration(vpc.build().unwrap())
                .build(),
        )
        .overrides(
            EcsTaskOverride::builder()
                .container_overrides(container.build())
                .build(),
        );
    PipeTargetParameters::builder()
        .ecs_task_parameters(task.build().unwrap())
        .build()
}

fn job() -> PipeTargetParameters {
    let variable = BatchEnvironmentVariable::builder()
        .name("EVENT")
        .value("$.body");
    let overrides = BatchContainerOverrides::builder().environment(variable.build());
    let job = PipeTargetBatchJobParameters::builder()
        .job_definition("d:1")
        .job_name("job")
        .parameters("Event", "$.body")
        .container_overrides(overrides.build());
    PipeTargetParameters::builder()
        .batch_job_parameters(job.build().unwrap())
        .build()
}

#[tokio::test]
async fn the_parameters_of_every_target_are_described_as_they_were_declared() {
    let server = server().await;
    let one = PipeSourceSqsQueueParameters::builder().batch_size(1);
    let one = PipeSourceParameters::builder()
        .sqs_queue_parameters(one.build())
        .build();
    for (name, target, parameters) in [
        ("bus", "events:us-east-1:000000000000:event-bus/b", bus()),
        (
            "stream",
            "kinesis:us-east-1:000000000000:stream/s",
            stream(),
        ),
        ("task", "ecs:us-east-1:000000000000:cluster/c", task()),
        ("job", "batch:us-east-1:000000000000:job-queue/q", job()),
    ] {
        let target = format!("arn:aws:{target}");
        let request = server
            .request(name, QUEUE)
            .target(&target)
            .target_parameters(parameters.clone())
            .source_parameters(one.clone());
        request.send().await.unwrap();
        let answer = server.describe(name).await;
        assert_eq!(answer.target_parameters(), Some(&parameters), "{name}");
    }
}

#[tokio::test]
async fn an_enrichment_is_described_until_it_is_removed() {
    let server = server().await;
    let function = "arn:aws:lambda:us-east-1:000000000000:function:f";
    let template = PipeEnrichmentParameters::builder()
        .input_template(r#"{"id":<$.body.id>}"#)
        .build();
    let request = server.request("p", QUEUE).enrichment(function);
    let request = request.enrichment_parameters(template.clone());
    request.send().await.unwrap();
    server.reaches("p", &PipeState::Running).await;
    let answer = server.describe("p").await;
    assert_eq!(answer.enrichment(), Some(function));
    assert_eq!(answer.enrichment_parameters(), Some(&template));
    let listed = server.client.list_pipes().send().await.unwrap();
    assert_eq!(listed.pipes()[0].enrichment(), Some(function));

    let update = server.client.update_pipe().name("p").role_arn(ROLE);
    update.enrichment("").send().await.unwrap();
    let answer = server.describe("p").await;
    assert_eq!(answer.enrichment(), None);
    assert_eq!(answer.enrichment_parameters(), None);
}

#[tokio::test]
async fn what_is_not_emulated_of_a_target_is_refused_by_name() {
    let server = server().await;
    let body = json!({"RoleArn": ROLE, "Source": QUEUE, "Target": "arn:aws:ecs:us-east-1:000000000000:cluster/c",
        "TargetParameters": {"EcsTaskParameters": {"TaskDefinitionArn": "t", "PlacementStrategy": []}}});
    let (head, answer) = server.raw("/v1/pipes/p", &body).await;
    assert!(head.starts_with("HTTP/1.1 400"), "{head}");
    let message = answer["message"].as_str().unwrap();
    assert!(
        message.contains("PlacementStrategy is not emulated here"),
        "{message}"
    );
}
