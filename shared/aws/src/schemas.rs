use aws_sdk_dynamodb::{Client, types::AttributeValue};
use domain::{Digest, SchemaTexts, StoreError};

use crate::{
    Sdk,
    failure::{classify, permanent},
};

const GET: &str = "dynamodb:GetItem";

/// The schemas in the `endpoints` table: hash key `name`, which is `schema#` and a digest as no
/// endpoint's name can be, and attribute `schema` with the text.
#[derive(Debug, Clone)]
pub struct Schemas {
    client: Client,
    table: String,
}

impl Schemas {
    /// Reads from this table.
    #[must_use]
    pub fn new(sdk: &Sdk, table: String) -> Self {
        Self {
            client: Client::new(&sdk.config),
            table,
        }
    }
}

impl SchemaTexts for Schemas {
    async fn text(&self, sha256: Digest) -> Result<Option<String>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("name", AttributeValue::S(format!("schema#{sha256}")))
            .projection_expression("#schema")
            .expression_attribute_names("#schema", "schema")
            .send()
            .await
            .map_err(|error| classify(GET, &error))?;
        let Some(mut item) = answer.item else {
            return Ok(None);
        };
        match item.remove("schema") {
            Some(AttributeValue::S(text)) => Ok(Some(text)),
            _ => Err(permanent(
                GET,
                "the schema's item has no string attribute `schema`",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::operation::get_item::GetItemOutput;
    use aws_smithy_mocks::{RuleMode, mock, mock_client};

    use super::*;

    #[tokio::test]
    async fn a_schema_is_the_item_of_its_digest() {
        let digest = Digest::of("{}");
        let name = AttributeValue::S(format!("schema#{digest}"));
        let is_it = move |call: &aws_sdk_dynamodb::operation::get_item::GetItemInput| {
            call.key().is_some_and(|key| key.get("name") == Some(&name))
        };
        let there = mock!(Client::get_item)
            .match_requests(is_it)
            .then_output(|| {
                let text = AttributeValue::S("{}".to_owned());
                GetItemOutput::builder().item("schema", text).build()
            });
        let gone = mock!(Client::get_item).then_output(|| GetItemOutput::builder().build());
        let client = mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [&there, &gone]);
        let schemas = Schemas {
            client,
            table: "endpoints".to_owned(),
        };
        assert_eq!(schemas.text(digest).await.unwrap().as_deref(), Some("{}"));
        assert_eq!(schemas.text(Digest::of("[]")).await.unwrap(), None);
    }
}
