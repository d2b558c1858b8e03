use domain::{EndpointDirectory, EndpointName, StoreError};
use serde::Deserialize;
use serde_json::json;

use crate::{
    Environment,
    environment::ServiceName,
    item::{Item, action},
    service::{JsonAction, Service, permanent},
};

const GET: JsonAction = action("dynamodb:GetItem", "DynamoDB_20120810.GetItem");

/// The `endpoints` table: hash key `name`, attribute `config` with the
/// endpoint's JSON.
#[derive(Debug)]
pub struct Endpoints {
    service: Service,
    table: String,
}

#[derive(Deserialize)]
struct Got {
    #[serde(rename = "Item")]
    item: Option<Item>,
}

impl Endpoints {
    /// Reads from this table.
    #[must_use]
    pub fn new(environment: &Environment, table: String) -> Self {
        let service = Service::new(environment, ServiceName::DynamoDb);
        Self { service, table }
    }

    /// Connects, so that the first request need not.
    pub async fn warm(&self) {
        self.service.warm(1).await;
    }
}

impl EndpointDirectory for Endpoints {
    async fn find(&self, name: &EndpointName) -> Result<Option<String>, StoreError> {
        let input = json!({
            "TableName": self.table,
            "Key": {"name": {"S": name.as_str()}},
            "ProjectionExpression": "config",
        });
        let answer = self.service.json::<Got>(&GET, &input).await?;
        let got = answer.map_err(|refused| refused.refused(GET.operation))?;
        let Some(item) = got.item else {
            return Ok(None);
        };
        let config = item.text("config").map(str::to_owned);
        config.map(Some).ok_or_else(|| {
            permanent(
                GET.operation,
                "the endpoint's item has no string attribute `config`".to_owned(),
            )
        })
    }
}
