mod targets;

use serde_json::{Value, json};

use super::*;
use crate::definition::{Definition, Place};

const STREAM: &str =
    "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2026-11-21T00:00:00.000";
const QUEUE: &str = "arn:aws:sqs:us-east-1:000000000000:q";

fn base(source: &str, target: &str) -> Value {
    let mut body =
        json!({"RoleArn": "arn:aws:iam::000000000000:role/r", "Source": source, "Target": target});
    if source == STREAM {
        body["SourceParameters"]["DynamoDBStreamParameters"] =
            json!({"StartingPosition": "LATEST", "BatchSize": 10});
    }
    body
}

fn check(body: Value) -> Result<Blueprint, Vec<InvalidField>> {
    let place = Place {
        region: "us-east-1".to_owned(),
        account: "000000000000".to_owned(),
    };
    let definition = Definition::new(&place, "p", serde_json::from_value(body).unwrap()).unwrap();
    Blueprint::of(&definition)
}

/// The wrong fields of a changed request.
fn wrong(source: &str, target: &str, change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut body = base(source, target);
    change(&mut body);
    check(body)
        .err()
        .unwrap_or_default()
        .into_iter()
        .map(|problem| problem.field)
        .collect()
}

#[test]
fn a_good_pipe_is_good() {
    for target in [
        QUEUE,
        "arn:aws:sns:us-east-1:000000000000:t",
        "arn:aws:lambda:us-east-1:000000000000:function:f",
    ] {
        assert!(wrong(STREAM, target, |_| {}).is_empty());
        assert!(wrong(QUEUE, target, |_| {}).is_empty());
    }
}

#[test]
fn every_problem_is_reported_at_once() {
    let fields = wrong(STREAM, QUEUE, |body| {
        let stream = &mut body["SourceParameters"]["DynamoDBStreamParameters"];
        stream["BatchSize"] = json!(11);
        stream["MaximumRetryAttempts"] = json!(-2);
        stream["MaximumRecordAgeInSeconds"] = json!(59);
        stream["ParallelizationFactor"] = json!(0);
        stream["MaximumBatchingWindowInSeconds"] = json!(301);
        stream["DeadLetterConfig"] = json!({"Arn": "arn:aws:s3:::b"});
        body["RoleArn"] = json!("r");
    });
    let block = "SourceParameters.DynamoDBStreamParameters";
    let expected = [
        "MaximumBatchingWindowInSeconds",
        "MaximumRetryAttempts",
        "ParallelizationFactor",
        "MaximumRecordAgeInSeconds",
        "DeadLetterConfig.Arn",
        "BatchSize",
    ];
    let expected: Vec<String> = std::iter::once("RoleArn".to_owned())
        .chain(expected.iter().map(|name| format!("{block}.{name}")))
        .collect();
    assert_eq!(fields, expected);
}

#[test]
fn the_limits_themselves_are_allowed() {
    for (name, values) in [
        ("MaximumRetryAttempts", [-1, 10_000]),
        ("MaximumRecordAgeInSeconds", [-1, 604_800]),
        ("MaximumBatchingWindowInSeconds", [0, 300]),
        ("ParallelizationFactor", [1, 10]),
        ("BatchSize", [1, 10]),
    ] {
        for value in values {
            let fields = wrong(STREAM, QUEUE, |body| {
                body["SourceParameters"]["DynamoDBStreamParameters"][name] = json!(value);
            });
            assert!(fields.is_empty(), "{name} {value}: {fields:?}");
        }
    }
}

#[test]
fn the_default_batch_of_a_stream_is_too_big_for_a_queue() {
    let fields = wrong(STREAM, QUEUE, |body| {
        body["SourceParameters"]["DynamoDBStreamParameters"] =
            json!({"StartingPosition": "LATEST"});
    });
    assert_eq!(
        fields,
        ["SourceParameters.DynamoDBStreamParameters.BatchSize"]
    );
    let lambda = "arn:aws:lambda:us-east-1:000000000000:function:f";
    assert!(
        wrong(STREAM, lambda, |body| {
            body["SourceParameters"]["DynamoDBStreamParameters"] =
                json!({"StartingPosition": "LATEST"});
        })
        .is_empty()
    );
}

