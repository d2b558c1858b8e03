//! What is refused, and how the answer names it.

use super::*;

#[tokio::test]
async fn refusals_name_the_field() {
    let server = server().await;
    let parameters = StreamParameters::builder()
        .starting_position(Start::Latest)
        .batch_size(11)
        .build()
        .unwrap();
    let source = PipeSourceParameters::builder()
        .dynamo_db_stream_parameters(parameters)
        .build();
    let error = server
        .request("p", STREAM)
        .source_parameters(source)
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    let aws_sdk_pipes::operation::create_pipe::CreatePipeError::ValidationException(error) = error
    else {
        panic!("{error:?}")
    };
    let fields: Vec<&str> = error
        .field_list()
        .iter()
        .map(aws_sdk_pipes::types::ValidationExceptionField::name)
        .collect();
    assert_eq!(
        fields,
        ["SourceParameters.DynamoDBStreamParameters.BatchSize"]
    );
    assert!(error.message().unwrap().contains("above the 10"));
    let error = server
        .client
        .describe_pipe()
        .name("gone")
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(error.is_not_found_exception());
}

#[tokio::test]
async fn unknown_fields_are_refused_by_name_and_path() {
    let server = server().await;
    let good = json!({"RoleArn": ROLE, "Source": STREAM, "Target": QUEUE,
        "SourceParameters": {"DynamoDBStreamParameters": {"StartingPosition": "LATEST", "BatchSize": 1}}});
    for (pointer, field, path) in [
        ("", "Speed", "Speed"),
        ("/SourceParameters", "Kind", "SourceParameters.Kind"),
        (
            "/SourceParameters/DynamoDBStreamParameters",
            "Foo",
            "SourceParameters.DynamoDBStreamParameters.Foo",
        ),
        (
            "/SourceParameters",
            "KinesisStreamParameters",
            "SourceParameters.KinesisStreamParameters",
        ),
    ] {
        let mut body = good.clone();
        body.pointer_mut(pointer).unwrap()[field] = json!({});
        let (head, answer) = server.raw("/v1/pipes/p", &body).await;
        assert!(
            head.starts_with("HTTP/1.1 400")
                && head.contains("x-amzn-errortype: ValidationException"),
            "{head}"
        );
        assert_eq!(answer["fieldList"][0]["name"], path, "{answer}");
        assert!(
            answer["message"].as_str().unwrap().contains(field),
            "{answer}"
        );
    }
    let (_, answer) = server
        .raw("/v1/pipes/p", &json!({"RoleArn": ROLE, "Source": QUEUE}))
        .await;
    assert_eq!(answer["fieldList"][0]["name"], "Target");
    let mut body = good.clone();
    body["SourceParameters"]["DynamoDBStreamParameters"]["BatchSize"] = json!("1");
    let (_, answer) = server.raw("/v1/pipes/p", &body).await;
    assert_eq!(
        answer["fieldList"][0]["name"],
        "SourceParameters.DynamoDBStreamParameters.BatchSize"
    );
    // Terraform's provider sends the list empty.
    let mut body = good.clone();
    body["LogConfiguration"] = json!({"Level": "OFF", "IncludeExecutionData": []});
    let (head, answer) = server.raw("/v1/pipes/logs", &body).await;
    assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
    body["LogConfiguration"]["IncludeExecutionData"] = json!(["ALL"]);
    let (head, answer) = server.raw("/v1/pipes/data", &body).await;
    assert!(head.starts_with("HTTP/1.1 400"), "{answer}");
    let mut body = good;
    body["SourceParameters"]["DynamoDBStreamParameters"]
        .as_object_mut()
        .unwrap()
        .remove("StartingPosition");
    let (_, answer) = server.raw("/v1/pipes/p", &body).await;
    assert_eq!(
        answer["fieldList"][0]["name"],
        "SourceParameters.DynamoDBStreamParameters.StartingPosition"
    );
    let (head, _) = server.raw("/v2/pipes", &json!({})).await;
    assert!(
        head.contains("x-amzn-errortype: UnknownOperationException"),
        "{head}"
    );
}
