use aws_sdk_dynamodb::{Client, types::AttributeValue};
use domain::{EndpointDirectory, EndpointName, StoreError};

use crate::{
    Sdk,
    failure::{classify, permanent},
};

const GET: &str = "dynamodb:GetItem";

/// The `endpoints` table: hash key `name`, attribute `config` with the
/// endpoint's JSON.
#[derive(Debug, Clone)]
pub struct Endpoints {
    client: Client,
    table: String,
}

impl Endpoints {
    /// Reads from this table.
    #[must_use]
    pub fn new(sdk: &Sdk, table: String) -> Self {
        Self {
            client: Client::new(&sdk.config),
            table,
        }
    }

    /// Over a client that a test provides answers for.
    #[cfg(test)]
    pub(crate) fn over(client: Client, table: &str) -> Self {
        Self {
            client,
            table: table.to_owned(),
        }
    }
}

impl EndpointDirectory for Endpoints {
    async fn find(&self, name: &EndpointName) -> Result<Option<String>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("name", AttributeValue::S(name.to_string()))
            .projection_expression("config")
            .send()
            .await
            .map_err(|error| classify(GET, &error))?;
        let Some(mut item) = answer.item else {
            return Ok(None);
        };
        match item.remove("config") {
            Some(AttributeValue::S(config)) => Ok(Some(config)),
            _ => Err(permanent(
                GET,
                "the endpoint's item has no string attribute `config`",
            )),
        }
    }
}
