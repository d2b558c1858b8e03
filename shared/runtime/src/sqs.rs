use serde::{Deserialize, Serialize};

/// Messages of an SQS queue, as Lambda gets them.
/// <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>
#[derive(Debug, Deserialize)]
pub struct SqsBatch {
    /// The messages.
    #[serde(rename = "Records")]
    pub records: Vec<SqsRecord>,
}

/// One message: the parts that are used.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SqsRecord {
    /// Names it in a [`BatchResponse`].
    pub message_id: String,
    /// Its text.
    pub body: String,
    /// Names this receipt of it, to change when it comes again.
    #[serde(default)]
    pub receipt_handle: String,
    /// Its queue.
    #[serde(default, rename = "eventSourceARN")]
    pub queue_arn: String,
    #[serde(default)]
    attributes: SqsAttributes,
}

#[derive(Debug, Default, Deserialize)]
struct SqsAttributes {
    #[serde(rename = "ApproximateReceiveCount")]
    receives: Option<String>,
    #[serde(rename = "MessageGroupId")]
    group: Option<String>,
}

impl SqsRecord {
    /// How often it was received, this time included.
    #[must_use]
    pub fn tries(&self) -> u32 {
        let receives = self.attributes.receives.as_deref();
        receives.and_then(|text| text.parse().ok()).unwrap_or(1)
    }

    /// Its group, if its queue keeps the order of groups. A message of a standard queue may have
    /// one too, which promises no order.
    #[must_use]
    pub fn ordered_group(&self) -> Option<&str> {
        let group = self.attributes.group.as_deref();
        group.filter(|_| self.queue_arn.ends_with(".fifo"))
    }
}

/// Which messages must be delivered again; the others are deleted.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchResponse {
    batch_item_failures: Vec<ItemFailure>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemFailure {
    item_identifier: String,
}

impl BatchResponse {
    /// Asks for this message again.
    pub fn fail(&mut self, message_id: String) {
        self.batch_item_failures.push(ItemFailure {
            item_identifier: message_id,
        });
    }
}

/// Asks for these messages again.
impl FromIterator<String> for BatchResponse {
    fn from_iter<I: IntoIterator<Item = String>>(message_ids: I) -> Self {
        let mut response = Self::default();
        message_ids.into_iter().for_each(|id| response.fail(id));
        response
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_record_has_its_queue_its_receipt_and_its_tries() {
        let bare = json!({"messageId": "m1", "body": "{}"});
        let whole = json!({
            "messageId": "m2", "body": "a", "receiptHandle": "r1", "eventSourceARN": "arn:q",
            "attributes": {"ApproximateReceiveCount": "3", "SenderId": "x", "MessageGroupId": "g"},
        });
        let batch: SqsBatch = serde_json::from_value(json!({"Records": [bare, whole]})).unwrap();
        let [bare, whole] = &batch.records[..] else {
            panic!("{batch:?}");
        };
        assert_eq!((bare.message_id.as_str(), bare.tries()), ("m1", 1));
        assert_eq!(
            (whole.body.as_str(), whole.receipt_handle.as_str()),
            ("a", "r1")
        );
        assert_eq!((whole.queue_arn.as_str(), whole.tries()), ("arn:q", 3));
        assert_eq!(whole.ordered_group(), None);
    }

    #[test]
    fn only_a_fifo_queue_keeps_groups_in_order() {
        let record = json!({
            "messageId": "m", "body": "", "eventSourceARN": "arn:q.fifo",
            "attributes": {"MessageGroupId": "g"},
        });
        let record: SqsRecord = serde_json::from_value(record).unwrap();
        assert_eq!(record.ordered_group(), Some("g"));
    }

    #[test]
    fn a_response_names_what_failed() {
        let mut response = BatchResponse::default();
        let json = |response: &BatchResponse| serde_json::to_value(response).unwrap();
        assert_eq!(json(&response), json!({"batchItemFailures": []}));
        response.fail("m1".to_owned());
        let expected = json!({"batchItemFailures": [{"itemIdentifier": "m1"}]});
        assert_eq!(json(&response), expected);
    }
}
