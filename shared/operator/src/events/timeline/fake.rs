//! An index in memory.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicUsize, Ordering},
};

use aws::Listed;
use domain::{TimeBucket, Timestamp};

use super::{
    hours::hours,
    pages::{Pages, Span},
};
use crate::{
    Result,
    events::{Query, listed},
};

/// Shards with rows, in pages of two of which every other is empty, as a filter leaves them.
#[derive(Default)]
pub(crate) struct Shards {
    rows: BTreeMap<String, Vec<Listed>>,
    asked: AtomicUsize,
}

impl Shards {
    /// Rows by their times and shards.
    pub(crate) fn with(rows: &[(&str, &str)]) -> Self {
        let mut shards = Self::default();
        for (n, (at, shard)) in rows.iter().enumerate() {
            let row = listed(&format!("stripe/{shard}-{n}"), at);
            let bucket = format!("{}#{shard}", at.get(..13).unwrap());
            let shard = shards.rows.entry(bucket).or_default();
            // DynamoDB promises no order among equal times.
            shard.insert(0, row);
            shard.sort_by_key(|row| row.received_at);
        }
        shards
    }

    /// How many pages were asked for.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

impl Pages for &Shards {
    type Partition = TimeBucket;

    /// The next step, and when the last row before it was received.
    type Key = (usize, Timestamp);

    fn spans(&self, query: &Query) -> Box<dyn Iterator<Item = Span<TimeBucket>> + Send> {
        Box::new(hours(query))
    }

    async fn page(
        &self,
        bucket: &TimeBucket,
        query: &Query,
        after: Option<Self::Key>,
    ) -> Result<(Vec<Listed>, Option<Self::Key>)> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let mut all: Vec<Listed> = self
            .rows
            .get(&bucket.to_string())
            .into_iter()
            .flatten()
            .filter(|row| (query.from..query.until).contains(&row.received_at))
            .cloned()
            .collect();
        if query.newest_first {
            all.reverse();
        }
        // An odd step is an empty page: the filter left nothing.
        let step = after.map_or(0, |(step, _)| step);
        let is_empty = step % 2 == 1;
        let rows: Vec<Listed> = if is_empty {
            Vec::new()
        } else {
            all.iter().skip(step).take(2).cloned().collect()
        };
        let more = all.len() > step + 2 || (is_empty && all.len() > step);
        let last = if is_empty { step } else { step + 1 };
        let place = all.get(last).map(|row| row.received_at);
        Ok((rows, place.filter(|_| more).map(|place| (step + 1, place))))
    }

    fn place((_, place): &Self::Key) -> Option<Timestamp> {
        Some(*place)
    }
}
