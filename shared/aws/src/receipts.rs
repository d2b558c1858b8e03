use aws_sdk_dynamodb::{Client, types::AttributeValue};
use domain::{Digest, Ref, StoreError, Timestamp, format_time};

use crate::{Sdk, failure::classify};

const UPDATE: &str = "dynamodb:UpdateItem";

/// What a processor leaves behind when it is done with an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The event.
    pub reference: Ref,
    /// Its type.
    pub kind: String,
    /// The payload's digest, as computed from the bytes that were redeemed.
    pub sha256: Digest,
    /// The payload's length in bytes.
    pub size: u64,
    /// What the processor made of it, for people.
    pub summary: String,
    /// When it was done.
    pub at: Timestamp,
    /// How long after the delivery was received, in milliseconds.
    pub age_ms: i64,
    /// From then on DynamoDB may remove the receipt.
    pub expires_at: Timestamp,
}

/// The `processed` table: hash key `ref`, range key `processor`.
#[derive(Debug, Clone)]
pub struct Receipts {
    client: Client,
    table: String,
    processor: String,
}

impl Receipts {
    /// Writes this processor's receipts to this table.
    #[must_use]
    pub fn new(sdk: &Sdk, table: String, processor: String) -> Self {
        Self {
            client: Client::new(&sdk.config),
            table,
            processor,
        }
    }

    /// Writes the receipt and counts the delivery.
    ///
    /// # Errors
    /// As [`StoreError`] says. After a transient one it may have been written.
    pub async fn record(&self, receipt: &Receipt) -> Result<(), StoreError> {
        let facts = facts(receipt);
        let assignments: Vec<String> = facts
            .iter()
            .map(|(name, _)| format!("#{name} = :{name}"))
            .collect();
        let mut call = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("ref", AttributeValue::S(receipt.reference.to_string()))
            .key("processor", AttributeValue::S(self.processor.clone()))
            .update_expression(format!(
                "SET {} ADD #deliveries :one",
                assignments.join(", ")
            ))
            // `size`, `type` and `at` are reserved words: all go by alias.
            .expression_attribute_names("#deliveries", "deliveries")
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()));
        for (name, value) in facts {
            call = call
                .expression_attribute_names(format!("#{name}"), name)
                .expression_attribute_values(format!(":{name}"), value);
        }
        match call.send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(classify(UPDATE, &error)),
        }
    }
}

fn facts(receipt: &Receipt) -> [(&'static str, AttributeValue); 7] {
    let text = |value: String| AttributeValue::S(value);
    let number = |value: i64| AttributeValue::N(value.to_string());
    [
        ("sha256", text(receipt.sha256.to_string())),
        ("size", AttributeValue::N(receipt.size.to_string())),
        ("type", text(receipt.kind.clone())),
        ("summary", text(receipt.summary.clone())),
        ("at", text(format_time(receipt.at))),
        ("age_ms", number(receipt.age_ms)),
        ("expires_at", number(receipt.expires_at.as_second())),
    ]
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::operation::update_item::{
        UpdateItemError, UpdateItemInput, UpdateItemOutput,
    };
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
    use aws_smithy_types::error::ErrorMetadata;

    use super::*;

    fn receipt() -> Receipt {
        Receipt {
            reference: "stripe/evt_1".parse().unwrap(),
            kind: "invoice.paid".to_owned(),
            sha256: Digest([0xa5; 32]),
            size: 7,
            summary: "done".to_owned(),
            at: "2026-11-21T20:59:57.414Z".parse().unwrap(),
            age_ms: 250,
            expires_at: "2027-02-19T20:59:57Z".parse().unwrap(),
        }
    }

    fn against(rule: &Rule) -> Receipts {
        Receipts {
            client: mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [rule]),
            table: "processed".to_owned(),
            processor: "invoices".to_owned(),
        }
    }

    fn is_as_documented(call: &UpdateItemInput) -> bool {
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let number = |value: &str| AttributeValue::N(value.to_owned());
        let values = call.expression_attribute_values().unwrap();
        call.table_name() == Some("processed")
            && call.key().unwrap()["ref"] == text("stripe/evt_1")
            && call.key().unwrap()["processor"] == text("invoices")
            && call.update_expression()
                == Some(
                    "SET #sha256 = :sha256, #size = :size, #type = :type, #summary = :summary, \
                     #at = :at, #age_ms = :age_ms, #expires_at = :expires_at ADD #deliveries :one",
                )
            && call.expression_attribute_names().unwrap().len() == 8
            && values[":sha256"] == text(&"a5".repeat(32))
            && values[":size"] == number("7")
            && values[":at"] == text("2026-11-21T20:59:57.414Z")
            && values[":age_ms"] == number("250")
            && values[":expires_at"] == number("1803070797")
            && values[":one"] == number("1")
    }

    #[tokio::test]
    async fn writes_the_facts_and_counts_the_delivery() {
        let rule = mock!(Client::update_item)
            .match_requests(is_as_documented)
            .then_output(|| UpdateItemOutput::builder().build());
        against(&rule).record(&receipt()).await.unwrap();
        assert_eq!(rule.num_calls(), 1);
    }

    #[tokio::test]
    async fn a_throttled_table_is_for_later_and_a_forbidden_one_is_not() {
        for (code, transient) in [
            ("ProvisionedThroughputExceededException", true),
            ("AccessDeniedException", false),
        ] {
            let rule = mock!(Client::update_item).then_error(move || {
                UpdateItemError::generic(ErrorMetadata::builder().code(code).build())
            });
            let error = against(&rule).record(&receipt()).await.unwrap_err();
            assert_eq!(
                matches!(error, StoreError::Transient { .. }),
                transient,
                "{error:?}"
            );
        }
    }
}
