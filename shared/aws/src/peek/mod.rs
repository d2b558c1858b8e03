use std::{collections::HashMap, time::Duration};

use aws_sdk_sqs::{
    error::SdkError,
    operation::change_message_visibility::ChangeMessageVisibilityError,
    types::{Message, MessageSystemAttributeName, QueueAttributeName},
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use domain::{StoreError, Timestamp};
use tokio::task::JoinSet;

use crate::{
    Queue,
    failure::{classify, code, permanent},
};

const ATTRIBUTES: &str = "sqs:GetQueueAttributes";
const RECEIVE: &str = "sqs:ReceiveMessage";
const RELEASE: &str = "sqs:ChangeMessageVisibility";

/// The most calls under way at once.
const AT_ONCE: usize = 10;

/// About how many messages are in a queue: SQS counts only approximately.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Depth {
    /// Waiting.
    pub visible: u64,
    /// Received, and neither deleted nor returned yet.
    pub in_flight: u64,
    /// Not available yet.
    pub delayed: u64,
    /// How long a message is kept, in seconds.
    pub kept_s: u64,
}

/// A message that was taken out for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Stays the same however often it is received.
    pub id: String,
    /// Its text.
    pub body: String,
    /// When a queue first got it, where SQS says so.
    pub sent_at: Option<Timestamp>,
    /// How often it was received, about.
    pub receives: u64,
    /// Its group; none in a standard queue.
    pub group: Option<String>,
    /// Deletes it or puts it back.
    pub receipt: String,
}

/// How to look at a queue and take nothing.
impl Queue {
    /// How many messages are in it.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn depth(&self) -> Result<Depth, StoreError> {
        let answer = self
            .client
            .get_queue_attributes()
            .queue_url(&self.url)
            .attribute_names(QueueAttributeName::ApproximateNumberOfMessages)
            .attribute_names(QueueAttributeName::ApproximateNumberOfMessagesNotVisible)
            .attribute_names(QueueAttributeName::ApproximateNumberOfMessagesDelayed)
            .attribute_names(QueueAttributeName::MessageRetentionPeriod)
            .send()
            .await
            .map_err(|error| classify(ATTRIBUTES, &error))?;
        depth(&answer.attributes.unwrap_or_default())
    }

    /// Up to ten messages, which no one else gets for that long; none if there are
    /// none. Both times are cut to seconds.
    ///
    /// A FIFO queue gives the first messages of a group, and no further ones of it until these are
    /// deleted or back.
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html>
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn hold(&self, wait: Duration, hide: Duration) -> Result<Vec<Held>, StoreError> {
        let seconds = |time: Duration| time.as_secs().try_into().unwrap_or(i32::MAX);
        let answer = self
            .client
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(10)
            .wait_time_seconds(seconds(wait))
            .visibility_timeout(seconds(hide))
            .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp)
            .message_system_attribute_names(MessageSystemAttributeName::ApproximateReceiveCount)
            .message_system_attribute_names(MessageSystemAttributeName::MessageGroupId)
            .send()
            .await
            .map_err(|error| classify(RECEIVE, &error))?;
        let messages = answer.messages.unwrap_or_default();
        Ok(messages.into_iter().map(Held::from).collect())
    }

    /// Puts messages back at once. A message that is already gone or back is no
    /// failure.
    ///
    /// # Errors
    /// As [`StoreError`] says; all of them were tried.
    pub async fn release(&self, receipts: &[String]) -> Result<(), StoreError> {
        let mut outcome = Ok(());
        for some in receipts.chunks(AT_ONCE) {
            // One call each and not one for all: only then is a refusal about the right for
            // that call, in every cloud.
            let calls = some.iter().map(|receipt| {
                let call = self.client.change_message_visibility();
                let call = call.queue_url(&self.url).receipt_handle(receipt);
                call.visibility_timeout(0).send()
            });
            for answer in calls.collect::<JoinSet<_>>().join_all().await {
                match answer {
                    Err(error) if !is_gone(&error) => outcome = Err(classify(RELEASE, &error)),
                    _ => {}
                }
            }
        }
        outcome
    }
}

/// Its receipt is no longer valid: it was deleted, or its time was over.
fn is_gone(error: &SdkError<ChangeMessageVisibilityError, HttpResponse>) -> bool {
    matches!(
        code(error),
        Some("InvalidParameterValue" | "MessageNotInflight" | "ReceiptHandleIsInvalid")
    )
}

fn depth(attributes: &HashMap<QueueAttributeName, String>) -> Result<Depth, StoreError> {
    let number = |name: QueueAttributeName| {
        let text = attributes.get(&name);
        text.and_then(|text| text.parse().ok())
            .ok_or_else(|| permanent(ATTRIBUTES, format!("the answer has no {}", name.as_str())))
    };
    Ok(Depth {
        visible: number(QueueAttributeName::ApproximateNumberOfMessages)?,
        in_flight: number(QueueAttributeName::ApproximateNumberOfMessagesNotVisible)?,
        delayed: number(QueueAttributeName::ApproximateNumberOfMessagesDelayed)?,
        kept_s: number(QueueAttributeName::MessageRetentionPeriod)?,
    })
}

impl From<Message> for Held {
    fn from(message: Message) -> Self {
        let number = |name: &MessageSystemAttributeName| {
            let text = message.attributes.as_ref().and_then(|all| all.get(name));
            text.and_then(|text| text.parse::<i64>().ok())
        };
        let sent_at = number(&MessageSystemAttributeName::SentTimestamp)
            .and_then(|ms| Timestamp::from_millisecond(ms).ok());
        let receives = number(&MessageSystemAttributeName::ApproximateReceiveCount)
            .and_then(|count| count.try_into().ok());
        let group = message.attributes.as_ref();
        let group = group.and_then(|all| all.get(&MessageSystemAttributeName::MessageGroupId));
        Self {
            sent_at,
            receives: receives.unwrap_or_default(),
            group: group.cloned(),
            id: message.message_id.unwrap_or_default(),
            body: message.body.unwrap_or_default(),
            receipt: message.receipt_handle.unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests;
