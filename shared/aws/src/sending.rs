use aws_sdk_sqs::{primitives::Blob, types::MessageAttributeValue};
use domain::StoreError;

use crate::{
    Queue,
    failure::{classify, permanent},
};

const SEND: &str = "sqs:SendMessage";

/// A message to be sent, with more than its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sending {
    /// Its text.
    pub body: String,
    /// Messages of one group stay in order in a FIFO queue, and wait fairly in a standard one.
    pub group: Option<String>,
    /// Of a FIFO queue, which drops a second message with the same one for five minutes.
    pub deduplication: Option<String>,
    /// Beside the text. An empty value is left out: SQS refuses it.
    pub attributes: Vec<(&'static str, Attribute)>,
}

/// The value of a message's attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attribute {
    /// Text.
    Text(String),
    /// A whole number.
    Number(u64),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Queue {
    /// Sends a message with its group and attributes.
    ///
    /// # Errors
    /// As [`StoreError`] says. It may have been sent anyway.
    pub async fn send_with(&self, sending: Sending) -> Result<(), StoreError> {
        let mut call = self
            .client
            .send_message()
            .queue_url(&self.url)
            .message_body(sending.body)
            .set_message_group_id(sending.group)
            .set_message_deduplication_id(sending.deduplication);
        for (name, value) in sending.attributes {
            if let Some(value) = attribute(value)? {
                call = call.message_attributes(name, value);
            }
        }
        let sent = call.send().await;
        sent.map(drop).map_err(|error| classify(SEND, &error))
    }
}

/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html>
fn attribute(value: Attribute) -> Result<Option<MessageAttributeValue>, StoreError> {
    let made = MessageAttributeValue::builder();
    let made = match value {
        Attribute::Text(text) if text.is_empty() => return Ok(None),
        Attribute::Bytes(bytes) if bytes.is_empty() => return Ok(None),
        Attribute::Text(text) => made.data_type("String").string_value(text),
        Attribute::Number(number) => made.data_type("Number").string_value(number.to_string()),
        Attribute::Bytes(bytes) => made.data_type("Binary").binary_value(Blob::new(bytes)),
    };
    let built = made.build();
    let built = built.map_err(|_| permanent(SEND, "an attribute has no type"))?;
    Ok(Some(built))
}

#[cfg(test)]
mod tests {
    use aws_sdk_sqs::{Client, operation::send_message::SendMessageOutput};
    use aws_smithy_mocks::{RuleMode, mock, mock_client};

    use super::*;

    #[tokio::test]
    async fn a_message_has_its_group_and_its_attributes() {
        let rule = mock!(Client::send_message)
            .match_requests(|call| {
                let all = call.message_attributes().unwrap();
                let answer = all["answer"].binary_value().unwrap();
                call.message_body() == Some("{}")
                    && call.message_group_id() == Some("g")
                    && call.message_deduplication_id() == Some("m1")
                    && all.len() == 3
                    && all["reason"].string_value() == Some("status")
                    && (all["status"].data_type(), all["status"].string_value())
                        == ("Number", Some("404"))
                    && answer.as_ref() == b"\0no"
            })
            .then_output(|| SendMessageOutput::builder().build());
        let queue = Queue {
            client: mock_client!(aws_sdk_sqs, RuleMode::MatchAny, [&rule]),
            url: "https://queue.fifo".to_owned(),
        };
        assert!(queue.is_fifo());
        let sending = Sending {
            body: "{}".to_owned(),
            group: Some("g".to_owned()),
            deduplication: Some("m1".to_owned()),
            attributes: vec![
                ("reason", Attribute::Text("status".to_owned())),
                ("status", Attribute::Number(404)),
                ("answer", Attribute::Bytes(b"\0no".to_vec())),
                ("empty", Attribute::Bytes(Vec::new())),
            ],
        };
        queue.send_with(sending).await.unwrap();
        assert_eq!(rule.num_calls(), 1);
    }
}
