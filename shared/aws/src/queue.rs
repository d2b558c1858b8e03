use std::time::Duration;

use aws_sdk_sqs::{
    Client,
    error::SdkError,
    operation::get_queue_url::GetQueueUrlError,
    types::{Message as Received, MessageSystemAttributeName, QueueAttributeName},
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use domain::{StoreError, Timestamp};

use crate::{
    Sdk,
    failure::{classify, permanent},
    peek::code,
};

const RECEIVE: &str = "sqs:ReceiveMessage";
const DELETE: &str = "sqs:DeleteMessage";
const PUT_OFF: &str = "sqs:ChangeMessageVisibility";
const SEND: &str = "sqs:SendMessage";
const FIND: &str = "sqs:GetQueueUrl";
const LOOK: &str = "sqs:GetQueueAttributes";

/// The most that SQS gives at once.
const AT_ONCE: i32 = 10;

/// One queue.
#[derive(Debug, Clone)]
pub struct Queue {
    pub(crate) client: Client,
    pub(crate) url: String,
}

/// What a message of a FIFO queue needs. Each has at most 128 letters, digits and punctuation marks
/// of ASCII.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct InOrder {
    /// Messages of one group are received in the order in which they were sent.
    pub group: String,
    /// A second message with the same id is dropped, for five minutes.
    pub deduplication_id: String,
}

impl InOrder {
    /// Whether SQS accepts this text as a group or as a deduplication id.
    #[must_use]
    pub fn accepts(text: &str) -> bool {
        (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
    }
}

/// A message that was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its text.
    pub body: String,
    /// When the queue got it, where SQS says so.
    pub sent_at: Option<Timestamp>,
    /// Deletes it.
    pub receipt: String,
}

impl Queue {
    /// The queue at this URL.
    #[must_use]
    pub fn new(sdk: &Sdk, url: String) -> Self {
        Self {
            client: Client::new(&sdk.config),
            url,
        }
    }

    /// The queue at another URL, by the same connections.
    #[must_use]
    pub fn at(&self, url: &str) -> Self {
        Self {
            client: self.client.clone(),
            url: url.to_owned(),
        }
    }

    /// The queue of this name in the account and region of the credentials.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn named(sdk: &Sdk, name: &str) -> Result<Self, StoreError> {
        Self::find(Client::new(&sdk.config), name).await
    }

    /// The same, if there is such a queue.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn named_if_any(sdk: &Sdk, name: &str) -> Result<Option<Self>, StoreError> {
        Self::find_if_any(Client::new(&sdk.config), name).await
    }

    async fn find(client: Client, name: &str) -> Result<Self, StoreError> {
        let found = Self::find_if_any(client, name).await?;
        found.ok_or_else(|| permanent(FIND, format!("no queue has the name {name}")))
    }

    async fn find_if_any(client: Client, name: &str) -> Result<Option<Self>, StoreError> {
        let answer = match client.get_queue_url().queue_name(name).send().await {
            Ok(answer) => answer,
            Err(error) if does_not_exist(&error) => return Ok(None),
            Err(error) => return Err(classify(FIND, &error)),
        };
        let url = answer
            .queue_url
            .ok_or_else(|| permanent(FIND, "the queue has no URL"))?;
        Ok(Some(Self { client, url }))
    }

    /// Whether it is a FIFO queue: SQS requires the suffix of those, and of no others.
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html>
    #[must_use]
    pub fn is_fifo(&self) -> bool {
        self.url.ends_with(".fifo")
    }

    /// Up to ten messages; none if none came in that time, which is cut off to seconds.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn receive(&self, wait: Duration) -> Result<Vec<Message>, StoreError> {
        let answer = self
            .client
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(AT_ONCE)
            .wait_time_seconds(wait.as_secs().try_into().unwrap_or(i32::MAX))
            .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp)
            .send()
            .await
            .map_err(|error| classify(RECEIVE, &error))?;
        Ok(answer
            .messages
            .unwrap_or_default()
            .into_iter()
            .map(Message::from)
            .collect())
    }

    /// Lets a message be received again only after this time, cut to seconds.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn put_off(&self, receipt: &str, wait: Duration) -> Result<(), StoreError> {
        self.client
            .change_message_visibility()
            .queue_url(&self.url)
            .receipt_handle(receipt)
            .visibility_timeout(wait.as_secs().try_into().unwrap_or(i32::MAX))
            .send()
            .await
            .map(drop)
            .map_err(|error| classify(PUT_OFF, &error))
    }

    /// Deletes a message; no failure if it is already deleted.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn delete(&self, receipt: &str) -> Result<(), StoreError> {
        self.client
            .delete_message()
            .queue_url(&self.url)
            .receipt_handle(receipt)
            .send()
            .await
            .map(drop)
            .map_err(|error| classify(DELETE, &error))
    }

    /// Sends a message.
    ///
    /// # Errors
    /// As [`StoreError`] says. It may have been sent anyway.
    pub async fn send(&self, body: &str) -> Result<(), StoreError> {
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .send()
            .await
            .map(drop)
            .map_err(|error| classify(SEND, &error))
    }

    /// Sends a message to a FIFO queue: in this group, and once for this id within five minutes.
    ///
    /// # Errors
    /// As [`StoreError`] says. It may have been sent anyway.
    pub async fn send_in_order(&self, body: &str, order: &InOrder) -> Result<(), StoreError> {
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .message_group_id(&order.group)
            .message_deduplication_id(&order.deduplication_id)
            .send()
            .await
            .map(drop)
            .map_err(|error| classify(SEND, &error))
    }

    /// How many messages could be received now. SQS counts approximately: what was sent in the last
    /// minute may be missing.
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html>
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn waiting(&self) -> Result<u64, StoreError> {
        let name = QueueAttributeName::ApproximateNumberOfMessages;
        let answer = self
            .client
            .get_queue_attributes()
            .queue_url(&self.url)
            .attribute_names(name.clone())
            .send()
            .await
            .map_err(|error| classify(LOOK, &error))?;
        answer
            .attributes
            .and_then(|all| all.get(&name)?.parse().ok())
            .ok_or_else(|| permanent(LOOK, "the queue does not say how many messages wait"))
    }
}

