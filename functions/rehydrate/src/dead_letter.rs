use std::collections::HashMap;

use aws::StreamRange;
use serde::Deserialize;

/// Parts of the names of a dead letter's members, and of what it names. A message that has one is
/// kept: better one message too many in the DLQ than an event lost.
const MARKS: [&str; 8] = [
    "BatchInfo",
    "shardId",
    "SequenceNumber",
    "batchSize",
    "streamArn",
    "context",
    "approximate",
    "arn:",
];

/// The message that a pipe writes about a batch of stream records that it gave up.
/// AWS does not document its form for Pipes; it is that of Lambda's event source
/// mappings.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html>
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct PipeDeadLetter {
    #[serde(default)]
    context: Context,
    #[serde(rename = "DDBStreamBatchInfo")]
    batch: Range,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
struct Context {
    #[serde(default)]
    condition: String,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Range {
    shard_id: String,
    start_sequence_number: String,
    end_sequence_number: String,
    batch_size: usize,
    stream_arn: String,
}

impl PipeDeadLetter {
    /// Reads one. The error shows only where the text becomes invalid: a message that is not a
    /// dead letter could hold anything.
    pub(crate) fn parse(body: &str) -> Result<Self, String> {
        serde_json::from_str(body).map_err(|problem| {
            let (line, column) = (problem.line(), problem.column());
            format!("the message is not a dead letter of a pipe: see line {line}, column {column}")
        })
    }

    /// Whether a text that is not a dead letter cannot have been one. Pipes tests the queue when a
    /// pipe is created: without the right to send, the pipe fails with "Error occurred while
    /// sending message to SQS queue" (github.com/aws-samples/serverless-patterns, issues 1543 and
    /// 1857). Unconfirmed: whether that message stays in the queue, and its text. AWS documents
    /// neither. To drop a dead letter would lose events, so only this is dropped:
    ///
    /// * nothing but white space,
    /// * text that is not JSON and has neither a brace nor one of the [`MARKS`],
    /// * JSON that has none of them anywhere, whether as a name or in a text.
    ///
    /// Text that has one of them, or begins as an object and is broken, is kept.
    pub(crate) fn cannot_be(body: &str) -> bool {
        let has_mark = MARKS.iter().any(|mark| body.contains(mark));
        // A name may be written with escapes, which hide the mark.
        let hides_one = body.contains('\\');
        let is_whole = serde_json::from_str::<serde::de::IgnoredAny>(body).is_ok();
        let is_text = !body.contains(['{', '}', '[', ']']);
        !has_mark && !hides_one && (is_whole || is_text)
    }

    /// Where the records are.
    pub(crate) fn range(&self) -> StreamRange<'_> {
        StreamRange {
            stream_arn: &self.batch.stream_arn,
            shard_id: &self.batch.shard_id,
            first: &self.batch.start_sequence_number,
            last: &self.batch.end_sequence_number,
        }
    }

    /// How many records the pipe gave up.
    pub(crate) fn batch_size(&self) -> usize {
        self.batch.batch_size
    }

    /// Why it gave them up, for instance `RetryAttemptsExhausted`.
    pub(crate) fn condition(&self) -> &str {
        &self.context.condition
    }
}

/// Where events go: the ARN of each queue that a pipe writes dead letters to, and the URL of the
/// DLQ that gets their events.
#[derive(Debug)]
pub(crate) struct Destinations(HashMap<String, String>);

/// The setting cannot be used. Do not start.
#[derive(Debug, thiserror::Error)]
#[error("settings: DESTINATIONS must be a JSON object of queue ARNs and queue URLs")]
pub(crate) struct DestinationsProblem(#[source] serde_json::Error);

impl Destinations {
    pub(crate) fn parse(text: &str) -> Result<Self, DestinationsProblem> {
        serde_json::from_str(text)
            .map(Self)
            .map_err(DestinationsProblem)
    }

    /// Turns each URL into a queue to send to.
    pub(crate) fn open<D>(self, open: impl Fn(String) -> D) -> HashMap<String, D> {
        let each = |(arn, url)| (arn, open(url));
        self.0.into_iter().map(each).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dead_letter_names_a_range() {
        let dead_letter = PipeDeadLetter::parse(crate::tests::DEAD_LETTER).unwrap();
        let range = StreamRange {
            stream_arn: "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/s",
            shard_id: "shardId-1",
            first: "101",
            last: "103",
        };
        assert_eq!(dead_letter.range(), range);
        assert_eq!(dead_letter.batch_size(), 3);
        assert_eq!(dead_letter.condition(), "RetryAttemptsExhausted");
    }

    #[test]
    fn without_a_range_it_is_none() {
        let whole: serde_json::Value = serde_json::from_str(crate::tests::DEAD_LETTER).unwrap();
        for name in whole["DDBStreamBatchInfo"].as_object().unwrap().keys() {
            let mut dead_letter = whole.clone();
            dead_letter["DDBStreamBatchInfo"]
                .as_object_mut()
                .unwrap()
                .remove(name);
            let parsed = PipeDeadLetter::parse(&dead_letter.to_string());
            let extra = name.starts_with("approximate");
            assert_eq!(parsed.is_ok(), extra, "{name}");
        }
        assert!(PipeDeadLetter::parse("{}").is_err());
        assert!(PipeDeadLetter::parse("no json").is_err());
    }

    #[test]
    fn destinations_are_urls_by_arn() {
        let text = r#"{"arn:a":"https://a-dlq"}"#;
        let open = Destinations::parse(text).unwrap().open(|url| url);
        assert_eq!(open["arn:a"], "https://a-dlq");
        for text in ["", "[]", r#"{"arn:a":1}"#] {
            assert!(Destinations::parse(text).is_err(), "{text}");
        }
    }
}
