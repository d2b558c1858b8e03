use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context, Result};
use aws_sdk_dynamodb::types::AttributeValue;

use crate::{Item, Stack, wait_for};

/// What a processor left of an event: one item of the `processed` table.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The digest of what it redeemed.
    pub sha256: String,
    /// The length of what it redeemed.
    pub size: u64,
    /// What it has to say.
    pub summary: String,
    /// From the delivery to the receipt, in milliseconds.
    pub age_ms: u64,
    /// How often it got the event.
    pub deliveries: u64,
}

impl Receipt {
    fn read(item: &Item) -> Result<Self> {
        let text = |name: &str| match item.get(name) {
            Some(AttributeValue::S(value) | AttributeValue::N(value)) => Ok(value.clone()),
            _ => anyhow::bail!("a receipt without {name}"),
        };
        Ok(Self {
            sha256: text("sha256")?,
            size: text("size")?.parse()?,
            summary: text("summary")?,
            age_ms: text("age_ms")?.parse()?,
            deliveries: text("deliveries")?.parse()?,
        })
    }
}

impl Stack {
    /// The receipts of an event, by processor.
    ///
    /// # Errors
    /// Whatever DynamoDB says.
    pub async fn receipts(&self, reference: &str) -> Result<BTreeMap<String, Receipt>> {
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
                    name.context("a receipt without processor")?.clone(),
                    Receipt::read(item)?,
                ))
            })
            .collect()
    }

    /// Waits until all these processors have left a receipt.
    ///
    /// # Errors
    /// If the time is over; the message says who has.
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
                let have: Vec<_> = self.receipts(reference).await?.into_keys().collect();
                Err(error.context(format!("only {have:?} have one")))
            }
        }
    }
}