/// No queue has the name; SQS also says so to someone without a right to a queue of another account.
fn does_not_exist(error: &SdkError<GetQueueUrlError, HttpResponse>) -> bool {
    matches!(code(error), Some("QueueDoesNotExist" | "NonExistentQueue"))
}

impl From<Received> for Message {
    fn from(received: Received) -> Self {
        let sent_at = received
            .attributes
            .as_ref()
            .and_then(|all| all.get(&MessageSystemAttributeName::SentTimestamp))
            .and_then(|text| text.parse().ok())
            .and_then(|ms| Timestamp::from_millisecond(ms).ok());
        Self {
            body: received.body.unwrap_or_default(),
            sent_at,
            receipt: received.receipt_handle.unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sqs::operation::{
        change_message_visibility::ChangeMessageVisibilityOutput,
        delete_message::DeleteMessageOutput, get_queue_attributes::GetQueueAttributesOutput,
        get_queue_url::GetQueueUrlOutput, receive_message::ReceiveMessageOutput,
        send_message::SendMessageOutput,
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
    async fn none_of_a_name_is_no_failure_and_a_refusal_is_one() {
        for (code, none) in [
            ("QueueDoesNotExist", true),
            ("AWS.SimpleQueueService.NonExistentQueue", true),
            ("AccessDeniedException", false),
        ] {
            let rule = mock!(Client::get_queue_url).then_http_response(move || {
                let body = format!(r#"{{"__type":"com.amazonaws.sqs#{code}"}}"#);
                HttpResponse::new(StatusCode::try_from(400).unwrap(), SdkBody::from(body))
            });
            let client = || mock_client!(aws_sdk_sqs, RuleMode::MatchAny, [&rule]);
            let found = Queue::find_if_any(client(), "coatcheck-invoices-dlq").await;
            assert_eq!(matches!(found, Ok(None)), none, "{code}");
            assert!(
                Queue::find(client(), "coatcheck-invoices-dlq")
                    .await
                    .is_err()
            );
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
        for (text, good) in [
            ("ac42", true),
            ("a~!/#", true),
            ("", false),
            ("a b", false),
            ("\u{e9}", false),
        ] {
            assert_eq!(InOrder::accepts(text), good, "{text}");
        }
        assert!(InOrder::accepts(&"a".repeat(128)) && !InOrder::accepts(&"a".repeat(129)));
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
}
