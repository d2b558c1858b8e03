use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use aws::{ByAttribute, ByTime, Listed, Page, PageKey, Pointers};
use domain::{FindIndex, FindKey, Ref, TimeBucket, Timestamp};
use tokio::time::sleep;

use super::{
    hours::hours,
    pages::{Pages, Span},
};
use crate::{Result, Stack, events::Query, problem::refuse};

/// How often and after how long what DynamoDB left out of an answer is asked for again.
const AGAIN: u32 = 3;
const PAUSE: Duration = Duration::from_millis(100);

/// The indexes of the `events` table, and its pointers where a condition has to be compared with them.
#[derive(Debug, Clone)]
pub(crate) struct Index {
    by_time: ByTime,
    by_attribute: ByAttribute,
    pointers: Pointers,
    looked: Arc<Tally>,
}

/// A partition of one of the indexes.
pub(crate) enum Partition {
    Hour(TimeBucket),
    Value(FindIndex, FindKey),
}

#[derive(Debug, Default)]
struct Tally {
    queries: AtomicU64,
    pointers: AtomicU64,
}

/// What a search took so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looked {
    /// Queries of an index.
    pub queries: u64,
    /// Pointers that were read, because the index does not say whether they match.
    pub pointers: u64,
}

impl Index {
    pub(crate) fn of(stack: &Stack) -> Self {
        Self {
            by_time: stack.by_time(),
            by_attribute: stack.by_attribute(),
            pointers: stack.pointers(),
            looked: Arc::default(),
        }
    }

    /// What all clones of it took.
    pub(crate) fn looked(&self) -> Looked {
        Looked {
            queries: self.looked.queries.load(Ordering::Relaxed),
            pointers: self.looked.pointers.load(Ordering::Relaxed),
        }
    }

    /// Those of the rows of a page whose pointers meet the query's conditions.
    async fn compare(&self, rows: Vec<Listed>, query: &Query) -> Result<Vec<Listed>> {
        let compared = query.compared();
        if compared.is_empty() || rows.is_empty() {
            return Ok(rows);
        }
        let names: Vec<&str> = compared.names().into_iter().collect();
        let mut left: Vec<Ref> = rows.iter().map(|row| row.reference.clone()).collect();
        let (mut matching, mut pause) = (HashSet::new(), PAUSE);
        for _ in 0..=AGAIN {
            let (found, rest) = self.pointers.texts(&left, &names).await?;
            let count = u64::try_from(found.len()).unwrap_or(u64::MAX);
            self.looked.pointers.fetch_add(count, Ordering::Relaxed);
            let met = found
                .into_iter()
                .filter(|(_, texts)| compared.are_met(texts));
            matching.extend(met.map(|(reference, _)| reference));
            if rest.is_empty() {
                let rows = rows.into_iter();
                return Ok(rows
                    .filter(|row| matching.contains(&row.reference))
                    .collect());
            }
            left = rest;
            sleep(pause).await;
            pause *= 2;
        }
        refuse!(
            "DynamoDB left out {} of {} pointers several times: it is busy, try again later",
            left.len(),
            rows.len()
        );
    }
}

impl Pages for Index {
    type Partition = Partition;

    type Key = PageKey;

    fn spans(&self, query: &Query) -> Box<dyn Iterator<Item = Span<Partition>> + Send> {
        let places = query.places();
        if places.is_empty() {
            return Box::new(hours(query).map(|hour| Span {
                from: hour.from,
                until: hour.until,
                partitions: hour.partitions.into_iter().map(Partition::Hour).collect(),
            }));
        }
        let places = places.iter().cloned();
        let whole = Span {
            from: query.from,
            until: query.until,
            partitions: places
                .map(|(index, key)| Partition::Value(index, key))
                .collect(),
        };
        Box::new(std::iter::once(whole))
    }

    async fn page(
        &self,
        partition: &Partition,
        query: &Query,
        after: Option<PageKey>,
    ) -> Result<(Vec<Listed>, Option<PageKey>)> {
        self.looked.queries.fetch_add(1, Ordering::Relaxed);
        let (wanted, limit) = (query.wanted(), query.page);
        let Page { rows, next } = match partition {
            Partition::Hour(bucket) => self.by_time.page(bucket, &wanted, limit, after).await?,
            Partition::Value(index, key) => {
                let page = self.by_attribute.page(*index, key, &wanted, limit, after);
                page.await?
            }
        };
        Ok((self.compare(rows, query).await?, next))
    }

    fn place(key: &PageKey) -> Option<Timestamp> {
        key.received_at()
    }
}
