use std::collections::HashMap;

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use domain::{Ref, StoreError, Timestamp, format_time};

use super::batch::batch;
use crate::{
    Sdk,
    failure::classify,
    item::{Item, PUT, number, text},
};

const QUERY: &str = "dynamodb:Query";

/// The `processed` table as an operator reads it: each processor's result for an
/// event.
#[derive(Debug, Clone)]
pub struct Records {
    client: Client,
    table: String,
}

/// What one processor did with an event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// The processor.
    pub processor: String,
    /// `in_progress`, `completed` or `failed`.
    pub state: String,
    /// When it reached that state.
    pub at: String,
    /// How often it was tried.
    pub attempts: u32,
    /// The result, in the processor's words.
    pub summary: Option<String>,
    /// How old the event was when it was done, in milliseconds.
    pub age_ms: Option<u64>,
    /// The kind of failure, in one word.
    pub failure: Option<String>,
    /// Why it failed.
    pub reason: Option<String>,
    /// The last forced replay that it claimed.
    pub replay_id: Option<String>,
}

impl Records {
    /// Reads from this table.
    #[must_use]
    pub fn new(sdk: &Sdk, table: String) -> Self {
        Self {
            client: Client::new(&sdk.config),
            table,
        }
    }

    /// What each processor did with the event, by the processor's name. A processor
    /// that does not deduplicate leaves none.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn of(&self, reference: &Ref) -> Result<Vec<Record>, StoreError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("#ref = :ref")
            .expression_attribute_names("#ref", "ref")
            .expression_attribute_values(":ref", AttributeValue::S(reference.to_string()))
            .consistent_read(true)
            .into_paginator()
            .send();
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| classify(QUERY, &error))?;
            found.extend(page.items.unwrap_or_default().iter().map(record));
        }
        Ok(found)
    }

    /// Replaces what a processor recorded about an event, whether it has recorded something or not: the event counts as
    /// done, and nothing else is left. So a processor skips a message of the event that reaches it later.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn erase(
        &self,
        reference: &Ref,
        processor: &str,
        (at, expires_at): (Timestamp, Timestamp),
    ) -> Result<(), StoreError> {
        self.client
            .put_item()
            .table_name(&self.table)
            .item("ref", text(&reference.to_string()))
            .item("processor", text(processor))
            .item("state", text("completed"))
            .item("summary", text("erased"))
            .item("at", text(&format_time(at)))
            .item("attempts", number(0))
            .item("expires_at", number(expires_at.as_second()))
            .send()
            .await
            .map(drop)
            .map_err(|error| classify(PUT, &error))
    }

    /// The states of up to [`BATCH`](super::BATCH) pairs of a ref and a processor, in one request, without
    /// summaries and reasons. A record that was just written may not be there yet. The pairs must
    /// differ. Those that were not read are the second value: ask again for them.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn states(
        &self,
        pairs: &[(String, String)],
    ) -> Result<(Vec<(String, Record)>, Vec<(String, String)>), StoreError> {
        let keys = pairs.iter().map(|(reference, processor)| {
            Item::from([
                ("ref".to_owned(), text(reference)),
                ("processor".to_owned(), text(processor)),
            ])
        });
        let (items, left) = batch(&self.client, &self.table, keys.collect(), &SHOWN).await?;
        let of = |item: &Item, name| Some(item.get(name)?.as_s().ok()?.clone());
        let found = items.iter();
        let found = found.map(|item| (of(item, "ref").unwrap_or_default(), record(item)));
        let left = left.iter();
        let left = left.filter_map(|key| Some((of(key, "ref")?, of(key, "processor")?)));
        Ok((found.collect(), left.collect()))
    }
}

/// What a list shows of a record.
const SHOWN: [&str; 6] = ["ref", "processor", "state", "at", "attempts", "failure"];

