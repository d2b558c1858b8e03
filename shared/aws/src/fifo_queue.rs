use aws_sdk_sqs::{
    Client,
    types::{SendMessageBatchRequestEntry, SendMessageBatchResultEntry},
};
use domain::StoreError;

use crate::{
    Sdk,
    failure::{classify, permanent},
};

const SEND: &str = "sqs:SendMessageBatch";

/// A FIFO queue to which messages are sent in batches.
#[derive(Debug, Clone)]
pub struct FifoQueue {
    client: Client,
    url: String,
}

/// A message for a FIFO queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FifoMessage<'a> {
    /// Its text.
    pub body: &'a str,
    /// Messages of one group are received in the order in which they were sent.
    pub group: &'a str,
    /// Within 5 minutes, the queue takes only the first message of a group with the same one.
    pub deduplication_id: &'a str,
}

impl FifoQueue {
    /// The most messages of a batch.
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html>
    pub const AT_ONCE: usize = 10;

    /// The queue at this URL.
    #[must_use]
    pub fn new(sdk: &Sdk, url: String) -> Self {
        Self {
            client: Client::new(&sdk.config),
            url,
        }
    }

    /// Sends at most [`Self::AT_ONCE`] messages in one call. Returns the places of those that the queue did not
    /// take; it may have taken one of them all the same.
    ///
    /// # Errors
    /// As [`StoreError`] says, about all of them.
    pub async fn send(&self, messages: &[FifoMessage<'_>]) -> Result<Vec<usize>, StoreError> {
        let entries = messages
            .iter()
            .enumerate()
            .map(|(place, message)| {
                SendMessageBatchRequestEntry::builder()
                    .id(place.to_string())
                    .message_body(message.body)
                    .message_group_id(message.group)
                    .message_deduplication_id(message.deduplication_id)
                    .build()
                    .map_err(|problem| permanent(SEND, problem.to_string()))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let answer = self
            .client
            .send_message_batch()
            .queue_url(&self.url)
            .set_entries(Some(entries))
            .send()
            .await
            .map_err(|error| classify(SEND, &error))?;
        // What the answer does not name as sent was not sent.
        let sent: Vec<&str> = answer
            .successful
            .iter()
            .map(SendMessageBatchResultEntry::id)
            .collect();
        Ok((0..messages.len())
            .filter(|place| !sent.contains(&place.to_string().as_str()))
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sqs::{
        operation::send_message_batch::SendMessageBatchOutput, types::BatchResultErrorEntry,
    };
    use aws_smithy_mocks::{RuleMode, mock, mock_client};

    use super::*;

    fn message(id: &'static str) -> FifoMessage<'static> {
        FifoMessage {
            body: "{}",
            group: "ac42",
            deduplication_id: id,
        }
    }

    #[tokio::test]
    async fn what_the_answer_does_not_name_as_sent_was_not_sent() {
        let taken = |id: &str| {
            SendMessageBatchResultEntry::builder()
                .id(id)
                .message_id("m")
                .md5_of_message_body("d")
                .build()
                .unwrap()
        };
        let refused = BatchResultErrorEntry::builder()
            .id("1")
            .code("InternalError")
            .sender_fault(false)
            .build()
            .unwrap();
        let output = SendMessageBatchOutput::builder()
            .successful(taken("0"))
            .failed(refused)
            .build()
            .unwrap();
        let rule = mock!(Client::send_message_batch)
            .match_requests(|request| {
                let entries = request.entries();
                entries.len() == 3
                    && entries[2].id() == "2"
                    && entries[2].message_group_id() == Some("ac42")
                    && entries[2].message_deduplication_id() == Some("e3")
            })
            .then_output(move || output.clone());
        let queue = FifoQueue {
            client: mock_client!(aws_sdk_sqs, RuleMode::MatchAny, [&rule]),
            url: "https://queue.fifo".to_owned(),
        };
        let messages = ["e1", "e2", "e3"].map(message);
        assert_eq!(queue.send(&messages).await.unwrap(), [1, 2]);
    }
}
