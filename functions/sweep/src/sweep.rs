use domain::{SignedDuration, StoreError, Timestamp};
use futures_util::{StreamExt, stream};

use crate::{
    Finding, Index, Objects, Pointers, Progress, Span, Stores, SweepError, Tally,
    bucket::{Bucket, Swept},
    span::Slot,
};

/// Shards of hours in work at the same time.
const AT_ONCE: usize = 8;

/// How to sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Only says what it would do.
    pub dry_run: bool,
    /// Leaves younger objects alone: `ingest` may be at work with them.
    pub older_than: SignedDuration,
    /// How long a pointer is kept, from the delivery on.
    pub pointer_ttl: SignedDuration,
    /// From then on it begins nothing more.
    pub stop_at: Option<Timestamp>,
}

impl Options {
    /// Longer than a delivery, and longer than the index needs.
    pub const OLDER_THAN: SignedDuration = SignedDuration::from_mins(15);
}

/// Looks through the payloads of a span for those without a pointer, and gives them
/// theirs, which routes their events. To sweep twice does nothing twice: the pointer is
/// inserted on condition that its event has none.
///
/// # Errors
/// [`SweepError`]: a part was not swept. What fails or takes too long in one shard of one
/// hour does not keep the others from being swept.
pub async fn sweep<O: Objects, I: Index, P: Pointers>(
    stores: &Stores<O, I, P>,
    span: Span,
    options: &Options,
    now: &(dyn Fn() -> Timestamp + Sync),
    on_progress: &(dyn Fn(&Progress) + Sync),
    on_found: &(dyn Fn(&Finding<'_>) + Sync),
) -> Result<Tally, SweepError> {
    let slots: Vec<Slot> = span.slots().collect();
    let mut whole = Whole::default();
    let mut done = stream::iter(&slots)
        .map(|slot| {
            let bucket = Bucket {
                stores,
                options,
                now,
                on_found,
                slot,
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
            of: slots.len(),
            tally: whole.tally,
        });
    }
    whole.judge()
}

/// What became of all of it.
#[derive(Default)]
struct Whole {
    tally: Tally,
    failed: usize,
    first: Option<StoreError>,
    unswept: Option<Span>,
}

impl Whole {
    fn add(&mut self, swept: Swept) {
        self.tally += swept.tally;
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
        if self.failed == 0 && self.unswept.is_none() {
            return Ok(self.tally);
        }
        Err(SweepError {
            tally: self.tally,
            failed: self.failed,
            unswept: self.unswept,
            source: self.first.map(Box::new),
        })
    }
}
