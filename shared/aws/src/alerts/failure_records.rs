use aws_sdk_dynamodb::Client;
use domain::{Ref, StoreError};

use crate::{
    Sdk,
    failure::classify,
    item::{Item, text},
};

const GET: &str = "dynamodb:GetItem";

/// The only attributes that it asks for: `watch` has the right to no other. The reason is not
/// among them, as a processor may quote a payload there.
const READ: &str = "#state, #failure, #attempts";

/// How processors failed, by the `processed` table.
#[derive(Debug, Clone)]
pub struct FailureRecords {
    client: Client,
    table: String,
}

/// How a processor failed with an event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FailureRecord {
    /// `in_progress`, `completed` or `failed`; a processor of your own may write something else.
    pub state: String,
    /// `Retry` or `Reject`; a processor of your own may write something else.
    pub failure: Option<String>,
    /// How often it tried.
    pub attempts: u32,
}

impl FailureRecords {
    /// Reads from this table.
    #[must_use]
    pub fn new(sdk: &Sdk, table: String) -> Self {
        Self {
            client: Client::new(&sdk.config),
            table,
        }
    }

    /// How this processor failed with the event; none if it recorded nothing.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn of(
        &self,
        reference: &Ref,
        processor: &str,
    ) -> Result<Option<FailureRecord>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("ref", text(&reference.to_string()))
            .key("processor", text(processor))
            .projection_expression(READ)
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#failure", "failure")
            .expression_attribute_names("#attempts", "attempts")
            .send()
            .await
            .map_err(|error| classify(GET, &error))?;
        Ok(answer.item.as_ref().map(record))
    }
}

fn record(item: &Item) -> FailureRecord {
    let text = |name: &str| item.get(name)?.as_s().ok().cloned();
    let attempts = item.get("attempts").and_then(|value| value.as_n().ok());
    FailureRecord {
        state: text("state").unwrap_or_default(),
        failure: text("failure"),
        attempts: attempts
            .and_then(|number| number.parse().ok())
            .unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::operation::get_item::GetItemOutput;
    use aws_smithy_mocks::{RuleMode, mock, mock_client};

    use super::*;
    use crate::item::number;

    async fn of(item: Option<Item>) -> Option<FailureRecord> {
        let rule = mock!(Client::get_item)
            .match_requests(|call| {
                let key = call.key().unwrap();
                key["ref"] == text("stripe/evt_1")
                    && key["processor"] == text("invoices")
                    && call.projection_expression() == Some("#state, #failure, #attempts")
            })
            .then_output(move || GetItemOutput::builder().set_item(item.clone()).build());
        let records = FailureRecords {
            client: mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [&rule]),
            table: "processed".to_owned(),
        };
        let reference = "stripe/evt_1".parse().unwrap();
        records.of(&reference, "invoices").await.unwrap()
    }

    #[tokio::test]
    async fn the_word_and_the_number_of_attempts_and_no_reason() {
        let item = [
            ("state", text("failed")),
            ("failure", text("Reject")),
            ("attempts", number(3)),
        ];
        let item = item.map(|(name, value)| (name.to_owned(), value)).into();
        let expected = FailureRecord {
            state: "failed".to_owned(),
            failure: Some("Reject".to_owned()),
            attempts: 3,
        };
        assert_eq!(of(Some(item)).await, Some(expected));
        assert_eq!(of(Some(Item::new())).await, Some(FailureRecord::default()));
        assert_eq!(of(None).await, None);
    }
}
