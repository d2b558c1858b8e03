use domain::{Digest, SchemaTexts, StoreError};
use serde::Deserialize;
use serde_json::json;

use crate::{
    Environment,
    environment::ServiceName,
    item::{Item, action},
    service::{JsonAction, Service, permanent},
};

const GET: JsonAction = action("dynamodb:GetItem", "DynamoDB_20120810.GetItem");

/// The schemas in the `endpoints` table: hash key `name`, which is `schema#` and a digest as no
/// endpoint's name can be, and attribute `schema` with the text.
#[derive(Debug)]
pub struct Schemas {
    service: Service,
    table: String,
}

#[derive(Deserialize)]
struct Got {
    #[serde(rename = "Item")]
    item: Option<Item>,
}

impl Schemas {
    /// Reads from this table.
    #[must_use]
    pub fn new(environment: &Environment, table: String) -> Self {
        let service = Service::new(environment, ServiceName::DynamoDb);
        Self { service, table }
    }
}

impl SchemaTexts for Schemas {
    async fn text(&self, sha256: Digest) -> Result<Option<String>, StoreError> {
        let input = json!({
            "TableName": self.table,
            "Key": {"name": {"S": format!("schema#{sha256}")}},
            "ProjectionExpression": "#schema",
            "ExpressionAttributeNames": {"#schema": "schema"},
        });
        let answer = self.service.json::<Got>(&GET, &input).await?;
        let got = answer.map_err(|refused| refused.refused(GET.operation))?;
        let Some(item) = got.item else {
            return Ok(None);
        };
        let text = item.text("schema").map(str::to_owned);
        text.map(Some).ok_or_else(|| {
            permanent(
                GET.operation,
                "the schema's item has no string attribute `schema`".to_owned(),
            )
        })
    }
}
