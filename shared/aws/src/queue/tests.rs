use aws_sdk_sqs::operation::{
    change_message_visibility::ChangeMessageVisibilityOutput, delete_message::DeleteMessageOutput,
    get_queue_attributes::GetQueueAttributesOutput, get_queue_url::GetQueueUrlOutput,
    receive_message::ReceiveMessageOutput, send_message::SendMessageOutput,
};
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;

use super::*;

fn against(rule: &Rule) -> Queue {
    Queue {
        client: mock_client!(aws_sdk_sqs, RuleMode::MatchAny, [rule]),
        url: "https://queue".to_owned(),
    }
}

async fn received(sent: Option<&'static str>) -> Vec<Message> {
    let rule = mock!(Client::receive_message)
        .match_requests(|call| {
            call.queue_url() == Some("https://queue")
                && call.max_number_of_messages() == Some(10)
                && call.wait_time_seconds() == Some(1)
                && call.message_system_attribute_names()
                    == [MessageSystemAttributeName::SentTimestamp]
        })
        .then_output(move || {
            let name = MessageSystemAttributeName::SentTimestamp;
            let attributes = sent.map(|text| [(name, text.to_owned())].into());
            let message = Received::builder()
                .body("{}")
                .receipt_handle("r1")
                .set_attributes(attributes)
                .build();
            ReceiveMessageOutput::builder().messages(message).build()
        });
    let wait = Duration::from_millis(1_900);
    against(&rule).receive(wait).await.unwrap()
}

#[tokio::test]
async fn a_message_tells_when_it_came() {
    let at = "2026-11-22T05:00:00.250Z".parse().unwrap();
    for (sent, expected) in [
        (Some("1795323600250"), Some(at)),
        (Some("yesterday"), None),
        (None, None),
    ] {
        let message = Message {
            body: "{}".to_owned(),
            sent_at: expected,
            receipt: "r1".to_owned(),
        };
        assert_eq!(received(sent).await, [message]);
    }
}

#[tokio::test]
async fn is_found_by_its_name() {
    let rule = mock!(Client::get_queue_url)
        .match_requests(|call| call.queue_name() == Some("coatcheck-invoices-dlq"))
        .then_output(|| {
            GetQueueUrlOutput::builder()
                .queue_url("https://queue")
                .build()
        });
    let client = mock_client!(aws_sdk_sqs, RuleMode::MatchAny, [&rule]);
    let queue = Queue::find(client, "coatcheck-invoices-dlq").await;
    assert_eq!(queue.unwrap().url, "https://queue");
}

#[tokio::test]
async fn a_queue_that_is_missing_is_said_to_be() {
    for (code, missing) in [
        ("QueueDoesNotExist", true),
        ("AWS.SimpleQueueService.NonExistentQueue", true),
        ("AccessDeniedException", false),
    ] {
        let rule = mock!(Client::get_queue_url).then_http_response(move || {
            let body = format!(r#"{{"__type":"com.amazonaws.sqs#{code}"}}"#);
            HttpResponse::new(StatusCode::try_from(400).unwrap(), SdkBody::from(body))
        });
        let client = mock_client!(aws_sdk_sqs, RuleMode::MatchAny, [&rule]);
        let error = Queue::find(client, "coatcheck-invoices-dlq").await;
        let why = domain::with_causes(&error.unwrap_err());
        assert_eq!(why.contains("no queue has the name"), missing, "{why}");
    }
}

#[tokio::test]
async fn a_message_in_order_has_its_group_and_its_id() {
    let rule = mock!(Client::send_message)
        .match_requests(|call| {
            call.message_group_id() == Some("g1")
                && call.message_deduplication_id() == Some("d1")
                && call.message_body() == Some("{}")
        })
        .then_output(|| SendMessageOutput::builder().build());
    let order = InOrder {
        group: "g1".to_owned(),
        deduplication_id: "d1".to_owned(),
    };
    against(&rule).send_in_order("{}", &order).await.unwrap();
    assert_eq!(rule.num_calls(), 1);
}

#[tokio::test]
async fn is_put_off_by_its_receipt() {
    let rule = mock!(Client::change_message_visibility)
        .match_requests(|call| {
            call.queue_url() == Some("https://queue")
                && call.receipt_handle() == Some("r1")
                && call.visibility_timeout() == Some(5)
        })
        .then_output(|| ChangeMessageVisibilityOutput::builder().build());
    let wait = Duration::from_millis(5_900);
    against(&rule).put_off("r1", wait).await.unwrap();
    assert_eq!(rule.num_calls(), 1);
}

#[tokio::test]
async fn is_deleted_by_its_receipt_and_sent_as_it_is() {
    let delete = mock!(Client::delete_message)
        .match_requests(|call| call.receipt_handle() == Some("r1"))
        .then_output(|| DeleteMessageOutput::builder().build());
    against(&delete).delete("r1").await.unwrap();
    let send = mock!(Client::send_message)
        .match_requests(|call| call.message_body() == Some(r#"{"a":1}"#))
        .then_output(|| SendMessageOutput::builder().build());
    against(&send).send(r#"{"a":1}"#).await.unwrap();
    assert_eq!((delete.num_calls(), send.num_calls()), (1, 1));
}

#[tokio::test]
async fn tells_how_many_wait_or_that_it_does_not() {
    for (count, expected) in [(Some("20"), Some(20)), (Some("many"), None), (None, None)] {
        let name = QueueAttributeName::ApproximateNumberOfMessages;
        let rule = mock!(Client::get_queue_attributes)
            .match_requests(|call| {
                call.attribute_names() == [QueueAttributeName::ApproximateNumberOfMessages]
            })
            .then_output(move || {
                let all = count.map(|count| [(name.clone(), count.to_owned())].into());
                GetQueueAttributesOutput::builder()
                    .set_attributes(all)
                    .build()
            });
        assert_eq!(against(&rule).waiting().await.ok(), expected);
    }
}

#[tokio::test]
async fn a_refusal_is_sorted_as_everywhere() {
    for (status, code, later) in [
        (403, "AccessDeniedException", false),
        (400, "QueueDoesNotExist", false),
        (503, "ServiceUnavailable", true),
    ] {
        let rule = mock!(Client::send_message)
            .sequence()
            .http_response(move || {
                let body = format!(r#"{{"__type":"com.amazonaws.sqs#{code}"}}"#);
                let status = StatusCode::try_from(status).unwrap();
                HttpResponse::new(status, SdkBody::from(body))
            })
            .repeatedly()
            .build();
        let error = against(&rule).send("{}").await.unwrap_err();
        assert_eq!(
            matches!(error, StoreError::Transient { .. }),
            later,
            "{code}"
        );
    }
}
