//! Erases events: what the stack holds of them, in every store that it can reach, and what keeps it from coming back.
//!
//! The order of the acts is what makes it safe to be interrupted anywhere and run again:
//!
//! 1. **the tombstone**, in the pointer's place and under a condition: from then on no delivery, replay or sweep stores
//!    the event again, and the tombstone itself says that the rest is not done;
//! 2. the rows of replays, the payload in all its versions, the processors' records;
//! 3. messages in queues and DLQs;
//! 4. copies of the payload that retries left in the bucket;
//! 5. rows of replays that were written meanwhile; then the tombstone says that it is done.

mod copies;
mod event;
mod ports;
mod queues;
mod report;
mod run;
mod selection;
mod shown;
#[cfg(test)]
mod tests;
mod wanted;

use std::collections::HashSet;

use aws::operator::{Backups, Recovery};
use domain::{Ref, SignedDuration, Timestamp};
use futures_util::StreamExt;

use self::{
    ports::{Bucket, EventTable, MessageQueue, NamedQueue, Results, StackResults, Stores},
    run::Run,
    wanted::Wanted,
};
pub use self::{
    report::{ErasedEvent, ErasedFrom, ErasureOutcome, ErasureReport, KeptBackup},
    run::MOST,
    selection::{FoundToErase, WhichToErase, find},
};
use crate::{Progress, Result, Stack, Stop, concurrently::concurrently, dlq::Dlq};

/// A listing that only the policy `erase` allows.
const FIRST_LOOK: &str = "payloads/0/";

/// Erases these events. In a dry run it only looks, and receives no message.
///
/// One event or store that fails does not keep the others from being erased: the report says what is left, and
/// [`ErasureReport::is_complete`] whether that is anything. To run it again is safe, and finishes what is left.
pub async fn erase(
    stack: &Stack,
    refs: &[Ref],
    dry_run: bool,
    progress: &(impl Progress + Sync),
    stop: &Stop,
) -> Result<ErasureReport> {
    let run = Run {
        stack: &stack.description,
        now: (stack.now)(),
        dry_run,
    };
    let stores = Stores {
        events: stack.pointers(),
        bucket: aws::Versions::new(&stack.sdk, stack.description.bucket.clone()),
        results: StackResults::of(stack),
        queues: queues(stack),
    };
    // Before anything is done: someone who may write pointers but not delete payloads must not get halfway.
    aws::Versions::folders(&stores.bucket, FIRST_LOOK).await?;
    let mut report = all(&stores, run, refs, progress, stop).await;
    let backups = Backups::new(&stack.sdk);
    let tables = &stack.description.tables;
    for table in [&tables.events, &tables.processed] {
        let kept = backups.recovery(table).await;
        report.backups.push(KeptBackup {
            table: table.clone(),
            until: match &kept {
                Ok(Recovery::Days(days)) => {
                    let days = SignedDuration::from_hours(24 * i64::from(*days));
                    Some(run.now.saturating_add(days).unwrap_or(Timestamp::MAX))
                }
                _ => None,
            },
            problem: kept.err().map(|error| crate::problem::in_short(&error)),
        });
    }
    Ok(report)
}

/// Every queue of the stack whose messages may hold an event: each is named as people know it.
fn queues(stack: &Stack) -> Vec<NamedQueue<aws::Queue>> {
    let description = &stack.description;
    let named = |name: String, url: &str| NamedQueue {
        name,
        queue: stack.queue(url),
    };
    let subscriptions = description.subscriptions.iter();
    let waiting =
        subscriptions.map(|(name, one)| named(format!("queue of {name}"), &one.queue_url));
    let inboxes = description.processors.iter().filter_map(|(name, one)| {
        let url = one.inbox_url.as_deref()?;
        Some(named(format!("inbox of {name}"), url))
    });
    // After the queues: what moves from a queue to its DLQ meanwhile is found there.
    let given_up = Dlq::all(description).into_iter();
    let given_up = given_up.map(|dlq| named(format!("DLQ of {}", dlq.name), dlq.url));
    waiting.chain(inboxes).chain(given_up).collect()
}

async fn all<E, B, R, Q>(
    stores: &Stores<E, B, R, Q>,
    run: Run<'_>,
    refs: &[Ref],
    progress: &(impl Progress + Sync),
    stop: &Stop,
) -> ErasureReport
where
    E: EventTable + Sync,
    B: Bucket + Sync,
    R: Results + Sync,
    Q: MessageQueue + Sync,
{
    let mut report = ErasureReport::new(run);
    let mut begun = Vec::new();
    progress.doing(if run.dry_run {
        "looking at events"
    } else {
        "erasing events"
    });
    progress.of(refs.len() as u64);
    let mut done = 0;
    let mut seen = HashSet::new();
    // Two refs may name one event.
    let refs = refs.iter().filter(|one| seen.insert((*one).clone()));
    let mut each = concurrently(refs.map(|one| async move {
        if stop.is_requested() {
            return None;
        }
        Some(event::begin(stores, run, one).await)
    }));
    while let Some(one) = each.next().await {
        match one {
            None => report.interrupted = true,
            Some(one) => begun.push(one),
        }
        done += 1;
        progress.done(done);
    }
    drop(each);
    let tombstones = begun.iter().filter_map(|one| one.tombstone.as_ref());
    let sought = Wanted::of(tombstones);
    if !sought.is_empty() && !report.interrupted {
        progress.doing("looking through the queues");
        report.queues = queues::look_through(&stores.queues, run, &sought, stop).await;
        progress.doing("looking through the bucket");
        report.copies = copies::look_through(&stores.bucket, run, &sought, stop).await;
        report.interrupted = stop.is_requested();
    }
    let passed = !report.interrupted && report.is_complete();
    let ends = begun.into_iter().map(|one| async move {
        if passed && !run.dry_run {
            event::finish(stores, run, one).await
        } else {
            one.event
        }
    });
    report.events = concurrently(ends).collect().await;
    report
}
