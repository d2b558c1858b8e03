use std::time::Duration;

use aws_sdk_sqs::{
    Client,
    error::SdkError,
    operation::get_queue_url::GetQueueUrlError,
    types::{Message as Received, MessageSystemAttributeName, QueueAttributeName},
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use domain::{InOrder, StoreError, Timestamp};

use crate::{
    Sdk,
    failure::{classify, code, permanent},
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

    async fn find(client: Client, name: &str) -> Result<Self, StoreError> {
        let answer = match client.get_queue_url().queue_name(name).send().await {
            Ok(answer) => answer,
            Err(error) if does_not_exist(&error) => {
                return Err(permanent(FIND, format!("no queue has the name {name}")));
            }
            Err(error) => return Err(classify(FIND, &error)),
        };
        let url = answer
            .queue_url
            .ok_or_else(|| permanent(FIND, "the queue has no URL"))?;
        Ok(Self { client, url })
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
mod tests;
