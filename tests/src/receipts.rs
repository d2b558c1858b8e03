use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context, Result};
use aws_sdk_dynamodb::types::AttributeValue;

use crate::{Item, Stack, wait_for};

/// What a processor recorded about an event: one item of the `processed` table.
#[derive(Debug, Clone)]
pub struct Record {
    /// `in_progress`, `completed` or `failed`.
    pub state: String,
    /// How often it began.
    pub attempts: u64,
    /// When it was last written.
    pub at: String,
    /// `Retry` or `Reject`, and why, for the last failure.
    pub failure: Option<(String, String)>,
    /// What it stored when it was done.
    pub receipt: Option<Receipt>,
}

/// What a processor stored about an event that it has done.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The digest of what it redeemed.
    pub sha256: String,
    /// The length of what it redeemed.
    pub size: u64,
    /// Its summary.
    pub summary: String,
    /// When it was done.
    pub at: String,
    /// From the delivery to the receipt, in milliseconds.
    pub age_ms: u64,
    /// How often it began.
    pub attempts: u64,
}

impl Record {
    fn read(item: &Item) -> Result<Self> {
        let find = |name: &str| match item.get(name) {
            Some(AttributeValue::S(value) | AttributeValue::N(value)) => Some(value.clone()),
            _ => None,
        };
        let text = |name: &str| find(name).with_context(|| format!("a record without {name}"));
        let state = text("state")?;
        let attempts = text("attempts")?.parse()?;
        let receipt = match state.as_str() {
            "completed" => Some(Receipt {
                sha256: text("sha256")?,
                size: text("size")?.parse()?,
                summary: text("summary")?,
                at: text("at")?,
                age_ms: text("age_ms")?.parse()?,
                attempts,
            }),
            _ => None,
        };
        Ok(Self {
            at: text("at")?,
            failure: find("failure").zip(find("reason")),
            state,
            attempts,
            receipt,
        })
    }
}

impl Stack {
    /// The records of an event, by processor.
    ///
    /// # Errors
    /// If DynamoDB fails.
    pub async fn records(&self, reference: &str) -> Result<BTreeMap<String, Record>> {
        let answer = self
            .dynamodb
            .query()
            .table_name(self.table("processed")?)
            .key_condition_expression("#ref = :ref")
            .expression_attribute_names("#ref", "ref")
            .expression_attribute_values(":ref", AttributeValue::S(reference.to_owned()))
            .consistent_read(true)
            .send()
            .await?;
        answer
            .items()
            .iter()
            .map(|item| {
                let name = item.get("processor").and_then(|value| value.as_s().ok());
                Ok((
                    name.context("a record without processor")?.clone(),
                    Record::read(item)?,
                ))
            })
            .collect()
    }

    /// The receipts of an event, by processor.
    ///
    /// # Errors
    /// If DynamoDB fails.
    pub async fn receipts(&self, reference: &str) -> Result<BTreeMap<String, Receipt>> {
        let records = self.records(reference).await?;
        Ok(records
            .into_iter()
            .filter_map(|(name, record)| Some((name, record.receipt?)))
            .collect())
    }

    /// Waits until all these processors stored a receipt.
    ///
    /// # Errors
    /// If the time is over; the message names those that have.
    pub async fn wait_for_receipts(
        &self,
        reference: &str,
        processors: &[&str],
        at_most: Duration,
    ) -> Result<BTreeMap<String, Receipt>> {
        let what = format!("receipts of {reference} from {}", processors.join(", "));
        let outcome = wait_for(&what, at_most, async || {
            let receipts = self.receipts(reference).await?;
            Ok(processors
                .iter()
                .all(|name| receipts.contains_key(*name))
                .then_some(receipts))
        })
        .await;
        match outcome {
            Ok(receipts) => Ok(receipts),
            Err(error) => {
                let have = self.records(reference).await?;
                Err(error.context(format!("the records are {have:?}")))
            }
        }
    }
}
