use std::collections::HashMap;

use aws::StreamRange;
use serde::{Deserialize, Serialize};

/// Messages of letters queues, as Lambda hands them over.
/// <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>
#[derive(Debug, Deserialize)]
pub(crate) struct Batch {
    #[serde(rename = "Records")]
    pub(crate) messages: Vec<Message>,
}

/// One message.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Message {
    pub(crate) message_id: String,
    pub(crate) body: String,
    /// The queue it came from.
    #[serde(rename = "eventSourceARN")]
    pub(crate) queue_arn: String,
}

/// Which messages must be delivered again; the others are deleted.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Answer {
    #[serde(rename = "batchItemFailures")]
    pub(crate) failures: Vec<Failed>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Failed {
    #[serde(rename = "itemIdentifier")]
    pub(crate) message_id: String,
}

/// Parts of the names of a dead letter's members, and of what it names. A message from Pipes itself
/// that has one is kept: better one message too many in the dead-letter queue than an event lost.
const WORDS: [&str; 8] = [
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
pub(crate) struct Letter {
    #[serde(default)]
    context: Context,
    #[serde(rename = "DDBStreamBatchInfo")]
    batch: Place,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
struct Context {
    #[serde(default)]
    condition: String,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    shard_id: String,
    start_sequence_number: String,
    end_sequence_number: String,
    batch_size: usize,
    stream_arn: String,
}

impl Letter {
    /// Reads one. The problem shows only where the text becomes invalid: a
    /// message that is not a dead letter could hold anything.
    pub(crate) fn parse(body: &str) -> Result<Self, String> {
        serde_json::from_str(body).map_err(|problem| {
            let (line, column) = (problem.line(), problem.column());
            format!("no letter of a stream, as line {line}, column {column} shows")
        })
    }

    /// Whether a text that is not a dead letter cannot have been one. Pipes tests the queue when a
    /// pipe is created: without the right to send, the pipe fails with "Error occurred while
    /// sending message to SQS queue" (github.com/aws-samples/serverless-patterns, issues 1543 and
    /// 1857). Unconfirmed: whether that message stays in the queue, and its text. AWS documents
    /// neither. To drop a dead letter would lose events, so only this is dropped:
    ///
    /// * nothing but white space,
    /// * text that is not JSON and has neither a brace nor a word of a dead letter,
    /// * JSON that has no word of a dead letter anywhere, whether as a name or in a text.
    ///
    /// Text that has a word of a dead letter, or begins as an object and is broken, is kept.
    pub(crate) fn is_no_letter(body: &str) -> bool {
        let has_a_word = WORDS.iter().any(|word| body.contains(word));
        // A name may be written with escapes, which hide the word.
        let hides_one = body.contains('\\');
        let is_whole = serde_json::from_str::<serde::de::IgnoredAny>(body).is_ok();
        let is_text = !body.contains(['{', '}', '[', ']']);
        !has_a_word && !hides_one && (is_whole || is_text)
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

/// Where the events of each letters queue go: the queue's ARN, and the URL of the
/// dead-letter queue.
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
    fn a_letter_names_a_range() {
        let letter = Letter::parse(crate::tests::LETTER).unwrap();
        let range = StreamRange {
            stream_arn: "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/s",
            shard_id: "shardId-1",
            first: "101",
            last: "103",
        };
        assert_eq!(letter.range(), range);
        assert_eq!(letter.batch_size(), 3);
        assert_eq!(letter.condition(), "RetryAttemptsExhausted");
    }

    #[test]
    fn without_a_place_it_is_none() {
        let whole: serde_json::Value = serde_json::from_str(crate::tests::LETTER).unwrap();
        for name in whole["DDBStreamBatchInfo"].as_object().unwrap().keys() {
            let mut letter = whole.clone();
            letter["DDBStreamBatchInfo"]
                .as_object_mut()
                .unwrap()
                .remove(name);
            let parsed = Letter::parse(&letter.to_string());
            let extra = name.starts_with("approximate");
            assert_eq!(parsed.is_ok(), extra, "{name}");
        }
        assert!(Letter::parse("{}").is_err());
        assert!(Letter::parse("no json").is_err());
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
