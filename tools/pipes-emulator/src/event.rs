//! One record of a source, on its way through a pipe.

use jiff::Timestamp;
use serde_json::Value;

/// The form of a message's body, or the form that a pattern requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// JSON of any kind; or a pattern that names its fields.
    Json,
    /// Anything else; or a pattern that lists whole bodies.
    Text,
}

/// A record: what filters, templates and targets see.
#[derive(Debug, Clone)]
pub(crate) struct SourceEvent {
    /// What a target names in `batchItemFailures`: `eventID` of a stream record, `messageId` of a message.
    pub(crate) id: String,
    /// The record as Pipes delivers it without a template.
    pub(crate) record: Value,
    /// The record with its `body` parsed, where it is a message whose body is JSON.
    decoded: Option<Value>,
    /// When the source accepted it, for record age and the dead-letter metadata.
    pub(crate) arrived: Option<Timestamp>,
    /// The stream's sequence number, or the receipt handle of a message.
    pub(crate) handle: String,
}

impl SourceEvent {
    /// A stream record.
    pub(crate) fn from_stream(record: Value, sequence: String, arrived: Option<Timestamp>) -> Self {
        Self {
            id: string(&record, "eventID"),
            record,
            decoded: None,
            arrived,
            handle: sequence,
        }
    }

    /// A message of a queue. Filters and paths can read a JSON body.
    pub(crate) fn from_queue(record: Value, receipt_handle: String) -> Self {
        let body = record.get("body").and_then(Value::as_str);
        let decoded = body
            .and_then(|body| serde_json::from_str::<Value>(body).ok())
            .map(|body| {
                let mut whole = record.clone();
                if let Some(fields) = whole.as_object_mut() {
                    fields.insert("body".to_owned(), body);
                }
                whole
            });
        Self {
            id: string(&record, "messageId"),
            record,
            decoded,
            arrived: None,
            handle: receipt_handle,
        }
    }

    /// An event as the enrichment returned it. Nothing in it is parsed a second time.
    pub(crate) fn from_enrichment(record: Value) -> Self {
        Self {
            id: String::new(),
            record,
            decoded: None,
            arrived: None,
            handle: String::new(),
        }
    }

    /// The form of a message's body; none of a stream record.
    pub(crate) fn body_form(&self) -> Option<Form> {
        let body = self.record.get("body").and_then(Value::as_str);
        let form = if self.decoded.is_some() {
            Form::Json
        } else {
            Form::Text
        };
        body.map(|_| form)
    }

    /// The record as filters and paths see it: with the body parsed where that is possible.
    pub(crate) fn view(&self) -> &Value {
        self.decoded.as_ref().unwrap_or(&self.record)
    }
}

fn string(record: &Value, field: &str) -> String {
    record
        .get(field)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_a_json_body_is_parsed() {
        let message = |body: &str| {
            SourceEvent::from_queue(json!({"messageId": "m", "body": body}), "r".to_owned())
        };
        assert_eq!(
            message(r#"{"a":1}"#).view(),
            &json!({"messageId": "m", "body": {"a": 1}})
        );
        assert_eq!(
            message(r#"{"a":1}"#).record,
            json!({"messageId": "m", "body": r#"{"a":1}"#})
        );
        assert_eq!(
            message("{a}").view(),
            &json!({"messageId": "m", "body": "{a}"})
        );
        assert_eq!(message("{a}").id, "m");
        assert_eq!(message(r#"{"a":1}"#).body_form(), Some(Form::Json));
        assert_eq!(message("7").body_form(), Some(Form::Json));
        assert_eq!(message("{a}").body_form(), Some(Form::Text));
        let record = SourceEvent::from_stream(json!({"eventID": "e"}), "1".to_owned(), None);
        assert_eq!(record.body_form(), None);
    }
}
