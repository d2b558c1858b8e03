//! `batchItemFailures`: how a function or workflow names the records of a batch that failed. Pure.

use serde_json::Value;

use super::outcome::BatchOutcome;

/// What a function or workflow has done with a batch, by its response; `None` if the response is
/// malformed or names an unknown record. A response without the field, or one that is not a JSON
/// object, is a success: functions without partial failures may answer anything.
pub(crate) fn outcome(response: &[u8], ids: &[&str]) -> Option<BatchOutcome> {
    let Ok(Value::Object(response)) = serde_json::from_slice(response) else {
        return Some(BatchOutcome::Delivered);
    };
    let failures = match response.get("batchItemFailures") {
        None | Some(Value::Null) => return Some(BatchOutcome::Delivered),
        Some(failures) => failures.as_array()?,
    };
    let mut failed = Vec::with_capacity(failures.len());
    for failure in failures {
        let named = failure.get("itemIdentifier")?.as_str()?;
        failed.push(ids.iter().position(|id| *id == named)?);
    }
    Some(BatchOutcome::of_failed(failed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(response: &str) -> Option<BatchOutcome> {
        outcome(response.as_bytes(), &["a", "b", "c"])
    }

    #[test]
    fn nothing_named_is_a_success() {
        for response in [
            "",
            "null",
            "\"ok\"",
            "[]",
            "{}",
            r#"{"batchItemFailures":null}"#,
            r#"{"batchItemFailures":[]}"#,
        ] {
            assert_eq!(of(response), Some(BatchOutcome::Delivered), "{response}");
        }
    }

    #[test]
    fn named_records_failed() {
        let response = r#"{"batchItemFailures":[{"itemIdentifier":"c"},{"itemIdentifier":"a"},{"itemIdentifier":"c"}]}"#;
        assert_eq!(of(response), Some(BatchOutcome::Failed(vec![0, 2])));
    }

    #[test]
    fn a_bad_name_fails_the_whole_batch() {
        for entry in [
            "{\"itemIdentifier\":\"d\"}",
            "{\"itemIdentifier\":\"\"}",
            "{\"itemIdentifier\":null}",
            "{}",
            "\"a\"",
        ] {
            let response = format!(r#"{{"batchItemFailures":[{{"itemIdentifier":"a"}},{entry}]}}"#);
            assert_eq!(of(&response), None, "{entry}");
        }
        assert_eq!(of(r#"{"batchItemFailures":"a"}"#), None);
    }
}
