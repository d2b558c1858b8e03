use std::{borrow::Cow, collections::HashMap};

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, ReturnValuesOnConditionCheckFailure},
};
use domain::{
    DataRef, FindIndex, Inserted, ItemValue, ONLY_IF_NEW, PartitionKey, Pointer, PointerStore,
    REPLAY_SEPARATOR, Ref, SignedDuration, StoreError, Timestamp,
};

use crate::{
    Sdk,
    failure::{classify, permanent},
    item::{Item, PUT, text, unmet},
};

const GET: &str = "dynamodb:GetItem";

/// Attributes that are numbers; all others are strings.
const NUMBERS: [&str; 2] = ["size", "expires_at"];

/// An item: its strings and numbers, as text.
pub type Image = HashMap<String, String>;

/// Through the stream again, as if it were new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replay<'a> {
    /// Names the replay: the same one never routes an event twice.
    pub id: &'a str,
    /// Who gets it: `*` (every subscription that wants the event), `-router` (every
    /// buffered one), or the name of an ordered subscription.
    pub to: &'a str,
    /// Whether a processor that is done with the event should process it again.
    pub force: bool,
    /// From then on DynamoDB may remove the replay's item.
    pub expires_at: Timestamp,
}

impl Replay<'_> {
    /// How long a replay's item is kept: twice as long as the stream remembers
    /// it, after which it is useless.
    pub const KEEP: SignedDuration = SignedDuration::from_hours(48);
}

/// The `events` table: hash key `pk`, range key `sk`.
#[derive(Debug, Clone)]
pub struct Pointers {
    pub(crate) client: Client,
    pub(crate) table: String,
}

impl Pointers {
    /// Writes to this table.
    #[must_use]
    pub fn new(sdk: &Sdk, table: String) -> Self {
        Self {
            client: Client::new(&sdk.config),
            table,
        }
    }

    /// The pointer's item, as it is now; `None` if the event has none.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn get(&self, reference: &Ref) -> Result<Option<Image>, StoreError> {
        let item = self.item(key(reference)).await?;
        Ok(item.map(|item| {
            let read = |(name, value)| match value {
                AttributeValue::S(text) | AttributeValue::N(text) => Some((name, text)),
                _ => None,
            };
            item.into_iter().filter_map(read).collect()
        }))
    }

    /// The item of this key, read consistently.
    pub(crate) async fn item(&self, key: Item) -> Result<Option<Item>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| classify(GET, &error))?;
        Ok(answer.item)
    }

    /// Routes the event of this pointer's item again, by an item next to it.
    /// `false`: this replay has already routed it. A repeated call whose first
    /// answer was lost also gets `false`.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn replay(&self, image: &Image, replay: &Replay<'_>) -> Result<bool, StoreError> {
        let Some(item) = replay_item(image, replay) else {
            return Err(permanent(PUT, "the item to replay is not a pointer"));
        };
        let outcome = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression(ONLY_IF_NEW)
            .send()
            .await;
        match outcome {
            Ok(_) => Ok(true),
            Err(error) => unmet(&error).map(|_| false),
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

impl PointerStore for Pointers {
    async fn insert(&self, pointer: &Pointer) -> Result<Inserted, StoreError> {
        match pointer.sort_key().neighbours(pointer.received_at) {
            Some(neighbours) => self.insert_among(pointer, &neighbours).await,
            None => self.insert_alone(pointer).await,
        }
    }
}

impl Pointers {
    async fn insert_alone(&self, pointer: &Pointer) -> Result<Inserted, StoreError> {
        let outcome = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item(pointer)))
            .condition_expression(ONLY_IF_NEW)
            // The old item costs no read and distinguishes a retry from a change.
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match outcome {
            Ok(_) => Ok(Inserted::New),
            Err(error) => duplicate(PUT, &unmet(&error)?.unwrap_or_default()),
        }
    }
}

/// The event has this pointer.
pub(crate) fn duplicate(operation: &'static str, old: &Item) -> Result<Inserted, StoreError> {
    Inserted::duplicate(|name| text_of(old, name)).map_err(|name| {
        permanent(
            operation,
            format!("the event's pointer has no readable {name}"),
        )
    })
}

/// A text of an item.
pub(crate) fn text_of<'i>(item: &'i Item, name: &str) -> Option<&'i str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

/// The key of an event's pointer.
pub(crate) fn key(reference: &Ref) -> Item {
    let pk = reference.partition_key().to_string();
    Item::from([
        ("pk".to_owned(), text(&pk)),
        ("sk".to_owned(), text(reference.event_key.as_str())),
    ])
}

pub(crate) fn item(pointer: &Pointer) -> Item {
    let stored = |(name, value): (Cow<'static, str>, ItemValue)| {
        let value = match value {
            ItemValue::Text(text) => AttributeValue::S(text),
            ItemValue::Number(digits) => AttributeValue::N(digits),
        };
        (name.into_owned(), value)
    };
    pointer.attributes().into_iter().map(stored).collect()
}

/// All of the pointer's attributes, and what makes it a replay. In no index: the
/// event is there once. `None` if the image is not a pointer's.
fn replay_item(image: &Image, replay: &Replay<'_>) -> Option<Item> {
    let event_key = image.get("sk")?;
    let mut item = image.clone();
    item.remove("time_bucket")?;
    for index in FindIndex::ALL {
        item.remove(index.key());
    }
    // A pointer from before every event had a subject.
    if item.get("subject").is_none_or(String::is_empty)
        && let Some(id) = image.get("id")
    {
        item.insert("subject".to_owned(), id.clone());
    }
    // A pointer from before payloads could be inline.
    if let (Ok(dataref), false) = (DataRef::of_image(image), image.contains_key("dataref")) {
        for part in ["bucket", "key"] {
            item.remove(part);
        }
        item.insert("dataref".to_owned(), dataref.to_string());
    }
    // A pointer from before there were groups.
    if let Some(pk) = image.get("pk") {
        item.insert("group".to_owned(), PartitionKey::group(pk));
    }
    let sort_key = format!("{event_key}{REPLAY_SEPARATOR}{}", replay.id);
    item.extend(
        [
            ("sk", sort_key),
            ("replayid", replay.id.to_owned()),
            ("replayforce", replay.force.to_string()),
            ("replayto", replay.to.to_owned()),
            ("expires_at", replay.expires_at.as_second().to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    let typed = |(name, value)| {
        let number = NUMBERS.contains(&String::as_str(&name));
        let value = if number {
            AttributeValue::N(value)
        } else {
            AttributeValue::S(value)
        };
        (name, value)
    };
    Some(item.into_iter().map(typed).collect())
}

#[cfg(test)]
mod tests;
