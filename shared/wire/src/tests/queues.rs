//! What SQS is asked for dead letters, and what it says.

use domain::InOrder;
use serde_json::json;

use super::*;
use crate::Queues;

fn queues(stub: &Stub) -> Queues {
    Queues::new(&environment(stub))
}

fn order() -> InOrder {
    InOrder {
        group: "g1".to_owned(),
        deduplication_id: "d1".to_owned(),
    }
}

#[tokio::test]
async fn a_queue_is_found_by_its_name_and_a_missing_one_is_no_failure() {
    let stub = Stub::new([
        Step::Answer(200, r#"{"QueueUrl":"https://queue"}"#),
        Step::Answer(400, r#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist"}"#),
        Step::Answer(
            400,
            r#"{"__type":"AWS.SimpleQueueService.NonExistentQueue"}"#,
        ),
        Step::Answer(400, r#"{"__type":"x#AccessDeniedException"}"#),
    ])
    .await;
    let queues = queues(&stub);
    let found = queues.find("notes-dlq").await.unwrap();
    assert_eq!(found.as_deref(), Some("https://queue"));
    assert_eq!(queues.find("notes-dlq").await.unwrap(), None);
    assert_eq!(queues.find("notes-dlq").await.unwrap(), None);
    assert!(!is_transient(queues.find("notes-dlq").await));
    let asked = &stub.requests()[0];
    assert_eq!(asked.header("x-amz-target"), "AmazonSQS.GetQueueUrl");
    assert_eq!(asked.header("content-type"), "application/x-amz-json-1.0");
    assert!(asked.header("authorization").contains("/sqs/aws4_request"));
    assert_eq!(asked.json(), json!({"QueueName": "notes-dlq"}));
}

#[tokio::test]
async fn only_a_fifo_queue_gets_the_order() {
    let sent = Step::Answer(200, r#"{"MD5OfMessageBody":"x","MessageId":"m"}"#);
    let stub = Stub::new([sent, sent]).await;
    let queues = queues(&stub);
    for url in ["https://queue", "https://queue.fifo"] {
        queues.send(url, "{}", &order()).await.unwrap();
    }
    let seen = stub.requests();
    assert_eq!(seen[0].header("x-amz-target"), "AmazonSQS.SendMessage");
    assert_eq!(
        seen[0].json(),
        json!({"QueueUrl": "https://queue", "MessageBody": "{}"})
    );
    assert_eq!(
        seen[1].json(),
        json!({
            "QueueUrl": "https://queue.fifo",
            "MessageBody": "{}",
            "MessageGroupId": "g1",
            "MessageDeduplicationId": "d1",
        })
    );
}

#[tokio::test]
async fn a_message_that_may_be_lost_is_sent_again() {
    let busy = Step::Answer(403, r#"{"__type":"com.amazonaws.sqs#RequestThrottled"}"#);
    let stub = Stub::new([Step::Close, busy, Step::Answer(200, "{}")]).await;
    queues(&stub)
        .send("https://queue", "{}", &order())
        .await
        .unwrap();
    assert_eq!(stub.requests().len(), 3);
    let gone = Step::Answer(400, r#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist"}"#);
    let stub = Stub::new([gone]).await;
    let outcome = queues(&stub).send("https://queue", "{}", &order()).await;
    assert!(!is_transient(outcome));
}
