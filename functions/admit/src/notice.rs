use domain::ObjectKey;
use serde::Deserialize;
use serde_json::Value;

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

/// A message that names no object. The error shows only where the text becomes invalid: the
/// text could be anything.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the message names no object: see line {line}, column {column}")]
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
pub(crate) fn dead_letter(body: &str, reason: &str) -> String {
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
    fn a_dead_letter_names_the_same_object_and_says_why() {
        let body = json!({"id": "1", "detail": {"bucket": {"name": "payloads"}, "object": {"key": "incoming/f/a"}}});
        let text = dead_letter(&body.to_string(), "type_missing: \"why\"");
        let parsed: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(parsed["reason"], "type_missing: \"why\"");
        assert_eq!(object(&text).unwrap(), object(&body.to_string()).unwrap());
        // If it is kept a second time, it has the second reason.
        let again: Value = serde_json::from_str(&dead_letter(&text, "other")).unwrap();
        assert_eq!(
            (&again["reason"], &again["id"]),
            (&json!("other"), &json!("1"))
        );
        assert_eq!(dead_letter("no JSON", "why"), "no JSON");
    }
}
