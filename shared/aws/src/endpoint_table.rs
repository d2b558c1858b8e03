use aws_sdk_dynamodb::{Client, types::AttributeValue};
use domain::{EndpointName, StoreError};

use crate::{
    Sdk,
    failure::{classify, permanent},
};

const GET: &str = "dynamodb:GetItem";
const SCAN: &str = "dynamodb:Scan";

/// Where Terraform describes the stack: no endpoint can have this name.
const STACK: &str = "-";

/// The `endpoints` table as a person reads it: what the stack consists of, and
/// all its endpoints.
#[derive(Debug, Clone)]
pub struct EndpointTable {
    client: Client,
    table: String,
}

impl EndpointTable {
    /// Reads from this table.
    #[must_use]
    pub fn new(sdk: &Sdk, table: String) -> Self {
        Self {
            client: Client::new(&sdk.config),
            table,
        }
    }

    /// The description of the stack, as JSON; none if the table holds none.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn stack(&self) -> Result<Option<String>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("name", AttributeValue::S(STACK.to_owned()))
            .send()
            .await
            .map_err(|error| classify(GET, &error))?;
        match answer.item.map(|mut item| item.remove("stack")) {
            None => Ok(None),
            Some(Some(AttributeValue::S(text))) => Ok(Some(text)),
            Some(_) => Err(permanent(
                GET,
                "the stack's description has no string attribute `stack`",
            )),
        }
    }

    /// The configurations of all endpoints, as JSON, in no order.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn endpoints(&self) -> Result<Vec<String>, StoreError> {
        let mut pages = self
            .client
            .scan()
            .table_name(&self.table)
            .into_paginator()
            .send();
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| classify(SCAN, &error))?;
            found.extend(
                page.items
                    .unwrap_or_default()
                    .into_iter()
                    .filter_map(|mut item| match item.remove("config") {
                        Some(AttributeValue::S(config)) => Some(config),
                        _ => None,
                    }),
            );
        }
        Ok(found)
    }

    /// The names of all endpoints, in no order.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn names(&self) -> Result<Vec<String>, StoreError> {
        let mut pages = self
            .client
            .scan()
            .table_name(&self.table)
            .projection_expression("#name")
            .expression_attribute_names("#name", "name")
            .into_paginator()
            .send();
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| classify(SCAN, &error))?;
            let items = page.items.unwrap_or_default().into_iter();
            found.extend(items.filter_map(|mut item| match item.remove("name") {
                // Neither the stack's description nor a schema has the name of an endpoint.
                Some(AttributeValue::S(name)) => {
                    EndpointName::try_from(name).ok().map(String::from)
                }
                _ => None,
            }));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::operation::scan::ScanOutput;
    use aws_smithy_mocks::{RuleMode, mock, mock_client};

    use super::*;

    #[tokio::test]
    async fn the_stacks_description_is_no_endpoint() {
        let rule = mock!(Client::scan)
            .match_requests(|call| {
                let names = call.expression_attribute_names().unwrap();
                call.projection_expression() == Some("#name") && names["#name"] == "name"
            })
            .then_output(|| {
                let item = |name: &str| {
                    let name = AttributeValue::S(name.to_owned());
                    [("name".to_owned(), name)].into()
                };
                ScanOutput::builder()
                    .items(item("-"))
                    .items(item(&format!("schema#{}", "0".repeat(64))))
                    .items(item("stripe"))
                    .build()
            });
        let table = EndpointTable {
            client: mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [&rule]),
            table: "endpoints".to_owned(),
        };
        assert_eq!(table.names().await.unwrap(), ["stripe"]);
    }
}
