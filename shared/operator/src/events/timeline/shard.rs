use std::collections::VecDeque;

use aws::Listed;
use domain::Timestamp;
use futures_util::future::try_join_all;

use super::pages::{Pages, Span};
use crate::{
    Result,
    events::{Budget, Query},
};

/// A partition that is being read.
pub(super) struct Shard<P: Pages> {
    partition: P::Partition,
    pub(super) rows: VecDeque<Listed>,
    pub(super) next: Option<P::Key>,
}

/// A span that was opened. Without shards: the budget did not suffice.
pub(super) struct Opened<P: Pages> {
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
    pub(super) shards: Option<Vec<Shard<P>>>,
}

/// Reads the first page of each partition.
pub(super) async fn open<P: Pages>(
    pages: P,
    query: &Query,
    budget: Option<&Budget>,
    span: Span<P::Partition>,
) -> Result<Opened<P>> {
    let Span {
        from,
        until,
        partitions,
    } = span;
    let requests = u32::try_from(partitions.len()).unwrap_or(u32::MAX);
    let requests = requests.saturating_mul(query.requests_per_page());
    if budget.is_some_and(|budget| !budget.take(requests)) {
        return Ok(Opened {
            from,
            until,
            shards: None,
        });
    }
    let shards = try_join_all(partitions.into_iter().map(async |partition| {
        let (rows, next) = pages.page(&partition, query, None).await?;
        Ok::<_, crate::Problem>(Shard {
            partition,
            rows: rows.into(),
            next,
        })
    }));
    Ok(Opened {
        from,
        until,
        shards: Some(shards.await?),
    })
}

/// Reads on until there is a row or no more: a filter may leave a page empty. `false`: the budget
/// is spent.
pub(super) async fn fill<P: Pages>(
    pages: &P,
    query: &Query,
    budget: Option<&Budget>,
    shard: &mut Shard<P>,
) -> Result<bool> {
    while shard.rows.is_empty() && shard.next.is_some() {
        if budget.is_some_and(|budget| !budget.take(query.requests_per_page())) {
            return Ok(false);
        }
        let after = shard.next.take();
        let (rows, next) = pages.page(&shard.partition, query, after).await?;
        shard.rows = rows.into();
        shard.next = next;
    }
    Ok(true)
}
