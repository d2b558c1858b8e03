use domain::ObjectKey;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Messages of SQS, as Lambda gets them.
/// <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>
#[derive(Debug, Deserialize)]
pub(crate) struct Batch {
    #[serde(rename = "Records")]
    pub(crate) messages: Vec<Message>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Message {
    pub(crate) message_id: String,
    pub(crate) body: String,
    /// What delays it.
    #[serde(default)]
    pub(crate) receipt_handle: String,
    #[serde(default)]
    attributes: Attributes,
}

#[derive(Debug, Default, Deserialize)]
struct Attributes {
    #[serde(rename = "ApproximateReceiveCount")]
    receives: Option<String>,
}

impl Message {
    /// How often it was received, this time included.
    pub(crate) fn tries(&self) -> u32 {
        let receives = self.attributes.receives.as_deref();
        receives.and_then(|text| text.parse().ok()).unwrap_or(1)
    }
}

/// The messages that must come again.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answer {
    batch_item_failures: Vec<Failure>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    item_identifier: String,
}

impl Answer {
    pub(crate) fn fails(&mut self, item_identifier: String) {
        self.batch_item_failures.push(Failure { item_identifier });
    }
}

/// The part that is read of S3's event in EventBridge, and all that the sweep sends.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html>
#[derive(Debug, Deserialize)]
struct Notice {
    detail: Detail,
}

#[derive(Debug, Deserialize)]
struct Detail {
    bucket: Bucket,
    object: Object,
}

#[derive(Debug, Deserialize)]
struct Bucket {
    name: String,
}

#[derive(Debug, Deserialize)]
struct Object {
    key: String,
}

/// A message that names no object. It shows only where the text becomes invalid: such a
/// message could hold anything.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the message names no object, as line {line}, column {column} shows")]
pub(crate) struct NoObject {
    line: usize,
    column: usize,
}

/// The bucket and the key of the object that a message is about.
pub(crate) fn object(body: &str) -> Result<(String, ObjectKey), NoObject> {
    let Notice { detail } = serde_json::from_str(body).map_err(|problem| NoObject {
        line: problem.line(),
        column: problem.column(),
    })?;
    Ok((
        detail.bucket.name,
        ObjectKey::from_stored(detail.object.key),
    ))
}

/// The same message with the reason why it cannot be used, for the dead-letter queue.
/// It can be moved back: its reader ignores the reason.
pub(crate) fn letter(body: &str, reason: &str) -> String {
    let Ok(Value::Object(mut whole)) = serde_json::from_str(body) else {
        return body.to_owned();
    };
    whole.insert("reason".to_owned(), reason.into());
    Value::Object(whole).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_is_named_by_s3_and_by_the_sweep_alike() {
        let of_s3 = json!({
            "version": "0", "id": "17793124", "detail-type": "Object Created", "source": "aws.s3",
            "resources": ["arn:aws:s3:::payloads"],
            "detail": {
                "version": "0", "bucket": {"name": "payloads"},
                "object": {"key": "incoming/f/a", "size": 5, "etag": "b1", "sequencer": "00"},
                "reason": "PutObject", "source-ip-address": "192.0.2.1",
            },
        });
        let of_sweep =
            json!({"detail": {"bucket": {"name": "payloads"}, "object": {"key": "incoming/f/a"}}});
        for notice in [of_s3, of_sweep] {
            let (bucket, key) = object(&notice.to_string()).unwrap();
            assert_eq!(
                (bucket.as_str(), key.as_str()),
                ("payloads", "incoming/f/a")
            );
        }
        for other in ["", "{}", r#"{"detail":{"bucket":{"name":"a"}}}"#] {
            assert!(object(other).is_err(), "{other}");
        }
    }

    #[test]
    fn a_letter_names_the_same_object_and_says_why() {
        let body = json!({"id": "1", "detail": {"bucket": {"name": "payloads"}, "object": {"key": "incoming/f/a"}}});
        let letter_text = letter(&body.to_string(), "type_missing: \"why\"");
        let told: Value = serde_json::from_str(&letter_text).unwrap();
        assert_eq!(told["reason"], "type_missing: \"why\"");
        assert_eq!(
            object(&letter_text).unwrap(),
            object(&body.to_string()).unwrap()
        );
        // If it is kept a second time, it has the second reason.
        let again: Value = serde_json::from_str(&letter(&letter_text, "other")).unwrap();
        assert_eq!(
            (&again["reason"], &again["id"]),
            (&json!("other"), &json!("1"))
        );
        assert_eq!(letter("no JSON", "why"), "no JSON");
    }

    #[test]
    fn a_message_tells_how_often_it_came() {
        for (message, tries) in [
            (json!({"messageId": "m1", "body": "{}"}), 1),
            (
                json!({"messageId": "m1", "body": "{}", "attributes": {"ApproximateReceiveCount": "3"}}),
                3,
            ),
        ] {
            let message: Message = serde_json::from_value(message).unwrap();
            assert_eq!(message.tries(), tries);
        }
    }

    #[test]
    fn what_failed_is_named() {
        let batch = json!({"Records": [{"messageId": "m1", "body": "{}", "receiptHandle": "r1", "attributes": {}}]});
        let batch: Batch = serde_json::from_value(batch).unwrap();
        assert_eq!(batch.messages[0].receipt_handle, "r1");
        let mut answer = Answer::default();
        for message in batch.messages {
            answer.fails(message.message_id);
        }
        let expected = json!({"batchItemFailures": [{"itemIdentifier": "m1"}]});
        assert_eq!(serde_json::to_value(answer).unwrap(), expected);
    }
}
