use std::collections::VecDeque;

use aws::Listed;
use domain::{TimeBucket, Timestamp};
use futures_util::future::try_join_all;

use super::pages::Pages;
use crate::{
    Result,
    events::{Budget, Query},
};

/// How many shards an hour has, and so how many requests opening it takes.
const SHARDS: u32 = 16;

/// One shard of one hour.
pub(super) struct Shard<K> {
    bucket: TimeBucket,
    pub(super) rows: VecDeque<Listed>,
    pub(super) next: Option<K>,
}

/// The shards of an hour. `None`: the budget does not suffice.
pub(super) async fn open<P: Pages>(
    pages: P,
    query: &Query,
    budget: Option<&Budget>,
    hour: Timestamp,
) -> Result<Option<Vec<Shard<P::Key>>>> {
    if budget.is_some_and(|budget| !budget.take(SHARDS)) {
        return Ok(None);
    }
    let shards = try_join_all(TimeBucket::shards(hour).map(async |bucket| {
        let (rows, next) = pages.page(&bucket, query, None).await?;
        Ok::<_, crate::Problem>(Shard {
            bucket,
            rows: rows.into(),
            next,
        })
    }));
    Ok(Some(shards.await?))
}

/// Reads on until there is a row or no more: a filter may leave a page empty. `false`: the budget
/// is spent.
pub(super) async fn fill<P: Pages>(
    pages: &P,
    query: &Query,
    budget: Option<&Budget>,
    shard: &mut Shard<P::Key>,
) -> Result<bool> {
    while shard.rows.is_empty() && shard.next.is_some() {
        if budget.is_some_and(|budget| !budget.take(1)) {
            return Ok(false);
        }
        let after = shard.next.take();
        let (rows, next) = pages.page(&shard.bucket, query, after).await?;
        shard.rows = rows.into();
        shard.next = next;
    }
    Ok(true)
}
