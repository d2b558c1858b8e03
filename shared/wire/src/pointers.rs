use std::{borrow::Cow, time::Duration};

use domain::{
    ANOTHER_EVENT, CONFLICT_TRIES, Cancelled, CancelledItem, EventKey, Inserted, ItemValue,
    Neighbours, ONLY_IF_NEW, Pointer, PointerStore, Siblings, StoreError, WITH_DIGEST,
};
use serde::{Deserialize, Serialize};

use crate::{
    Environment,
    environment::ServiceName,
    item::{Attributes, Item, action, body, text, unmet},
    service::{JsonAction, Service, permanent, transient},
};

const PUT: JsonAction = action("dynamodb:PutItem", "DynamoDB_20120810.PutItem");
const QUERY: JsonAction = action("dynamodb:Query", "DynamoDB_20120810.Query");
const WRITE: JsonAction = action(
    "dynamodb:TransactWriteItems",
    "DynamoDB_20120810.TransactWriteItems",
);

/// The old item costs no read and distinguishes a retry from a change.
const ALL_OLD: &str = "ALL_OLD";

/// The `events` table: hash key `pk`, range key `sk`.
#[derive(Debug)]
pub struct Pointers {
    service: Service,
    table: String,
}

impl Pointers {
    /// Writes to this table.
    #[must_use]
    pub fn new(environment: &Environment, table: String) -> Self {
        let service = Service::new(environment, ServiceName::DynamoDb);
        Self { service, table }
    }

    /// Connects, so that the first request need not.
    pub async fn warm(&self) {
        self.service.warm(1).await;
    }

    async fn insert_alone(&self, put: &Put<'_>) -> Result<Inserted, StoreError> {
        match self.service.json::<Nothing>(&PUT, put).await? {
            Ok(Nothing {}) => Ok(Inserted::New),
            Err(refused) => match unmet(&refused) {
                Some(old) => duplicate(&PUT, &old),
                None => Err(refused.refused(PUT.operation)),
            },
        }
    }

    /// Inserts a pointer unless its event has one in its own slot of the window or in one of
    /// the two neighbouring slots. One transaction: of two that conflict, DynamoDB accepts
    /// only one. Each call has a token, so a call that is repeated after a lost answer counts
    /// as the same call.
    async fn insert_among(
        &self,
        pointer: &Pointer,
        put: Put<'_>,
        neighbours: &Neighbours,
    ) -> Result<Inserted, StoreError> {
        let of = |key: &EventKey| {
            [
                ("pk", text(&pointer.partition_key().to_string())),
                ("sk", text(key.as_str())),
            ]
        };
        let keys = [&neighbours.keys[0], &neighbours.keys[1]].map(of);
        let bounds = neighbours
            .bounds()
            .map(|(name, at)| (name, ItemValue::Text(at)));
        let check = |key| Check {
            table_name: &self.table,
            key: Attributes(key),
            condition_expression: ANOTHER_EVENT,
            expression_attribute_values: Attributes(&bounds),
            return_values_on_condition_check_failure: ALL_OLD,
        };
        let [before, after] = [check(&keys[0]), check(&keys[1])];
        let items = [
            Part::Put(put),
            Part::ConditionCheck(before),
            Part::ConditionCheck(after),
        ];
        let mut tries = 0;
        loop {
            tries += 1;
            let write = Write {
                client_request_token: format!("{:032x}", fastrand::u128(..)),
                transact_items: &items,
            };
            let refused = match self.service.json::<Nothing>(&WRITE, &write).await? {
                Ok(Nothing {}) => return Ok(Inserted::New),
                Err(refused) if refused.is("TransactionCanceledException") => refused,
                Err(refused) => return Err(refused.refused(WRITE.operation)),
            };
            let cancelled: Reasons = body(&refused);
            let reasons: Vec<_> = cancelled.reasons.iter().map(Reason::item).collect();
            match pointer.cancelled(&reasons, Item::text) {
                Cancelled::Duplicate(old) => return duplicate(&WRITE, old),
                Cancelled::Conflict(_) if tries < CONFLICT_TRIES => {
                    tokio::time::sleep(Duration::from_millis(fastrand::u64(10..50) << tries)).await;
                }
                Cancelled::Conflict(why) | Cancelled::Busy(why) => {
                    return Err(transient(WRITE.operation, why));
                }
                Cancelled::Refused(why) => return Err(permanent(WRITE.operation, why)),
            }
        }
    }
}

impl PointerStore for Pointers {
    async fn insert(&self, pointer: &Pointer) -> Result<Inserted, StoreError> {
        let attributes = pointer.attributes();
        let put = Put {
            table_name: &self.table,
            item: Attributes(&attributes),
            condition_expression: ONLY_IF_NEW,
            return_values_on_condition_check_failure: ALL_OLD,
        };
        match pointer.sort_key().neighbours(pointer.received_at) {
            Some(neighbours) => self.insert_among(pointer, put, &neighbours).await,
            None => self.insert_alone(&put).await,
        }
    }
}

impl Siblings for Pointers {
    async fn has_sibling(&self, pointer: &Pointer) -> Result<bool, StoreError> {
        let Some(digest) = pointer.event.key.shared_digest() else {
            return Ok(false);
        };
        let values = [
            (":pk", text(&pointer.partition_key().to_string())),
            (":digest", text(digest)),
        ];
        let query = Query {
            table_name: &self.table,
            key_condition_expression: WITH_DIGEST,
            expression_attribute_values: Attributes(&values),
            projection_expression: "sk",
            // Its own pointer, and one more.
            limit: 2,
        };
        let answer = self.service.json::<Found>(&QUERY, &query).await?;
        let found = answer.map_err(|refused| refused.refused(QUERY.operation))?;
        let own = pointer.sort_key().as_str();
        Ok(found.items.iter().any(|item| item.text("sk") != Some(own)))
    }
}

/// The event has this pointer.
fn duplicate(action: &JsonAction, old: &Item) -> Result<Inserted, StoreError> {
    Inserted::duplicate(|name| old.text(name)).map_err(|name| {
        permanent(
            action.operation,
            format!("the event's pointer has no readable {name}"),
        )
    })
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Put<'a> {
    table_name: &'a str,
    item: Attributes<'a, Cow<'static, str>>,
    condition_expression: &'static str,
    return_values_on_condition_check_failure: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Check<'a> {
    table_name: &'a str,
    key: Attributes<'a>,
    condition_expression: &'static str,
    expression_attribute_values: Attributes<'a>,
    return_values_on_condition_check_failure: &'static str,
}

#[derive(Serialize)]
enum Part<'a> {
    Put(Put<'a>),
    ConditionCheck(Check<'a>),
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Write<'a> {
    client_request_token: String,
    transact_items: &'a [Part<'a>],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Query<'a> {
    table_name: &'a str,
    key_condition_expression: &'static str,
    expression_attribute_values: Attributes<'a>,
    projection_expression: &'static str,
    limit: u32,
}

/// The answer to a write, of which nothing is read.
#[derive(Deserialize)]
struct Nothing {}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Found {
    items: Vec<Item>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Reasons {
    #[serde(rename = "CancellationReasons")]
    reasons: Vec<Reason>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Reason {
    code: String,
    item: Option<Item>,
}

impl Reason {
    fn item(&self) -> CancelledItem<'_, Item> {
        CancelledItem {
            code: &self.code,
            item: self.item.as_ref(),
        }
    }
}
