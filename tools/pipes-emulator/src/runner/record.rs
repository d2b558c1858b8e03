//! Records in the shape that Pipes gives them.

use std::collections::HashMap;

use aws_sdk_dynamodbstreams::primitives::DateTime;
use aws_sdk_dynamodbstreams::types::{AttributeValue, Record};
use aws_sdk_sqs::types::Message;
use base64_simd::STANDARD;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::event::SourceEvent;

/// A stream record as Pipes delivers it.
pub(super) fn of_stream(record: Record, stream_arn: &str) -> SourceEvent {
    let change = record.dynamodb;
    let arrived = change
        .as_ref()
        .and_then(|change| change.approximate_creation_date_time);
    let sequence = change
        .as_ref()
        .and_then(|change| change.sequence_number.clone())
        .unwrap_or_default();
    let change = change.map(|change| {
        present(json!({
            "ApproximateCreationDateTime": arrived.map(|at| seconds(&at)),
            "Keys": change.keys.map(image),
            "NewImage": change.new_image.map(image),
            "OldImage": change.old_image.map(image),
            "SequenceNumber": change.sequence_number,
            "SizeBytes": change.size_bytes,
            "StreamViewType": change.stream_view_type.map(|kind| kind.as_str().to_owned()),
        }))
    });
    let user = record.user_identity;
    let fields = present(json!({
        "eventID": record.event_id,
        "eventName": record.event_name.map(|name| name.as_str().to_owned()),
        "eventVersion": record.event_version,
        "eventSource": record.event_source,
        "awsRegion": record.aws_region,
        "dynamodb": change,
        "userIdentity": user.map(|user| json!({"principalId": user.principal_id, "type": user.r#type})),
        "eventSourceARN": stream_arn,
    }));
    let arrived =
        arrived.and_then(|at| Timestamp::new(at.secs(), at.subsec_nanos().try_into().ok()?).ok());
    SourceEvent::from_stream(fields, sequence, arrived)
}

/// A message as Pipes delivers it.
pub(super) fn of_queue(message: Message, queue_arn: &str, region: &str) -> SourceEvent {
    let attributes: Map<String, Value> = message
        .attributes
        .unwrap_or_default()
        .into_iter()
        .map(|(name, value)| (name.as_str().to_owned(), Value::String(value)))
        .collect();
    let message_attributes: Map<String, Value> = message
        .message_attributes
        .unwrap_or_default()
        .into_iter()
        .map(|(name, value)| {
            let fields = present(json!({
                "stringValue": value.string_value,
                "binaryValue": value.binary_value.map(|blob| base64(blob.as_ref())),
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": value.data_type,
            }));
            (name, fields)
        })
        .collect();
    let handle = message.receipt_handle.unwrap_or_default();
    let record = json!({
        "messageId": message.message_id.unwrap_or_default(),
        "receiptHandle": handle,
        "body": message.body.unwrap_or_default(),
        "attributes": attributes,
        "messageAttributes": message_attributes,
        "md5OfBody": message.md5_of_body.unwrap_or_default(),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": region,
    });
    SourceEvent::from_queue(record, handle)
}

/// An object without the members that are null.
fn present(mut object: Value) -> Value {
    if let Some(fields) = object.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    object
}

fn image(attributes: HashMap<String, AttributeValue>) -> Value {
    Value::Object(
        attributes
            .into_iter()
            .map(|(name, value)| (name, attribute(value)))
            .collect(),
    )
}

fn attribute(value: AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({"S": text}),
        AttributeValue::N(number) => json!({"N": number}),
        AttributeValue::B(blob) => json!({"B": base64(blob.as_ref())}),
        AttributeValue::Bool(value) => json!({"BOOL": value}),
        AttributeValue::Null(value) => json!({"NULL": value}),
        AttributeValue::Ss(texts) => json!({"SS": texts}),
        AttributeValue::Ns(numbers) => json!({"NS": numbers}),
        AttributeValue::Bs(blobs) => {
            json!({"BS": blobs.iter().map(|blob| base64(blob.as_ref())).collect::<Vec<_>>()})
        }
        AttributeValue::L(items) => {
            json!({"L": items.into_iter().map(attribute).collect::<Vec<_>>()})
        }
        AttributeValue::M(fields) => json!({"M": image(fields)}),
        // A type that this SDK does not know yet.
        _ => Value::Null,
    }
}

fn base64(bytes: &[u8]) -> Value {
    Value::String(STANDARD.encode_to_string(bytes))
}

/// Whole seconds as an integer, others as a fraction: DynamoDB's form of the time.
fn seconds(at: &DateTime) -> Value {
    if at.subsec_nanos() == 0 {
        json!(at.secs())
    } else {
        json!(at.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_dynamodbstreams::primitives::Blob;
    use aws_sdk_dynamodbstreams::types::{OperationType, StreamRecord, StreamViewType};
    use aws_sdk_sqs::types::{MessageAttributeValue, MessageSystemAttributeName};

    #[test]
    fn a_stream_record_has_the_shape_of_pipes() {
        let change = StreamRecord::builder()
            .approximate_creation_date_time(DateTime::from_secs(1_700_000_000))
            .keys("pk", AttributeValue::S("k".to_owned()))
            .new_image("n", AttributeValue::N("42".to_owned()))
            .new_image("b", AttributeValue::B(Blob::new([0, 255])))
            .new_image(
                "l",
                AttributeValue::L(vec![AttributeValue::Bool(true), AttributeValue::Null(true)]),
            )
            .sequence_number("111")
            .size_bytes(26)
            .stream_view_type(StreamViewType::NewImage)
            .build();
        let record = Record::builder()
            .event_id("e")
            .event_name(OperationType::Insert)
            .event_version("1.1")
            .event_source("aws:dynamodb")
            .aws_region("us-east-1")
            .dynamodb(change)
            .build();
        let event = of_stream(record, "arn");
        assert_eq!(
            event.record,
            json!({
                "eventID": "e", "eventName": "INSERT", "eventVersion": "1.1", "eventSource": "aws:dynamodb",
                "awsRegion": "us-east-1", "eventSourceARN": "arn",
                "dynamodb": {
                    "ApproximateCreationDateTime": 1_700_000_000,
                    "Keys": {"pk": {"S": "k"}},
                    "NewImage": {"n": {"N": "42"}, "b": {"B": "AP8="}, "l": {"L": [{"BOOL": true}, {"NULL": true}]}},
                    "SequenceNumber": "111", "SizeBytes": 26, "StreamViewType": "NEW_IMAGE"
                }
            })
        );
        assert_eq!((event.id.as_str(), event.handle.as_str()), ("e", "111"));
        assert_eq!(
            event.arrived,
            Some(Timestamp::from_second(1_700_000_000).unwrap())
        );
    }

    #[test]
    fn a_message_has_the_shape_of_pipes() {
        let attribute = MessageAttributeValue::builder()
            .data_type("String")
            .string_value("v")
            .build()
            .unwrap();
        let message = Message::builder()
            .message_id("m")
            .receipt_handle("r")
            .body("{}")
            .md5_of_body("99914b932bd37a50b983c5e7c90ae93b")
            .attributes(MessageSystemAttributeName::ApproximateReceiveCount, "1")
            .message_attributes("a", attribute)
            .build();
        assert_eq!(
            of_queue(message, "arn", "us-east-1").record,
            json!({
                "messageId": "m", "receiptHandle": "r", "body": "{}",
                "md5OfBody": "99914b932bd37a50b983c5e7c90ae93b",
                "attributes": {"ApproximateReceiveCount": "1"},
                "messageAttributes": {"a": {
                    "stringValue": "v", "stringListValues": [], "binaryListValues": [], "dataType": "String"}},
                "eventSource": "aws:sqs", "eventSourceARN": "arn", "awsRegion": "us-east-1"
            })
        );
    }
}
