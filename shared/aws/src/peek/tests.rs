use aws_sdk_sqs::{
    Client,
    operation::{
        change_message_visibility::ChangeMessageVisibilityOutput,
        get_queue_attributes::GetQueueAttributesOutput, receive_message::ReceiveMessageOutput,
    },
};
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use aws_smithy_runtime_api::{client::orchestrator::HttpResponse, http::StatusCode};
use aws_smithy_types::body::SdkBody;

use super::*;

fn against(rule: &Rule) -> Queue {
    Queue {
        client: mock_client!(aws_sdk_sqs, RuleMode::MatchAny, [rule]),
        url: "https://queue".to_owned(),
    }
}

fn refusal(code: &'static str) -> impl Fn() -> HttpResponse + Send + Sync {
    move || {
        let body = format!(r#"{{"__type":"com.amazonaws.sqs#{code}"}}"#);
        HttpResponse::new(StatusCode::try_from(400).unwrap(), SdkBody::from(body))
    }
}

#[tokio::test]
async fn tells_how_much_is_in_it_and_how_long_it_stays() {
    let numbers = |with_retention: bool| {
        mock!(Client::get_queue_attributes).then_output(move || {
            let mut answer = GetQueueAttributesOutput::builder()
                .attributes(QueueAttributeName::ApproximateNumberOfMessages, "12")
                .attributes(
                    QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
                    "3",
                )
                .attributes(QueueAttributeName::ApproximateNumberOfMessagesDelayed, "1");
            if with_retention {
                answer = answer.attributes(QueueAttributeName::MessageRetentionPeriod, "1209600");
            }
            answer.build()
        })
    };
    let expected = Depth {
        visible: 12,
        in_flight: 3,
        delayed: 1,
        kept_s: 1_209_600,
    };
    assert_eq!(against(&numbers(true)).depth().await.unwrap(), expected);
    assert!(against(&numbers(false)).depth().await.is_err());
}

#[tokio::test]
async fn holds_messages_for_a_while() {
    let rule = mock!(Client::receive_message)
        .match_requests(|call| {
            call.queue_url() == Some("https://queue")
                && call.max_number_of_messages() == Some(10)
                && call.wait_time_seconds() == Some(1)
                && call.visibility_timeout() == Some(30)
                && call.message_system_attribute_names().len() == 3
        })
        .then_output(|| {
            let message = Message::builder()
                .message_id("m1")
                .body("{}")
                .receipt_handle("r1")
                .attributes(MessageSystemAttributeName::SentTimestamp, "1795323600250")
                .attributes(MessageSystemAttributeName::ApproximateReceiveCount, "4")
                .attributes(MessageSystemAttributeName::MessageGroupId, "ac42");
            let bare = Message::builder().message_id("m2").build();
            ReceiveMessageOutput::builder()
                .messages(message.build())
                .messages(bare)
                .build()
        });
    let held = against(&rule)
        .hold(Duration::from_millis(1_900), Duration::from_secs(30))
        .await
        .unwrap();
    let first = Held {
        id: "m1".to_owned(),
        body: "{}".to_owned(),
        sent_at: Some("2026-11-22T05:00:00.250Z".parse().unwrap()),
        receives: 4,
        group: Some("ac42".to_owned()),
        receipt: "r1".to_owned(),
    };
    assert_eq!(held[0], first);
    assert_eq!((held[1].sent_at, held[1].receives), (None, 0));
    assert_eq!(held[1].group, None);
}

#[tokio::test]
async fn puts_each_back_at_once() {
    let rule = mock!(Client::change_message_visibility)
        .match_requests(|call| {
            call.queue_url() == Some("https://queue") && call.visibility_timeout() == Some(0)
        })
        .then_output(|| ChangeMessageVisibilityOutput::builder().build());
    let receipts: Vec<String> = (0..12).map(|at| format!("r{at}")).collect();
    against(&rule).release(&receipts).await.unwrap();
    assert_eq!(rule.num_calls(), 12);
}

#[tokio::test]
async fn what_is_gone_needs_not_be_put_back_and_a_refusal_stops_nothing() {
    for (code, good) in [
        ("AWS.SimpleQueueService.MessageNotInflight", true),
        ("MessageNotInflight", true),
        ("ReceiptHandleIsInvalid", true),
        ("InvalidParameterValue", true),
        ("AccessDeniedException", false),
    ] {
        let rule = mock!(Client::change_message_visibility).then_http_response(refusal(code));
        let receipts: Vec<String> = (0..12).map(|at| format!("r{at}")).collect();
        let released = against(&rule).release(&receipts).await;
        assert_eq!((released.is_ok(), rule.num_calls()), (good, 12), "{code}");
    }
}
