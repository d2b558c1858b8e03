use domain::{InOrder, StoreError};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::json;

use crate::{
    Environment,
    environment::ServiceName,
    item::action,
    service::{JsonAction, Service},
};

const FIND: JsonAction = action("sqs:GetQueueUrl", "AmazonSQS.GetQueueUrl");
const SEND: JsonAction = action("sqs:SendMessage", "AmazonSQS.SendMessage");

/// How SQS says that no queue has a name, today and in its first protocol.
const MISSING: [&str; 2] = [
    "QueueDoesNotExist",
    "AWS.SimpleQueueService.NonExistentQueue",
];

/// The queues of the account and region of the credentials. Nothing is connected before it is
/// needed.
#[derive(Debug)]
pub struct Queues {
    service: Service,
}

#[derive(Deserialize)]
struct Found {
    #[serde(rename = "QueueUrl")]
    url: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Message<'a> {
    queue_url: &'a str,
    message_body: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_group_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_deduplication_id: Option<&'a str>,
}

impl Queues {
    /// All of them.
    #[must_use]
    pub fn new(environment: &Environment) -> Self {
        let service = Service::new(environment, ServiceName::Sqs);
        Self { service }
    }

    /// The URL of the queue of this name, if there is one.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn find(&self, name: &str) -> Result<Option<String>, StoreError> {
        let input = json!({"QueueName": name});
        match self.service.json::<Found>(&FIND, &input).await? {
            Ok(found) => Ok(Some(found.url)),
            // SQS also says so to someone without a right to a queue of another account.
            Err(refused) if MISSING.iter().any(|code| refused.is(code)) => Ok(None),
            Err(refused) => Err(refused.refused(FIND.operation)),
        }
    }

    /// Sends a message, to a FIFO queue in its order. One whose answer is lost is sent again: a
    /// FIFO queue drops the second, a standard one may then have two.
    ///
    /// # Errors
    /// As [`StoreError`] says. It may have been sent anyway.
    pub async fn send(&self, url: &str, body: &str, order: &InOrder) -> Result<(), StoreError> {
        // SQS requires the suffix of FIFO queues, and of no others.
        // <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html>
        let order = Some(order).filter(|_| url.ends_with(".fifo"));
        let message = Message {
            queue_url: url,
            message_body: body,
            message_group_id: order.map(|order| order.group.as_str()),
            message_deduplication_id: order.map(|order| order.deduplication_id.as_str()),
        };
        let sent = self.service.json::<IgnoredAny>(&SEND, &message).await?;
        sent.map(drop)
            .map_err(|refused| refused.refused(SEND.operation))
    }
}
