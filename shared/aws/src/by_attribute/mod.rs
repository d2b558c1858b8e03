use aws_sdk_dynamodb::Client;
use domain::{FindIndex, FindKey, StoreError};

use crate::{
    Page, PageKey, Sdk, Wanted,
    by_time::{Partition, page_of},
};

/// The indexes of the `events` table by the values of attributes: the pointers of an endpoint whose attribute has a value,
/// by the time at which they were received. Replays are not in them. A pointer that was just written may not be there
/// yet, and one that was written before its attribute was indexed never is.
#[derive(Debug, Clone)]
pub struct ByAttribute {
    client: Client,
    table: String,
}

impl ByAttribute {
    /// The indexes of this table.
    #[must_use]
    pub fn new(sdk: &Sdk, table: String) -> Self {
        Self {
            client: Client::new(&sdk.config),
            table,
        }
    }

    /// Looks at up to `limit` pointers that have this value in this index, and returns those that match. One request.
    ///
    /// # Errors
    /// As [`StoreError`] says; permanent if the table has no such index.
    pub async fn page(
        &self,
        index: FindIndex,
        key: &FindKey,
        wanted: &Wanted<'_>,
        limit: u32,
        after: Option<PageKey>,
    ) -> Result<Page, StoreError> {
        let partition = Partition {
            table: &self.table,
            index: index.name(),
            key: index.key(),
            value: key.to_string(),
        };
        page_of(&self.client, partition, wanted, limit, after).await
    }
}

#[cfg(test)]
mod tests;