#[test]
fn parameters_must_fit_their_source_and_target() {
    let stream = |body: &mut Value| body["SourceParameters"] = json!({});
    assert_eq!(
        wrong(STREAM, QUEUE, stream),
        ["SourceParameters.DynamoDBStreamParameters"]
    );
    let other = |body: &mut Value| body["SourceParameters"]["SqsQueueParameters"] = json!({});
    assert_eq!(
        wrong(STREAM, QUEUE, other),
        ["SourceParameters.SqsQueueParameters"]
    );
    let lambda =
        |body: &mut Value| body["TargetParameters"] = json!({"LambdaFunctionParameters": {}});
    assert_eq!(
        wrong(QUEUE, QUEUE, lambda),
        ["TargetParameters.LambdaFunctionParameters"]
    );
    let fifo = format!("{QUEUE}.fifo");
    assert_eq!(
        wrong(QUEUE, &fifo, |_| {}),
        ["TargetParameters.SqsQueueParameters.MessageGroupId"]
    );
    let big = |body: &mut Value| {
        body["SourceParameters"]["SqsQueueParameters"] = json!({"BatchSize": 100});
    };
    let lambda = "arn:aws:lambda:us-east-1:000000000000:function:f";
    assert_eq!(
        wrong(QUEUE, lambda, big),
        ["SourceParameters.SqsQueueParameters.BatchSize"]
    );
}

#[test]
fn a_fifo_queue_gives_ten_messages_at_most_and_has_no_window() {
    const BLOCK: &str = "SourceParameters.SqsQueueParameters";
    let fifo = format!("{QUEUE}.fifo");
    let lambda = "arn:aws:lambda:us-east-1:000000000000:function:f";
    let with = |parameters: Value| {
        wrong(&fifo, lambda, |body| {
            body["SourceParameters"]["SqsQueueParameters"] = parameters;
        })
    };
    assert!(wrong(&fifo, lambda, |_| {}).is_empty());
    assert!(with(json!({"BatchSize": 10, "MaximumBatchingWindowInSeconds": 0})).is_empty());
    assert_eq!(
        with(json!({"BatchSize": 11})),
        [format!("{BLOCK}.BatchSize")]
    );
    assert_eq!(
        with(json!({"MaximumBatchingWindowInSeconds": 1})),
        [format!("{BLOCK}.MaximumBatchingWindowInSeconds")]
    );
}

#[test]
fn dead_letters_go_to_a_standard_queue() {
    let with = |arn: &str| {
        wrong(STREAM, QUEUE, |body| {
            body["SourceParameters"]["DynamoDBStreamParameters"]["DeadLetterConfig"] =
                json!({"Arn": arn});
        })
    };
    assert!(with(QUEUE).is_empty());
    let field = "SourceParameters.DynamoDBStreamParameters.DeadLetterConfig.Arn";
    assert_eq!(with(&format!("{QUEUE}.fifo")), [field]);
}

#[test]
fn texts_have_limits() {
    let filters = |patterns: Vec<String>| {
        move |body: &mut Value| {
            let filters: Vec<Value> = patterns
                .iter()
                .map(|pattern| json!({"Pattern": pattern}))
                .collect();
            body["SourceParameters"]["FilterCriteria"] = json!({"Filters": filters});
        }
    };
    let good = || r#"{"a":["b"]}"#.to_owned();
    assert!(wrong(QUEUE, QUEUE, filters(vec![good(); 5])).is_empty());
    assert_eq!(
        wrong(QUEUE, QUEUE, filters(vec![good(); 6])),
        ["SourceParameters.FilterCriteria.Filters"]
    );
    let long = format!(r#"{{"a":["{}"]}}"#, "b".repeat(4096));
    assert_eq!(
        wrong(QUEUE, QUEUE, filters(vec![good(), long])),
        ["SourceParameters.FilterCriteria.Filters[1].Pattern"]
    );
    let template = |length: usize| {
        move |body: &mut Value| {
            body["TargetParameters"]["InputTemplate"] = json!("x".repeat(length));
        }
    };
    assert!(wrong(QUEUE, QUEUE, template(8192)).is_empty());
    assert_eq!(
        wrong(QUEUE, QUEUE, template(8193)),
        ["TargetParameters.InputTemplate"]
    );
}

#[test]
fn names() {
    assert!(name_problem("coatcheck.router_1-a").is_none());
    assert!(name_problem(&"x".repeat(64)).is_none());
    for bad in ["", "a b", "a/b", "é", &"x".repeat(65)] {
        assert!(name_problem(bad).is_some(), "{bad}");
    }
}

#[test]
fn a_log_level_needs_a_destination() {
    let level = |body: &mut Value| body["LogConfiguration"] = json!({"Level": "ERROR"});
    assert_eq!(wrong(QUEUE, QUEUE, level), ["LogConfiguration"]);
    let with = |body: &mut Value| {
        body["LogConfiguration"] = json!({"Level": "ERROR", "CloudwatchLogsLogDestination":
            {"LogGroupArn": "arn:aws:logs:us-east-1:000000000000:log-group:/pipes:*"}});
    };
    assert!(wrong(QUEUE, QUEUE, with).is_empty());
}