/// Anything that a processor in another language left out is empty here.
fn record(item: &HashMap<String, AttributeValue>) -> Record {
    let text = |name: &str| item.get(name)?.as_s().ok().cloned();
    let number = |name: &str| item.get(name)?.as_n().ok().cloned();
    Record {
        processor: text("processor").unwrap_or_default(),
        state: text("state").unwrap_or_default(),
        at: text("at").unwrap_or_default(),
        attempts: number("attempts")
            .and_then(|number| number.parse().ok())
            .unwrap_or_default(),
        summary: text("summary"),
        age_ms: number("age_ms").and_then(|number| number.parse().ok()),
        failure: text("failure"),
        reason: text("reason"),
        replay_id: text("replayid"),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::{
        operation::{
            batch_get_item::BatchGetItemOutput, put_item::PutItemOutput, query::QueryOutput,
        },
        types::KeysAndAttributes,
    };
    use aws_smithy_mocks::{RuleMode, mock, mock_client};

    use super::*;

    #[tokio::test]
    async fn the_states_of_many_come_at_once_and_what_is_left_is_named() {
        let rule = mock!(Client::batch_get_item)
            .match_requests(|call| {
                let wanted = &call.request_items().unwrap()["processed"];
                wanted.keys().len() == 2
                    && wanted.keys()[0]["ref"] == text("stripe/evt_1")
                    && wanted.keys()[0]["processor"] == text("invoices")
            })
            .then_output(|| {
                let item = [
                    ("ref", text("stripe/evt_1")),
                    ("processor", text("invoices")),
                    ("state", text("completed")),
                ];
                let item = item.map(|(name, value)| (name.to_owned(), value)).into();
                let key = [
                    ("ref", text("stripe/evt_2")),
                    ("processor", text("invoices")),
                ];
                let key = key.map(|(name, value)| (name.to_owned(), value)).into();
                let left = KeysAndAttributes::builder().keys(key).build().unwrap();
                BatchGetItemOutput::builder()
                    .responses("processed", vec![item])
                    .unprocessed_keys("processed", left)
                    .build()
            });
        let records = Records {
            client: mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [&rule]),
            table: "processed".to_owned(),
        };
        let pair = |reference: &str| (reference.to_owned(), "invoices".to_owned());
        let pairs = [pair("stripe/evt_1"), pair("stripe/evt_2")];
        let (found, left) = records.states(&pairs).await.unwrap();
        assert_eq!(found.len(), 1);
        let (reference, record) = &found[0];
        assert_eq!(reference, "stripe/evt_1");
        assert_eq!(
            (&*record.processor, &*record.state),
            ("invoices", "completed")
        );
        assert_eq!(left, [pair("stripe/evt_2")]);
    }

    #[tokio::test]
    async fn an_erased_record_counts_as_done_and_says_nothing_else() {
        let rule = mock!(Client::put_item)
            .match_requests(|call| {
                let item = call.item().unwrap();
                let mut names: Vec<&str> = item.keys().map(String::as_str).collect();
                names.sort_unstable();
                let all = [
                    "at",
                    "attempts",
                    "expires_at",
                    "processor",
                    "ref",
                    "state",
                    "summary",
                ];
                names == all
                    && call.table_name() == Some("processed")
                    && item["ref"] == text("stripe/evt_1")
                    && item["processor"] == text("invoices")
                    && item["state"] == text("completed")
                    && item["summary"] == text("erased")
                    && item["expires_at"] == number(9)
                    && call.condition_expression().is_none()
            })
            .then_output(|| PutItemOutput::builder().build());
        let records = Records {
            client: mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [&rule]),
            table: "processed".to_owned(),
        };
        let times = (Timestamp::UNIX_EPOCH, Timestamp::from_second(9).unwrap());
        let reference = "stripe/evt_1".parse().unwrap();
        records.erase(&reference, "invoices", times).await.unwrap();
        assert_eq!(rule.num_calls(), 1);
    }

    #[tokio::test]
    async fn says_what_each_processor_did() {
        let rule = mock!(Client::query)
            .match_requests(|call| {
                call.table_name() == Some("processed")
                    && call.expression_attribute_values().unwrap()[":ref"]
                        == AttributeValue::S("stripe/evt_1".into())
            })
            .then_output(|| {
                let s = |text: &str| AttributeValue::S(text.into());
                let n = |text: &str| AttributeValue::N(text.into());
                let item = [
                    ("processor", s("invoices")),
                    ("state", s("failed")),
                    ("at", s("2026-11-22T05:00:00.250Z")),
                    ("attempts", n("3")),
                    ("failure", s("retry")),
                    ("reason", s("the ledger is closed")),
                ];
                let item = item.map(|(name, value)| (name.to_owned(), value)).into();
                QueryOutput::builder().items(item).build()
            });
        let records = Records {
            client: mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [&rule]),
            table: "processed".to_owned(),
        };
        let expected = Record {
            processor: "invoices".to_owned(),
            state: "failed".to_owned(),
            at: "2026-11-22T05:00:00.250Z".to_owned(),
            attempts: 3,
            failure: Some("retry".to_owned()),
            reason: Some("the ledger is closed".to_owned()),
            ..Record::default()
        };
        let reference = "stripe/evt_1".parse().unwrap();
        assert_eq!(records.of(&reference).await.unwrap(), [expected]);
    }
}
