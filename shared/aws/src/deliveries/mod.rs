//! The table of deliveries (hash key `pk`): what the instances of the function `deliver` of a
//! subscription must know of each other.

mod breaker;
mod pace;
#[cfg(test)]
mod tests;
mod tries;

use aws_sdk_dynamodb::Client;
use domain::{StoreError, Timestamp};

use crate::{
    Sdk,
    failure::classify,
    item::{Item, text},
};

pub use breaker::{BreakerRecord, BreakerState, Window};
pub use pace::Reserved;
pub use tries::{Failed, Tries};

const GET: &str = "dynamodb:GetItem";
const UPDATE: &str = "dynamodb:UpdateItem";
const DELETE: &str = "dynamodb:DeleteItem";

/// One subscription's items:
///
/// - `pace#{subscription}`: when the next event may be sent, `next_us`;
/// - `breaker#{subscription}`: a [`BreakerRecord`];
/// - `tries#{subscription}#{ref}#{replay id}`: the [`Tries`] of an event that failed;
/// - `mapping#{subscription}`: the `uuid` of the event source mapping, which Terraform writes.
#[derive(Debug, Clone)]
pub struct Deliveries {
    client: Client,
    table: String,
    subscription: String,
}

impl Deliveries {
    /// The subscription's items in this table.
    #[must_use]
    pub fn new(sdk: &Sdk, table: String, subscription: String) -> Self {
        Self {
            client: Client::new(&sdk.config),
            table,
            subscription,
        }
    }

    /// Another subscription's items in the same table.
    #[must_use]
    pub fn of(&self, subscription: &str) -> Self {
        Self {
            subscription: subscription.to_owned(),
            ..self.clone()
        }
    }

    /// The UUID of the event source mapping; `None`: Terraform has not written it yet.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn mapping(&self) -> Result<Option<String>, StoreError> {
        let item = self.get("mapping").await?;
        Ok(item.and_then(|item| Some(item.get("uuid")?.as_s().ok()?.clone())))
    }

    fn key(&self, kind: &str) -> String {
        format!("{kind}#{}", self.subscription)
    }

    /// What another instance has just written must be seen.
    async fn get(&self, kind: &str) -> Result<Option<Item>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("pk", text(&self.key(kind)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| classify(GET, &error))?;
        Ok(answer.item)
    }
}

/// A whole number of an item.
fn whole<T: std::str::FromStr>(item: &Item, name: &str) -> Option<T> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

/// A time, in milliseconds since 1970.
fn moment(item: &Item, name: &str) -> Option<Timestamp> {
    Timestamp::from_millisecond(whole(item, name)?).ok()
}
