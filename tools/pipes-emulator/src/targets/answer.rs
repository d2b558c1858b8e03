//! `batchItemFailures`: what a function or workflow answers about a batch. Pure.

use serde_json::Value;

/// What the answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Everything succeeded.
    Good,
    /// These indexes of the batch failed, in order of the batch.
    Failed(Vec<usize>),
    /// The answer is malformed or names an unknown record: the whole batch failed.
    Malformed,
}

/// Reads an answer. An answer without the field, or one that is not a JSON object, is a success:
/// functions without partial failures may answer anything.
pub(crate) fn read(answer: &[u8], ids: &[&str]) -> Verdict {
    let Ok(Value::Object(answer)) = serde_json::from_slice(answer) else {
        return Verdict::Good;
    };
    let failures = match answer.get("batchItemFailures") {
        None | Some(Value::Null) => return Verdict::Good,
        Some(Value::Array(failures)) => failures,
        Some(_) => return Verdict::Malformed,
    };
    let mut failed = Vec::with_capacity(failures.len());
    for failure in failures {
        let named = failure.get("itemIdentifier").and_then(Value::as_str);
        match named.and_then(|named| ids.iter().position(|id| *id == named)) {
            Some(index) => failed.push(index),
            None => return Verdict::Malformed,
        }
    }
    failed.sort_unstable();
    failed.dedup();
    if failed.is_empty() {
        Verdict::Good
    } else {
        Verdict::Failed(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(answer: &str) -> Verdict {
        read(answer.as_bytes(), &["a", "b", "c"])
    }

    #[test]
    fn nothing_named_is_a_success() {
        for answer in [
            "",
            "null",
            "\"ok\"",
            "[]",
            "{}",
            r#"{"batchItemFailures":null}"#,
            r#"{"batchItemFailures":[]}"#,
        ] {
            assert_eq!(of(answer), Verdict::Good, "{answer}");
        }
    }

    #[test]
    fn named_records_failed() {
        let answer = r#"{"batchItemFailures":[{"itemIdentifier":"c"},{"itemIdentifier":"a"},{"itemIdentifier":"c"}]}"#;
        assert_eq!(of(answer), Verdict::Failed(vec![0, 2]));
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
            let answer = format!(r#"{{"batchItemFailures":[{{"itemIdentifier":"a"}},{entry}]}}"#);
            assert_eq!(of(&answer), Verdict::Malformed, "{entry}");
        }
        assert_eq!(of(r#"{"batchItemFailures":"a"}"#), Verdict::Malformed);
    }
}
