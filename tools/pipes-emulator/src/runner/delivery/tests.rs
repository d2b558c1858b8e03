use serde_json::{Value, json};

use super::fake::{Answer, Pipe, messages};
use super::*;

const BUS: &str = "events:us-east-1:000000000000:event-bus/b";
const FUNCTION: &str = "lambda:us-east-1:000000000000:function:f";
const CLUSTER: &str = "ecs:us-east-1:000000000000:cluster/c";

fn ok(items: &str, codes: &[Option<&str>]) -> Answer {
    let items_of: Vec<Value> = codes
        .iter()
        .map(|code| code.map_or(json!({}), |code| json!({"ErrorCode": code})))
        .collect();
    Answer::Json(json!({ (items): items_of }))
}

fn enriched_by_a_function() -> Value {
    json!({"Enrichment": "arn:aws:lambda:us-east-1:000000000000:function:e",
        "EnrichmentParameters": {"InputTemplate": r#"{"in":<$.body.id>}"#},
        "TargetParameters": {"InputTemplate": r#"{"out":<$.n>}"#}})
}

fn actions(calls: &[(String, Value)]) -> Vec<&str> {
    calls
        .iter()
        .map(|(action, _)| action.rsplit('.').next().unwrap_or(action))
        .collect()
}

#[test]
fn more_events_than_the_target_takes_are_not_sent() {
    assert_eq!(fits(TargetKind::Bus, 10), Ok(()));
    assert!(fits(TargetKind::Bus, 11).is_err());
    assert!(fits(TargetKind::Cluster, 2).is_err());
    assert_eq!(fits(TargetKind::Lambda, 10_000), Ok(()));
}

#[test]
fn entries_are_records_only_as_long_as_there_are_as_many() {
    let of = |target, entries| about_the_source(BatchOutcome::Failed(vec![1]), target, 3, entries);
    assert_eq!(of(TargetKind::Bus, 3), BatchOutcome::Failed(vec![1]));
    assert_eq!(of(TargetKind::Bus, 2), BatchOutcome::NotDelivered);
    assert_eq!(of(TargetKind::Lambda, 2), BatchOutcome::Failed(vec![1]));
    let all = about_the_source(BatchOutcome::Delivered, TargetKind::Bus, 3, 2);
    assert_eq!(all, BatchOutcome::Delivered);
}

#[tokio::test]
async fn only_what_a_batch_api_refused_failed() {
    let stream =
        json!({"TargetParameters": {"KinesisStreamParameters": {"PartitionKey": "$.body.id"}}});
    for (target, more, action, items) in [
        (BUS, json!({}), "PutEvents", "Entries"),
        (
            "kinesis:us-east-1:000000000000:stream/s",
            stream,
            "PutRecords",
            "Records",
        ),
        (
            "firehose:us-east-1:000000000000:deliverystream/d",
            json!({}),
            "PutRecordBatch",
            "RequestResponses",
        ),
    ] {
        let pipe = Pipe::to(target, more).await;
        pipe.answers([
            ok(items, &[None, Some("InternalFailure"), None]),
            ok(items, &[None]),
            Answer::Refused("ThrottlingException"),
        ]);
        let batch = messages(&["a", "b", "c"]);
        let outcome = pipe.running.deliver(&batch).await;
        assert_eq!(outcome, BatchOutcome::Failed(vec![1]), "{action}");
        let outcome = pipe.running.deliver(&batch[1..2]).await;
        assert_eq!(outcome, BatchOutcome::Delivered, "{action}");
        let outcome = pipe.running.deliver(&batch).await;
        assert_eq!(outcome, BatchOutcome::NotDelivered, "{action}");
        assert_eq!(actions(&pipe.calls()), [action; 3]);
    }
}

#[tokio::test]
async fn a_task_and_a_job_are_started_with_what_the_paths_name() {
    let task = json!({"SourceParameters": {"SqsQueueParameters": {"BatchSize": 1}},
        "TargetParameters": {"EcsTaskParameters": {
            "TaskDefinitionArn": "arn:aws:ecs:us-east-1:000000000000:task-definition/t:1",
            "Overrides": {"ContainerOverrides": [{"Name": "c", "Command": ["run", "$.body.id"]}]}}}});
    let pipe = Pipe::to(CLUSTER, task).await;
    pipe.answers([
        Answer::Json(json!({"tasks": [], "failures": [{"reason": "RESOURCE:CPU"}]})),
        Answer::Json(json!({"tasks": [{}], "failures": []})),
    ]);
    let batch = messages(&["a"]);
    assert_eq!(
        pipe.running.deliver(&batch).await,
        BatchOutcome::NotDelivered
    );
    assert_eq!(pipe.running.deliver(&batch).await, BatchOutcome::Delivered);
    let calls = pipe.calls();
    assert_eq!(actions(&calls), ["RunTask", "RunTask"]);
    let overrides = &calls[1].1["overrides"]["containerOverrides"];
    assert_eq!(overrides, &json!([{"name": "c", "command": ["run", "a"]}]));

    let job = json!({"SourceParameters": {"SqsQueueParameters": {"BatchSize": 1}},
        "TargetParameters": {"BatchJobParameters": {"JobDefinition": "d:1", "JobName": "$.body.id"}}});
    let queue = "batch:us-east-1:000000000000:job-queue/q";
    let pipe = Pipe::to(queue, job).await;
    pipe.answers([Answer::Json(json!({"jobId": "j"}))]);
    assert_eq!(pipe.running.deliver(&batch).await, BatchOutcome::Delivered);
    let bad = pipe.running.deliver(&messages(&["not a name"])).await;
    assert_eq!(bad, BatchOutcome::NotDelivered);
    let body =
        json!({"jobName": "a", "jobDefinition": "d:1", "jobQueue": format!("arn:aws:{queue}")});
    assert_eq!(pipe.calls(), [("/v1/submitjob".to_owned(), body)]);
}

#[tokio::test]
async fn what_the_enrichment_answers_takes_the_place_of_the_batch() {
    let pipe = Pipe::to(BUS, enriched_by_a_function()).await;
    let batch = messages(&["a", "b", "c"]);
    pipe.answers([
        Answer::Json(json!([{"n": 1}, {"n": 2}])),
        ok("Entries", &[None, None]),
    ]);
    assert_eq!(pipe.running.deliver(&batch).await, BatchOutcome::Delivered);
    let calls = pipe.calls();
    assert_eq!(calls[0].1, json!([{"in": "a"}, {"in": "b"}, {"in": "c"}]));
    let details: Vec<&str> = calls[1].1["Entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|entry| entry["Detail"].as_str())
        .collect();
    assert_eq!(details, [r#"{"out":1}"#, r#"{"out":2}"#]);
}

#[tokio::test]
async fn an_enrichment_that_leaves_nothing_ends_the_batch_without_the_target() {
    let pipe = Pipe::to(BUS, enriched_by_a_function()).await;
    let batch = messages(&["a", "b"]);
    for empty in [json!([]), json!({}), json!(""), Value::Null] {
        pipe.answers([Answer::Json(empty)]);
        assert_eq!(pipe.running.deliver(&batch).await, BatchOutcome::Delivered);
    }
    assert_eq!(pipe.calls().len(), 4, "the target was not called");
}

#[tokio::test]
async fn a_batch_whose_enrichment_fails_is_tried_again_as_a_whole() {
    let pipe = Pipe::to(BUS, enriched_by_a_function()).await;
    let batch = messages(&["a", "b"]);
    let many: Vec<Value> = (0..11).map(|n| json!({"n": n})).collect();
    for wrong in [
        Answer::Thrown,
        Answer::Refused("ResourceNotFoundException"),
        Answer::Json(json!(many)),
    ] {
        pipe.answers([wrong]);
        let outcome = pipe.running.deliver(&batch).await;
        assert_eq!(outcome, BatchOutcome::NotDelivered);
    }
    assert_eq!(pipe.calls().len(), 3, "the target was not called");
}

#[tokio::test]
async fn a_partial_failure_is_of_the_whole_batch_if_the_enrichment_changed_its_length() {
    let pipe = Pipe::to(BUS, enriched_by_a_function()).await;
    let batch = messages(&["a", "b"]);
    let one = Some("InternalFailure");
    pipe.answers([
        Answer::Json(json!([{"n": 1}, {"n": 2}])),
        ok("Entries", &[None, one]),
        Answer::Json(json!([{"n": 1}, {"n": 2}, {"n": 3}])),
        ok("Entries", &[None, one, None]),
    ]);
    let outcome = pipe.running.deliver(&batch).await;
    assert_eq!(outcome, BatchOutcome::Failed(vec![1]));
    let outcome = pipe.running.deliver(&batch).await;
    assert_eq!(outcome, BatchOutcome::NotDelivered);
}

#[tokio::test]
async fn a_function_names_the_records_of_the_source_even_behind_an_enrichment() {
    let pipe = Pipe::to(FUNCTION, enriched_by_a_function()).await;
    let batch = messages(&["a", "b"]);
    pipe.answers([
        Answer::Json(json!([{"n": 1}])),
        Answer::Json(json!({"batchItemFailures": [{"itemIdentifier": "b"}]})),
    ]);
    let outcome = pipe.running.deliver(&batch).await;
    assert_eq!(outcome, BatchOutcome::Failed(vec![1]));
}

/// The clock is stopped: it moves on as soon as nothing else can happen.
#[tokio::test]
async fn an_enrichment_that_does_not_answer_in_five_minutes_has_failed() {
    let pipe = Pipe::to(BUS, enriched_by_a_function()).await;
    pipe.answers([Answer::Json(json!([])), Answer::Never]);
    let batch = messages(&["a"]);
    // The first call connects, which must not seem to take long.
    assert_eq!(pipe.running.deliver(&batch).await, BatchOutcome::Delivered);
    tokio::time::pause();
    let started = Instant::now();
    let outcome = pipe.running.deliver(&batch).await;
    assert_eq!(outcome, BatchOutcome::NotDelivered);
    assert_eq!(started.elapsed().as_secs(), 300);
    assert_eq!(pipe.calls().len(), 2);
}
