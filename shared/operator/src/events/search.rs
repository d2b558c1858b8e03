use aws::{Listed, Pointers};
use domain::{EndpointName, Ref, Timestamp, format_time};
use serde::{Serialize, Serializer};

use super::{Index, Looked, Query, Timeline};
use crate::{Result, Stack};

/// The events of a query, read as you ask for them.
pub struct Search<'a> {
    timeline: Timeline<'a>,
    index: Index,
    pointers: Pointers,
    key_id: Option<&'a str>,
}

impl<'a> Search<'a> {
    /// `key_id`: only events that were verified by this key. The index does not have it, so
    /// each pointer is read.
    pub fn new(stack: &Stack, query: &'a Query, key_id: Option<&'a str>) -> Self {
        let index = Index::of(stack);
        Self {
            timeline: Timeline::new(index.clone(), query),
            index,
            pointers: stack.pointers(),
            key_id,
        }
    }

    /// What it took so far.
    pub fn looked(&self) -> Looked {
        self.index.looked()
    }

    /// The next event; none at the end.
    pub async fn next(&mut self) -> Result<Option<ListedEvent>> {
        while let Some(row) = self.timeline.next().await? {
            let Some(key_id) = self.key_id else {
                return Ok(Some(row.into()));
            };
            let pointer = self.pointers.get(&row.reference).await?;
            let by = pointer.as_ref().and_then(|pointer| pointer.get("key_id"));
            if by.is_some_and(|by| by == key_id) {
                return Ok(Some(row.into()));
            }
        }
        Ok(None)
    }
}

/// An event in a list.
#[derive(Debug, Clone, Serialize)]
pub struct ListedEvent {
    /// Its ref.
    #[serde(rename = "ref", serialize_with = "text")]
    pub reference: Ref,
    /// Its endpoint.
    pub endpoint: EndpointName,
    /// The provider's id of it; may be empty.
    pub id: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it is about; empty if nothing says.
    pub subject: String,
    /// The length of its payload in bytes.
    pub size: u64,
    /// When its first delivery was received.
    #[serde(serialize_with = "time")]
    pub received_at: Timestamp,
}

impl From<Listed> for ListedEvent {
    fn from(row: Listed) -> Self {
        Self {
            endpoint: row.reference.endpoint.clone(),
            reference: row.reference,
            id: row.id,
            kind: row.kind,
            subject: row.subject,
            size: row.size,
            received_at: row.received_at,
        }
    }
}

fn text<S: Serializer>(reference: &Ref, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(reference)
}

fn time<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format_time(*at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::listed;

    #[test]
    fn programs_see_the_ref_and_the_time() {
        let event = ListedEvent::from(listed("stripe/evt_1", "2026-11-22T10:00:00Z"));
        assert_eq!(
            serde_json::to_string(&event).unwrap(),
            r#"{"ref":"stripe/evt_1","endpoint":"stripe","id":"","type":"push","subject":"","size":1,"received_at":"2026-11-22T10:00:00.000Z"}"#
        );
    }
}
