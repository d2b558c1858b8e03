use domain::{EndpointDirectory, StoreError, Timestamp};
use futures_util::{StreamExt, stream};

use crate::{
    Finding, Index, Objects, Options, PointerTable, Progress, Span, Stores, SweepError, Tally,
    announce::Announcing,
    shard::{ShardSweep, Swept},
    span::HourShard,
    unjudged::Unjudged,
};

/// Shards of hours swept at the same time.
const AT_ONCE: usize = 8;

/// Looks through the payloads of a span for those without a pointer, and gives them
/// theirs, which routes their events. To sweep twice is safe: the pointer is inserted
/// only if its event has none.
///
/// The objects that `admit` must judge come last, after every payload of the standard
/// lane was checked, and only where no message can be waiting for them.
///
/// # Errors
/// [`SweepError`]: a part was not swept. If one shard of one hour fails or takes too
/// long, the others are still swept.
pub async fn sweep<O: Objects, I: Index, P: PointerTable, E: EndpointDirectory>(
    stores: &Stores<O, I, P, E>,
    span: Span,
    options: &Options,
    now: &(dyn Fn() -> Timestamp + Sync),
    on_progress: &(dyn Fn(&Progress) + Sync),
    on_found: &(dyn Fn(&Finding<'_>) + Sync),
) -> Result<Tally, SweepError> {
    let hour_shards: Vec<HourShard> = span.hour_shards().collect();
    let mut whole = Whole::default();
    // Before the first listing: an object that is judged meanwhile does not count as lost.
    let waiting = stores.objects.waiting().await;
    let mut done = stream::iter(&hour_shards)
        .map(|hour_shard| {
            let bucket = ShardSweep {
                stores,
                options,
                now,
                on_found,
                hour_shard,
            };
            bucket.sweep()
        })
        .buffer_unordered(AT_ONCE);
    let mut count = 0;
    while let Some(swept) = done.next().await {
        whole.add(swept);
        count += 1;
        on_progress(&Progress {
            done: count,
            of: hour_shards.len(),
            tally: whole.tally,
        });
    }
    drop(done);
    let announcing = Announcing {
        stores,
        options,
        now,
        on_found,
        queue_was_empty: matches!(waiting, Ok(0)),
    };
    let unjudged = std::mem::take(&mut whole.unjudged);
    let announced = announcing.run(unjudged, &mut whole.tally).await;
    for error in [waiting.map(drop), announced]
        .into_iter()
        .filter_map(Result::err)
    {
        on_found(&Finding::Failed {
            bucket: None,
            key: None,
            error: &error,
        });
        whole.unannounced = true;
        whole.first.get_or_insert(error);
    }
    whole.judge()
}

/// The result for all of it.
#[derive(Default)]
struct Whole {
    tally: Tally,
    unjudged: Unjudged,
    failed: usize,
    unannounced: bool,
    first: Option<StoreError>,
    unswept: Option<Span>,
}

impl Whole {
    fn add(&mut self, swept: Swept) {
        self.tally += swept.tally;
        self.unjudged.extend(swept.unjudged);
        self.failed += usize::from(swept.failure.is_some());
        self.first = self.first.take().or(swept.failure);
        self.unswept = match (self.unswept, swept.unswept) {
            (Some(one), Some(other)) => Some(Span {
                since: one.since.min(other.since),
                until: one.until.max(other.until),
            }),
            (one, other) => one.or(other),
        };
    }

    fn judge(self) -> Result<Tally, SweepError> {
        if self.failed == 0 && self.unswept.is_none() && !self.unannounced {
            return Ok(self.tally);
        }
        Err(SweepError {
            tally: Box::new(self.tally),
            failed: self.failed,
            unannounced: self.unannounced,
            unswept: self.unswept,
            source: self.first.map(Box::new),
        })
    }
}
