use aws::{Image, Listed};
use domain::Ref;
use futures_util::TryStreamExt;

use super::{Job, Journal, Wish, route::Route, takers, without_payload};
use crate::{
    Progress, Result, Stack, Stop,
    events::{Query, Timeline},
    few::few,
    pace::Pace,
};

impl Job {
    /// A job that is to begin, and not counted yet.
    pub(super) fn new(id: String, wish: &Wish<'_>, stack: &Stack, query: Query) -> Self {
        Self {
            id,
            stack: stack.description.stack.clone(),
            region: stack.description.region.clone(),
            subscription: wish.subscription.map(str::to_owned),
            force: wish.force,
            endpoint: query.endpoint,
            types: query.kinds,
            from: query.from,
            until: query.until,
            rate: wish.rate,
            total: 0,
            tally: super::Tally::default(),
            cursor: None,
        }
    }

    /// Whether anybody it goes to takes this one.
    fn wants(&self, row: &Listed, stack: &Stack) -> Result<bool> {
        let endpoint = row.reference.endpoint.as_str();
        Ok(match &self.subscription {
            Some(name) => stack.subscription(name)?.takes(endpoint, &row.kind),
            None => takers(stack).any(|one| one.takes(endpoint, &row.kind)),
        })
    }
}

/// How many events it is.
pub(super) async fn count(job: &Job, stack: &Stack, progress: &impl Progress) -> Result<u64> {
    let query = job.query();
    let mut timeline = Timeline::new(stack.by_time(), &query);
    let mut counted = 0;
    while let Some(row) = timeline.next().await? {
        if job.wants(&row, stack)? {
            counted += 1;
            progress.done(counted);
        }
    }
    Ok(counted)
}

/// Sends what is left, and keeps how far it is after every batch. `false`: it was stopped.
pub async fn work(
    job: &mut Job,
    journal: &Journal,
    stack: &Stack,
    progress: &impl Progress,
    stop: &Stop,
) -> Result<bool> {
    let route = Route::to(stack, job.subscription.as_deref(), &job.id, job.force)?;
    let query = job.query();
    let mut timeline = Timeline::new(stack.by_time(), &query);
    progress.done(job.tally.done());
    let mut pace = Pace::of(Some(job.rate));
    loop {
        let batch = next(&mut timeline, job, stack).await?;
        if batch.is_empty() {
            return Ok(true);
        }
        pace.wait(batch.len()).await;
        if stop.came() {
            return Ok(false);
        }
        send(&batch, job, &route, stack).await?;
        journal.keep(job)?;
        progress.done(job.tally.done());
    }
}

/// The next events, at most as many as are sent at once.
async fn next(timeline: &mut Timeline<'_>, job: &Job, stack: &Stack) -> Result<Vec<Listed>> {
    let mut batch = Vec::with_capacity(Route::AT_ONCE);
    while batch.len() < Route::AT_ONCE
        && let Some(row) = timeline.next().await?
    {
        if job.wants(&row, stack)? && !job.is_done(&row) {
            batch.push(row);
        }
    }
    Ok(batch)
}

/// Sends a batch. A crash before the journal is kept sends it once more: rows are written
/// once all the same, and messages of one replay are one to a processor.
async fn send(batch: &[Listed], job: &mut Job, route: &Route, stack: &Stack) -> Result<()> {
    let now = (stack.now)();
    let mut redeemable = Vec::with_capacity(batch.len());
    for row in batch {
        if without_payload(stack, row.received_at) {
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

/// The pointers that are there still, in order.
async fn pointers(references: Vec<Ref>, stack: &Stack) -> Result<Vec<Image>> {
    let table = &stack.pointers();
    let reads = references.into_iter();
    let found: Vec<Option<Image>> = few(reads.map(|one| async move { table.get(&one).await }))
        .try_collect()
        .await?;
    Ok(found.into_iter().flatten().collect())
}

fn count_of(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
