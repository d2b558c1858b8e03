use std::collections::HashMap;

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use domain::{Ref, StoreError};

use crate::{Sdk, failure::classify};

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
}

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
    use aws_sdk_dynamodb::operation::query::QueryOutput;
    use aws_smithy_mocks::{RuleMode, mock, mock_client};

    use super::*;

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
