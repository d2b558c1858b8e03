//! A local cloud has no metrics: events are counted in the by-time index.

use std::{collections::BTreeMap, future::Future};

use aws::{ByTime, Listed, Page, PageKey, Wanted};
use domain::{StoreError, TimeBucket, Timestamp};
use futures_util::future::try_join_all;

use super::{
    chart::{Chart, ChartSpan, Series, Steps},
    charts::{Charts, Counts},
    source::MetricsSource,
};
use crate::Result;

/// Rows in a page, and pages of one shard of one hour: a local cloud is one process, and a chart
/// must not keep it busy. So at most 32,000 events of an hour count.
const ROWS: u32 = 500;
const PAGES: usize = 4;

/// What was counted.
#[derive(Debug)]
pub(super) struct Counted {
    steps: Steps,
    received: Series,
    endpoints: BTreeMap<String, Counts>,
    complete_since: Option<Timestamp>,
}

/// A page of a shard, the newest first.
pub(super) async fn page(
    index: &ByTime,
    bucket: &TimeBucket,
    steps: Steps,
    after: Option<PageKey>,
) -> Result<(Vec<Listed>, Option<PageKey>), StoreError> {
    let times = steps.times();
    let wanted = Wanted {
        endpoint: None,
        kinds: &[],
        named: None,
        from: times.from,
        until: times.until,
        newest_first: true,
    };
    let Page { rows, next } = index.page(bucket, &wanted, ROWS, after).await?;
    Ok((rows, next))
}

/// Counts the newest hour first, and ends after the hour that has too many events.
pub(super) async fn count<K, F>(
    steps: Steps,
    page: impl Fn(TimeBucket, Option<K>) -> F,
) -> Result<Counted>
where
    F: Future<Output = Result<(Vec<Listed>, Option<K>), StoreError>>,
{
    let mut counted = Counted {
        steps,
        received: steps.series("received"),
        endpoints: BTreeMap::new(),
        complete_since: None,
    };
    let times = steps.times();
    let hour = |at: Timestamp| at.as_second().div_euclid(3_600);
    for hour in (hour(times.from)..=hour(times.until)).rev() {
        let Ok(start) = Timestamp::from_second(hour * 3_600) else {
            continue;
        };
        let shards = TimeBucket::shards(start).map(|bucket| shard(&page, bucket));
        for (rows, cut) in try_join_all(shards).await? {
            if cut {
                let oldest = rows.last().map(|row| row.received_at);
                counted.complete_since = counted.complete_since.max(oldest);
            }
            for row in &rows {
                counted.add(row);
            }
        }
        if counted.complete_since.is_some() {
            break;
        }
    }
    Ok(counted)
}

/// Rows of one shard, and whether it has more.
async fn shard<K, F>(
    page: impl Fn(TimeBucket, Option<K>) -> F,
    bucket: TimeBucket,
) -> Result<(Vec<Listed>, bool), StoreError>
where
    F: Future<Output = Result<(Vec<Listed>, Option<K>), StoreError>>,
{
    let (mut all, mut after) = (Vec::new(), None);
    for _ in 0..PAGES {
        let (rows, next) = page(bucket.clone(), after).await?;
        all.extend(rows);
        if next.is_none() {
            return Ok((all, false));
        }
        after = next;
    }
    Ok((all, true))
}

impl Counted {
    fn add(&mut self, row: &Listed) {
        let Some(step) = self.steps.step(row.received_at) else {
            return;
        };
        if let Some(count) = self.received.values.get_mut(step) {
            *count += 1;
        }
        let endpoint = row.reference.endpoint.as_str().to_owned();
        self.endpoints.entry(endpoint).or_default().received += 1;
    }

    pub(super) fn charts(self, span: ChartSpan, read_at: Timestamp) -> Charts {
        Charts {
            span,
            read_at,
            source: MetricsSource::Index {
                complete_since: self.complete_since,
            },
            received: self.steps.chart(vec![self.received]),
            refused: Chart::default(),
            endpoints: self.endpoints,
            oldest_s: BTreeMap::new(),
            lag_ms: None,
        }
    }
}
