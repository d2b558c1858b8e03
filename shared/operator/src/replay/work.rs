use aws::{Image, Listed};
use domain::{ERASED_AT, Ref};
use futures_util::TryStreamExt;

use super::{
    job::{Journal, ReplayJob},
    route::ReplayRoute,
};
use crate::{
    Progress, Result, Stack, Stop,
    concurrently::concurrently,
    events::{Index, Timeline},
    rate_limit::RateLimit,
};

/// Whether any subscription that the replay goes to takes this event.
fn is_wanted(row: &Listed, job: &ReplayJob, stack: &Stack) -> Result<bool> {
    let endpoint = row.reference.endpoint.as_str();
    stack.takes(job.subscription.as_deref(), endpoint, &row.kind)
}

/// Counts the events of a job.
pub(super) async fn count(job: &ReplayJob, stack: &Stack, progress: &impl Progress) -> Result<u64> {
    let query = job.query();
    let mut timeline = Timeline::new(Index::of(stack), &query);
    let mut counted = 0;
    while let Some(row) = timeline.next().await? {
        if is_wanted(&row, job, stack)? {
            counted += 1;
            progress.done(counted);
        }
    }
    Ok(counted)
}

/// Sends the events that remain, and records the progress after every batch. `false`: it was
/// stopped.
pub async fn work(
    job: &mut ReplayJob,
    journal: &Journal,
    stack: &Stack,
    progress: &impl Progress,
    stop: &Stop,
) -> Result<bool> {
    let route = ReplayRoute::to(stack, job.subscription.as_deref(), &job.id, job.force)?;
    let query = job.query();
    let mut timeline = Timeline::new(Index::of(stack), &query);
    progress.done(job.tally.done());
    let mut pace = RateLimit::new(Some(job.rate));
    loop {
        let batch = next(&mut timeline, job, stack).await?;
        if batch.is_empty() {
            return Ok(true);
        }
        pace.wait(batch.len()).await;
        if stop.is_requested() {
            return Ok(false);
        }
        send(&batch, job, &route, stack).await?;
        journal.keep(job)?;
        progress.done(job.tally.done());
    }
}

/// The next batch of events.
async fn next(timeline: &mut Timeline<'_>, job: &ReplayJob, stack: &Stack) -> Result<Vec<Listed>> {
    let mut batch = Vec::with_capacity(ReplayRoute::AT_ONCE);
    while batch.len() < ReplayRoute::AT_ONCE
        && let Some(row) = timeline.next().await?
    {
        if is_wanted(&row, job, stack)? && !job.is_done(&row) {
            batch.push(row);
        }
    }
    Ok(batch)
}

/// Sends a batch. After a crash before the journal is written, the batch is sent again: the
/// rows are still written once, and a processor treats the messages of one replay as one.
async fn send(
    batch: &[Listed],
    job: &mut ReplayJob,
    route: &ReplayRoute,
    stack: &Stack,
) -> Result<()> {
    let now = (stack.now)();
    let mut redeemable = Vec::with_capacity(batch.len());
    for row in batch {
        if stack.has_no_payload(&row.reference.endpoint, row.received_at) {
            job.tally.without_payload += 1;
        } else {
            redeemable.push(row.reference.clone());
        }
    }
    let asked = redeemable.len();
    let pointers = pointers(redeemable, stack).await?;
    route.send(&pointers, now).await?;
    let sent = count_of(pointers.len());
    job.tally.sent += sent;
    job.tally.gone += count_of(asked) - sent;
    for row in batch {
        job.advance(row.received_at, &row.reference);
    }
    Ok(())
}

/// The pointers that still exist, in order.
async fn pointers(references: Vec<Ref>, stack: &Stack) -> Result<Vec<Image>> {
    let table = &stack.pointers();
    let reads = references.into_iter();
    let found: Vec<Option<Image>> =
        concurrently(reads.map(|one| async move { table.get(&one).await }))
            .try_collect()
            .await?;
    let found = found.into_iter().flatten();
    // One that was erased meanwhile is gone.
    Ok(found
        .filter(|image| !image.contains_key(ERASED_AT))
        .collect())
}

fn count_of(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
