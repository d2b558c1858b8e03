use std::cmp::Ordering;

use aws_sdk_dynamodbstreams::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    types::{AttributeValue, Record, ShardIteratorType},
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use domain::StoreError;

use crate::{
    Image, Sdk,
    failure::{classify, transient},
};

const ITERATOR: &str = "dynamodb:GetShardIterator";
const RECORDS: &str = "dynamodb:GetRecords";

/// The most that DynamoDB gives at once.
const AT_ONCE: i32 = 1_000;

/// A page may be empty though more records follow; this many in a row are a fault.
const EMPTY_PAGES: usize = 10;

/// Reads records of DynamoDB streams again.
#[derive(Debug, Clone)]
pub struct Stream {
    client: Client,
}

/// Some consecutive records of one shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamRange<'a> {
    /// Whose records they are.
    pub stream_arn: &'a str,
    /// Which of its shards.
    pub shard_id: &'a str,
    /// Sequence number of the first record.
    pub first: &'a str,
    /// Sequence number of the last record.
    pub last: &'a str,
}

/// A change of an item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StreamRecord {
    /// Names the record.
    pub event_id: String,
    /// `INSERT`, `MODIFY` or `REMOVE`.
    pub event_name: String,
    /// Its place in the shard.
    pub sequence_number: String,
    /// The item after the change.
    pub image: Image,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// They are there, in order.
    Records(Vec<StreamRecord>),
    /// They cannot be read, now or later.
    Gone {
        /// Why not, in DynamoDB's words or ours.
        reason: String,
    },
}

/// The call failed.
enum Unread {
    Gone(String),
    Failed(StoreError),
}

impl Stream {
    /// Reads any stream that the role may read.
    #[must_use]
    pub fn new(sdk: &Sdk) -> Self {
        Self {
            client: Client::new(&sdk.config),
        }
    }

    /// Reads the records of the range, the last one included.
    ///
    /// # Errors
    /// As [`StoreError`] says. Transient also if other readers use up the shard's
    /// limit.
    pub async fn read(&self, range: StreamRange<'_>) -> Result<Reading, StoreError> {
        match self.records(range).await {
            Ok(records) => Ok(Reading::Records(records)),
            Err(Unread::Gone(reason)) => Ok(Reading::Gone { reason }),
            Err(Unread::Failed(error)) => Err(error),
        }
    }

    async fn records(&self, range: StreamRange<'_>) -> Result<Vec<StreamRecord>, Unread> {
        let mut iterator = self.iterator(range).await?;
        let limit = if range.first == range.last {
            1
        } else {
            AT_ONCE
        };
        let mut found = Vec::new();
        let mut empty = 0;
        while let Some(at) = iterator {
            let request = self.client.get_records().shard_iterator(at).limit(limit);
            let page = request.send().await.map_err(|e| sort(RECORDS, &e))?;
            let records = page.records.unwrap_or_default();
            empty = if records.is_empty() { empty + 1 } else { 0 };
            for record in records.into_iter().map(StreamRecord::from) {
                match order(&record.sequence_number, range.last) {
                    Ordering::Less => found.push(record),
                    Ordering::Equal => {
                        found.push(record);
                        return Ok(found);
                    }
                    Ordering::Greater => return Ok(found),
                }
            }
            if empty == EMPTY_PAGES {
                let why = "only empty pages, and no end of the shard";
                return Err(Unread::Failed(transient(RECORDS, why)));
            }
            iterator = page.next_shard_iterator;
        }
        Err(Unread::Gone(
            "the shard ends before the last record".to_owned(),
        ))
    }

    async fn iterator(&self, range: StreamRange<'_>) -> Result<Option<String>, Unread> {
        let answer = self
            .client
            .get_shard_iterator()
            .stream_arn(range.stream_arn)
            .shard_id(range.shard_id)
            .shard_iterator_type(ShardIteratorType::AtSequenceNumber)
            .sequence_number(range.first)
            .send()
            .await;
        Ok(answer.map_err(|e| sort(ITERATOR, &e))?.shard_iterator)
    }
}

/// Trimmed after a day, or of a stream or shard that no longer exists, or never a
/// position in a stream: no later call can help.
fn sort<E>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> Unread
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let code = error.as_service_error().and_then(|service| service.code());
    match code {
        Some(
            code @ ("TrimmedDataAccessException"
            | "ResourceNotFoundException"
            | "ValidationException"),
        ) => Unread::Gone(code.to_owned()),
        // Iterators live 15 minutes: the next try gets a new one.
        Some(code @ "ExpiredIteratorException") => Unread::Failed(transient(operation, code)),
        _ => Unread::Failed(classify(operation, error)),
    }
}

/// By number: they are too long for an integer, and not all of one length.
fn order(one: &str, other: &str) -> Ordering {
    let digits = |text: &str| text.trim_start_matches('0').to_owned();
    let (one, other) = (digits(one), digits(other));
    one.len().cmp(&other.len()).then_with(|| one.cmp(&other))
}

impl From<Record> for StreamRecord {
    fn from(record: Record) -> Self {
        let (sequence_number, image) = record
            .dynamodb
            .map(|change| (change.sequence_number, change.new_image))
            .unwrap_or_default();
        let text = |(name, value)| match value {
            AttributeValue::S(text) | AttributeValue::N(text) => Some((name, text)),
            _ => None,
        };
        Self {
            event_id: record.event_id.unwrap_or_default(),
            event_name: record
                .event_name
                .map(|name| name.as_str().to_owned())
                .unwrap_or_default(),
            sequence_number: sequence_number.unwrap_or_default(),
            image: image.into_iter().flatten().filter_map(text).collect(),
        }
    }
}

#[cfg(test)]
mod tests;
