//! A pipe from its declaration to its end.

use super::*;

#[tokio::test]
async fn a_pipe_lives_from_create_to_delete() {
    let server = server().await;
    let client = &server.client;
    server.create("p").await;
    let again = server.request("p", QUEUE).send().await;
    let again = again.unwrap_err().into_service_error();
    assert!(again.is_conflict_exception(), "{again:?}");

    let answer = client.stop_pipe().name("p").send().await.unwrap();
    assert_eq!(answer.current_state, Some(PipeState::Stopping));
    assert_eq!(answer.desired_state, Some(RequestedPipeState::Stopped));
    server.reaches("p", &PipeState::Stopped).await;
    let again = client.stop_pipe().name("p").send().await;
    let again = again.unwrap_err().into_service_error();
    assert!(again.is_conflict_exception(), "{again:?}");

    client.start_pipe().name("p").send().await.unwrap();
    server.reaches("p", &PipeState::Running).await;

    client.delete_pipe().name("p").send().await.unwrap();
    for _ in 0..200 {
        match client.describe_pipe().name("p").send().await {
            Ok(answer) => assert_eq!(answer.current_state, Some(PipeState::Deleting)),
            Err(error) => {
                assert!(error.into_service_error().is_not_found_exception());
                break;
            }
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(client.list_pipes().send().await.unwrap().pipes().is_empty());
    assert_eq!(
        *server.runs.lock().unwrap(),
        ["p after \"\"", "p after \"+\""],
        "the checkpoint is kept"
    );
}

#[tokio::test]
async fn a_pipe_that_cannot_work_says_why() {
    let server = server().await;
    let request = server.request("p", QUEUE).description("bad");
    request.send().await.unwrap();
    server.reaches("p", &PipeState::CreateFailed).await;
    let answer = server.describe("p").await;
    assert_eq!(answer.state_reason(), Some("the role may not"));

    server.create("q").await;
    let update = server.client.update_pipe().name("q").role_arn(ROLE);
    update.description("bad").send().await.unwrap();
    server.reaches("q", &PipeState::UpdateFailed).await;
    let answer = server.describe("q").await;
    assert_eq!(answer.description(), None, "the old declaration goes on");
    assert!(server.runs.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_was_declared_is_described() {
    let server = server().await;
    let source = PipeSourceParameters::builder()
        .dynamo_db_stream_parameters(stream_parameters())
        .build();
    let target = PipeTargetParameters::builder()
        .input_template(r#"{"id":<$.eventID>}"#)
        .build();
    let request = server
        .request("p", STREAM)
        .source_parameters(source.clone())
        .target_parameters(target.clone())
        .tags("a", "b");
    request
        .desired_state(RequestedPipeState::Stopped)
        .send()
        .await
        .unwrap();
    server.reaches("p", &PipeState::Stopped).await;
    let answer = server.describe("p").await;
    let parameters = answer
        .source_parameters()
        .unwrap()
        .dynamo_db_stream_parameters()
        .unwrap();
    assert_eq!(parameters.maximum_retry_attempts(), Some(3));
    assert_eq!(
        parameters.maximum_record_age_in_seconds(),
        Some(-1),
        "the default is reported"
    );
    assert_eq!(answer.target_parameters(), Some(&target));
    assert_eq!(
        answer
            .log_configuration()
            .unwrap()
            .level()
            .unwrap()
            .as_str(),
        "OFF"
    );
    assert_eq!(
        answer.arn(),
        Some("arn:aws:pipes:us-east-1:000000000000:pipe/p")
    );
    assert!(answer.creation_time().unwrap().secs() > 1_700_000_000);

    let update = UpdatePipeSourceDynamoDbStreamParameters::builder()
        .batch_size(5)
        .maximum_retry_attempts(1)
        .build();
    let update = UpdatePipeSourceParameters::builder()
        .dynamo_db_stream_parameters(update)
        .build();
    let request = server
        .client
        .update_pipe()
        .name("p")
        .role_arn(ROLE)
        .source_parameters(update);
    request
        .desired_state(RequestedPipeState::Running)
        .send()
        .await
        .unwrap();
    server.reaches("p", &PipeState::Running).await;
    let answer = server.describe("p").await;
    let parameters = answer
        .source_parameters()
        .unwrap()
        .dynamo_db_stream_parameters()
        .unwrap();
    assert_eq!(
        (parameters.batch_size(), parameters.starting_position()),
        (Some(5), &Start::TrimHorizon)
    );
    assert_eq!(
        answer.target_parameters(),
        Some(&target),
        "what was not named stays"
    );
}
