//! Events by the time they were received: merged from the partitions of an index, and read as they are needed. By time
//! these are the sixteen shards of every hour; by the value of an attribute, one for each index and endpoint.

mod hours;
mod index;
mod pages;
mod shard;

#[cfg(test)]
pub(super) mod fake;

use std::{collections::VecDeque, pin::Pin};

use aws::Listed;
use domain::{SignedDuration, Timestamp};
use futures_util::{
    Stream, StreamExt, TryStreamExt,
    stream::{self, FuturesUnordered},
};

pub use self::index::Looked;
use self::shard::{Opened, Shard, fill, open};
pub(crate) use self::{index::Index, pages::Pages};
use super::{Budget, Query};
use crate::{Problem, Result};

/// How many spans to open ahead: a long, quiet time is mostly empty pages.
const AHEAD: usize = 4;

/// Times are stored by the millisecond.
const MOMENT: SignedDuration = SignedDuration::from_millis(1);

/// The events of a query, one after the other: by time, and by ref where the time is the same.
pub(crate) struct Timeline<'a, P: Pages = Index> {
    pages: P,
    query: &'a Query,
    budget: Option<&'a Budget>,
    spans: Spans<'a, P>,
    shards: Vec<Shard<P>>,
    /// All events of one time that were not returned yet.
    moment: VecDeque<Listed>,
    stopped_at: Option<Timestamp>,
}

/// Spans as they are opened.
type Spans<'a, P> = Pin<Box<dyn Stream<Item = Result<Opened<P>>> + Send + 'a>>;

impl<'a, P: Pages + 'a> Timeline<'a, P> {
    /// All events of the query, whatever they cost.
    pub(crate) fn new(pages: P, query: &'a Query) -> Self {
        Self::open(pages, query, None, AHEAD)
    }

    /// The events that these requests can reach: see [`stopped_at`](Self::stopped_at).
    pub(crate) fn within(pages: P, query: &'a Query, budget: &'a Budget) -> Self {
        Self::open(pages, query, Some(budget), 1)
    }

    fn open(pages: P, query: &'a Query, budget: Option<&'a Budget>, ahead: usize) -> Self {
        let of_spans = pages.clone();
        let spans = stream::iter(pages.spans(query))
            .map(move |span| open(of_spans.clone(), query, budget, span))
            .buffered(ahead);
        Self {
            pages,
            query,
            budget,
            spans: Box::pin(spans),
            shards: Vec::new(),
            moment: VecDeque::new(),
            stopped_at: None,
        }
    }

    /// The next event; none at the end, or where the budget was spent.
    pub(crate) async fn next(&mut self) -> Result<Option<Listed>> {
        if self.moment.is_empty() {
            self.gather().await?;
        }
        Ok(self.moment.pop_front())
    }

    /// Where the budget was spent, once `next` has returned none. With the newest first, all
    /// events from this time on were read; with the oldest first, all before it.
    pub(crate) fn stopped_at(&self) -> Option<Timestamp> {
        self.stopped_at
    }

    /// Reads all events of the next time, so that they can be put in order.
    async fn gather(&mut self) -> Result<()> {
        loop {
            if self.stopped_at.is_none() && !self.refill().await? {
                self.stopped_at = Some(self.boundary()?);
            }
            let Some(at) = self.front() else {
                if !self.moment.is_empty() || !self.next_span().await? {
                    break;
                }
                continue;
            };
            if self.moment.front().is_some_and(|row| row.received_at != at) {
                break;
            }
            for shard in &mut self.shards {
                while let Some(row) = shard.rows.pop_front_if(|row| row.received_at == at) {
                    self.moment.push_back(row);
                }
            }
        }
        let at = self.moment.front().map(|row| row.received_at);
        if at.is_some_and(|at| !self.is_whole(at)) {
            // Some of this time may be unread. It is read again, from where this ended.
            self.moment.clear();
            self.shards.clear();
        }
        let rows = self.moment.make_contiguous();
        rows.sort_by_cached_key(|row| row.reference.to_string());
        if self.query.newest_first {
            rows.reverse();
        }
        Ok(())
    }

    /// No shard may be empty that has more: the next in order could be in it. `false`: the budget
    /// is spent.
    async fn refill(&mut self) -> Result<bool> {
        let (pages, query, budget) = (&self.pages, self.query, self.budget);
        let mut filled: FuturesUnordered<_> = self
            .shards
            .iter_mut()
            .filter(|shard| shard.rows.is_empty() && shard.next.is_some())
            .map(|shard| fill(pages, query, budget, shard))
            .collect();
        let mut all = true;
        while let Some(filled) = filled.try_next().await? {
            all &= filled;
        }
        Ok(all)
    }

    /// Opens the next span. `false`: there is none, or the budget is spent.
    async fn next_span(&mut self) -> Result<bool> {
        if self.stopped_at.is_some() {
            return Ok(false);
        }
        let Some(span) = self.spans.try_next().await? else {
            return Ok(false);
        };
        if let Some(shards) = span.shards {
            self.shards = shards;
            return Ok(true);
        }
        self.stopped_at = Some(if self.query.newest_first {
            span.until
        } else {
            span.from
        });
        Ok(false)
    }

    /// The time that comes next.
    fn front(&self) -> Option<Timestamp> {
        let fronts = self.shards.iter().filter_map(|shard| shard.rows.front());
        let times = fronts.map(|row| row.received_at);
        if self.query.newest_first {
            times.max()
        } else {
            times.min()
        }
    }

    /// How far every shard was read. Of the time at which a shard's page ended, some may be
    /// missing.
    fn boundary(&self) -> Result<Timestamp> {
        let ends = self.shards.iter().filter_map(|shard| shard.next.as_ref());
        let places: Option<Vec<Timestamp>> = ends.map(P::place).collect();
        let places = places.unwrap_or_default().into_iter();
        let place = if self.query.newest_first {
            let last = places.max();
            last.map(|last| last.saturating_add(MOMENT).unwrap_or(last))
        } else {
            places.min()
        };
        place.ok_or_else(|| {
            Problem::Refused("the index does not say where its page ended".to_owned())
        })
    }

    /// Whether all events of this time were read.
    fn is_whole(&self, at: Timestamp) -> bool {
        self.stopped_at.is_none_or(|end| {
            if self.query.newest_first {
                at >= end
            } else {
                at < end
            }
        })
    }
}

#[cfg(test)]
mod tests;
