use aws::{Listed, Pointers};
use domain::format_time;
use serde_json::{Value, json};

use super::{Query, Timeline};
use crate::{Result, Stack};

/// The events of a query, one after the other, read no further than somebody looks.
pub struct Search<'a> {
    timeline: Timeline<'a>,
    pointers: Pointers,
    key_id: Option<&'a str>,
}

impl<'a> Search<'a> {
    /// `key_id`: only those that were verified by this key. The index does not hold it, so
    /// each pointer is read.
    pub fn new(stack: &Stack, query: &'a Query, key_id: Option<&'a str>) -> Self {
        Self {
            timeline: Timeline::new(stack.by_time(), query),
            pointers: stack.pointers(),
            key_id,
        }
    }

    /// The next event; none when there is no more.
    pub async fn next(&mut self) -> Result<Option<Listed>> {
        while let Some(row) = self.timeline.next().await? {
            let Some(key_id) = self.key_id else {
                return Ok(Some(row));
            };
            let pointer = self.pointers.get(&row.reference).await?;
            let by = pointer.as_ref().and_then(|pointer| pointer.get("key_id"));
            if by.is_some_and(|by| by == key_id) {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }
}

/// An event as programs see it in a list.
pub fn as_json(row: &Listed) -> Value {
    json!({
        "ref": row.reference.to_string(),
        "endpoint": row.reference.endpoint,
        "id": row.id,
        "type": row.kind,
        "subject": row.subject,
        "size": row.size,
        "received_at": format_time(row.received_at),
    })
}
