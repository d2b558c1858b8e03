//! What an erasure does in the events table.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    ERASED_AT, ERASING, EndpointName, ItemValue, REPLAY_SEPARATOR, Ref, StoreError, Tombstone,
};

use crate::{
    Image, Pointers,
    failure::{classify, permanent},
    item::{Item, PUT, text, unmet},
    pointers::{key, text_of},
};

const QUERY: &str = "dynamodb:Query";
const DELETE: &str = "dynamodb:DeleteItem";
const SCAN: &str = "dynamodb:Scan";

/// Where a payload is, by a pointer of this version or of an earlier one. If they are what they were, so is the rest:
/// only `admit` changes a pointer, and only to name another object.
const PLACE: [&str; 3] = ["dataref", "bucket", "key"];

/// Which events to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sought<'a> {
    /// Of this endpoint only.
    pub endpoint: Option<&'a EndpointName>,
    /// Whose items have these attributes with exactly these texts.
    pub attributes: &'a [(String, String)],
}

/// What a part of the table holds of the events that were looked for.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Spotted {
    /// Events that match.
    pub matching: BTreeSet<String>,
    /// Events whose erasure has begun and not ended, by their refs.
    pub unfinished: BTreeSet<String>,
    /// Where to continue; `None`: this was all of the segment.
    pub next: Option<ScanKey>,
}

/// The position after a page.
#[derive(Debug, Clone, PartialEq)]
pub struct ScanKey(Item);

impl Pointers {
    /// Puts a tombstone in the place of the pointer that this is the image of. `false`: it has changed since, or was
    /// erased by another; look again.
    ///
    /// # Errors
    /// As [`StoreError`] says. It may have been written anyway.
    pub async fn bury(&self, image: &Image, tombstone: &Tombstone) -> Result<bool, StoreError> {
        let mut condition = vec![
            "attribute_exists(pk)".to_owned(),
            "attribute_not_exists(#erased_at)".to_owned(),
        ];
        let mut call = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item(tombstone)))
            .expression_attribute_names("#erased_at", ERASED_AT);
        for name in PLACE {
            call = call.expression_attribute_names(format!("#{name}"), name);
            condition.push(match image.get(name) {
                Some(value) => {
                    call = call.expression_attribute_values(format!(":{name}"), text(value));
                    format!("#{name} = :{name}")
                }
                None => format!("attribute_not_exists(#{name})"),
            });
        }
        match call
            .condition_expression(condition.join(" AND "))
            .send()
            .await
        {
            Ok(_) => Ok(true),
            Err(error) => unmet(&error).map(|_| false),
        }
    }

    /// Writes a tombstone over the one that is there.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn rewrite(&self, tombstone: &Tombstone) -> Result<(), StoreError> {
        let outcome = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item(tombstone)))
            // Never over a pointer.
            .condition_expression("attribute_not_exists(pk) OR attribute_exists(#erased_at)")
            .expression_attribute_names("#erased_at", ERASED_AT)
            .send()
            .await;
        match outcome {
            Ok(_) => Ok(()),
            Err(error) => {
                unmet(&error)?;
                Err(permanent(PUT, "a pointer is in the place of the tombstone"))
            }
        }
    }

    /// The ids of the event's replays whose rows are still there. Each row repeats the whole pointer.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn replays(&self, reference: &Ref) -> Result<Vec<String>, StoreError> {
        let start = format!("{}{REPLAY_SEPARATOR}", reference.event_key.as_str());
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND begins_with(sk, :start)")
            .expression_attribute_values(":pk", text(&reference.partition_key().to_string()))
            .expression_attribute_values(":start", text(&start))
            .projection_expression("sk")
            .consistent_read(true)
            .into_paginator()
            .send();
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| classify(QUERY, &error))?;
            let ids = page.items().iter().filter_map(|item| {
                let sort_key = text_of(item, "sk")?;
                sort_key.strip_prefix(&start).map(str::to_owned)
            });
            found.extend(ids);
        }
        Ok(found)
    }

    /// Deletes the row of a replay; no failure if it is gone. No pipe routes a deletion.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn delete_replay(&self, reference: &Ref, id: &str) -> Result<(), StoreError> {
        let mut row = key(reference);
        let sort_key = format!("{}{REPLAY_SEPARATOR}{id}", reference.event_key.as_str());
        row.insert("sk".to_owned(), text(&sort_key));
        self.client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(row))
            .send()
            .await
            .map(drop)
            .map_err(|error| classify(DELETE, &error))
    }

    /// Looks through the next part of a segment of the whole table: see [`Sought`]. An index would need less, and lacks
    /// what was written a moment ago; what is to be erased must not be missed.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn spot(
        &self,
        sought: &Sought<'_>,
        (segment, of): (i32, i32),
        after: Option<ScanKey>,
    ) -> Result<Spotted, StoreError> {
        let mut call = self
            .client
            .scan()
            .table_name(&self.table)
            .consistent_read(true)
            .segment(segment)
            .total_segments(of)
            .projection_expression("#ref, #erased_at, #erasing")
            .expression_attribute_names("#ref", "ref")
            .expression_attribute_names("#erased_at", ERASED_AT)
            .expression_attribute_names("#erasing", ERASING)
            .set_exclusive_start_key(after.map(|ScanKey(key)| key));
        let mut all = Vec::new();
        for (place, (name, value)) in sought.attributes.iter().enumerate() {
            call = call
                .expression_attribute_names(format!("#a{place}"), name)
                .expression_attribute_values(format!(":a{place}"), text(value));
            all.push(format!("#a{place} = :a{place}"));
        }
        let mut filter = if all.is_empty() {
            "attribute_exists(#erasing)".to_owned()
        } else {
            format!("(({}) OR attribute_exists(#erasing))", all.join(" AND "))
        };
        if let Some(endpoint) = sought.endpoint {
            filter.push_str(" AND begins_with(pk, :endpoint)");
            // An endpoint's name holds no `#`.
            call = call.expression_attribute_values(":endpoint", text(&format!("{endpoint}#")));
        }
        let answer = call
            .filter_expression(filter)
            .send()
            .await
            .map_err(|error| classify(SCAN, &error))?;
        let mut spotted = Spotted::default();
        for item in answer.items() {
            let reference = text_of(item, "ref")
                .ok_or_else(|| permanent(SCAN, "a pointer has no readable ref"))?;
            if item.contains_key(ERASED_AT) {
                spotted.unfinished.insert(reference.to_owned());
            } else {
                spotted.matching.insert(reference.to_owned());
            }
        }
        spotted.next = answer.last_evaluated_key.map(ScanKey);
        Ok(spotted)
    }
}

fn item(tombstone: &Tombstone) -> Item {
    let stored = |(name, value): (&str, ItemValue)| {
        let value = match value {
            ItemValue::Text(text) => AttributeValue::S(text),
            ItemValue::Number(digits) => AttributeValue::N(digits),
        };
        (name.to_owned(), value)
    };
    tombstone.attributes().into_iter().map(stored).collect()
}

#[cfg(test)]
mod tests;
