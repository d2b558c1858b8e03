//! Events by the time they were received: merged from the sixteen shards of every hour, and
//! read as they are needed.

use std::{collections::VecDeque, future::Future, pin::Pin};

use aws::{ByTime, Listed, Page, PageKey};
use domain::{SignedDuration, StoreError, TimeBucket, Timestamp};
use futures_util::{
    Stream, StreamExt, TryStreamExt,
    future::try_join_all,
    stream::{self, FuturesUnordered},
};

use super::Query;
use crate::Result;

/// How many hours to open ahead: a long, quiet span is mostly empty pages.
const AHEAD: usize = 4;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// The by-time index, page by page.
pub(crate) trait Pages: Clone + Send + Sync {
    /// Where a page ended.
    type Key: Send + Sync;

    fn page(
        &self,
        bucket: &TimeBucket,
        query: &Query,
        after: Option<Self::Key>,
    ) -> impl Future<Output = Result<(Vec<Listed>, Option<Self::Key>), StoreError>> + Send;
}

impl Pages for ByTime {
    type Key = PageKey;

    async fn page(
        &self,
        bucket: &TimeBucket,
        query: &Query,
        after: Option<PageKey>,
    ) -> Result<(Vec<Listed>, Option<PageKey>), StoreError> {
        let Page { rows, next } =
            Self::page(self, bucket, &query.wanted(), query.page, after).await?;
        Ok((rows, next))
    }
}

/// The events of a query, one after the other.
pub(crate) struct Timeline<'a, P: Pages = ByTime> {
    pages: P,
    query: &'a Query,
    hours: Hours<'a, P::Key>,
    shards: Vec<Shard<P::Key>>,
}

/// Hours as they are opened.
type Hours<'a, K> = Pin<Box<dyn Stream<Item = Result<Vec<Shard<K>>>> + Send + 'a>>;

/// One shard of one hour.
struct Shard<K> {
    bucket: TimeBucket,
    rows: VecDeque<Listed>,
    next: Option<K>,
}

impl<'a, P: Pages + 'a> Timeline<'a, P> {
    pub(crate) fn new(pages: P, query: &'a Query) -> Self {
        let of_hours = pages.clone();
        let hours = stream::iter(hours(query))
            .map(move |hour| open(of_hours.clone(), query, hour))
            .buffered(AHEAD);
        Self {
            pages,
            query,
            hours: Box::pin(hours),
            shards: Vec::new(),
        }
    }

    /// The next event; none at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Listed>> {
        loop {
            self.refill().await?;
            if let Some(row) = self.pick() {
                return Ok(Some(row));
            }
            match self.hours.try_next().await? {
                Some(shards) => self.shards = shards,
                None => return Ok(None),
            }
        }
    }

    /// No shard may be empty that has more: the next in order could be in it.
    async fn refill(&mut self) -> Result<()> {
        let (pages, query) = (&self.pages, self.query);
        let mut filled: FuturesUnordered<_> = self
            .shards
            .iter_mut()
            .filter(|shard| shard.rows.is_empty() && shard.next.is_some())
            .map(|shard| fill(pages, query, shard))
            .collect();
        while filled.try_next().await?.is_some() {}
        Ok(())
    }

    fn pick(&mut self) -> Option<Listed> {
        let newest_first = self.query.newest_first;
        let shard = self
            .shards
            .iter_mut()
            .filter(|shard| !shard.rows.is_empty())
            .min_by(|a, b| {
                let order = order(a.rows.front()).cmp(&order(b.rows.front()));
                if newest_first { order.reverse() } else { order }
            })?;
        shard.rows.pop_front()
    }
}

/// By time, and by name where the time is the same.
fn order(row: Option<&Listed>) -> Option<(Timestamp, String)> {
    row.map(|row| (row.received_at, row.reference.to_string()))
}

/// The hours of a span, in the order to read them: a time in each.
fn hours(query: &Query) -> impl Iterator<Item = Timestamp> + use<> {
    let (from, until, newest_first) = (query.from, query.until, query.newest_first);
    let start = |at: Timestamp| at.as_second().div_euclid(3_600);
    let first = start(from);
    // `until` is exclusive: at the very start of an hour, that hour holds nothing.
    let last = start(
        until
            .saturating_sub(SignedDuration::from_nanos(1))
            .unwrap_or(until),
    );
    let count = u64::try_from(last - first + 1).unwrap_or(0);
    (0..count).filter_map(move |step| {
        let step = i64::try_from(step).ok()?;
        let hour = if newest_first {
            last - step
        } else {
            first + step
        };
        Timestamp::from_second(hour * HOUR.as_secs()).ok()
    })
}

async fn open<P: Pages>(pages: P, query: &Query, hour: Timestamp) -> Result<Vec<Shard<P::Key>>> {
    try_join_all(TimeBucket::shards(hour).map(async |bucket| {
        let (rows, next) = pages.page(&bucket, query, None).await?;
        Ok(Shard {
            bucket,
            rows: rows.into(),
            next,
        })
    }))
    .await
}

/// Reads on until there is a row or no more: a filter may leave a page empty.
async fn fill<P: Pages>(pages: &P, query: &Query, shard: &mut Shard<P::Key>) -> Result<()> {
    while shard.rows.is_empty()
        && let Some(after) = shard.next.take()
    {
        let (rows, next) = pages.page(&shard.bucket, query, Some(after)).await?;
        shard.rows = rows.into();
        shard.next = next;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
