use anyhow::Result;
use aws::{ByTime, Image, Listed, Pointers};
use domain::Ref;
use futures_util::{StreamExt, TryStreamExt, stream};
use operator::Pace;

use super::{
    Route,
    job::{Job, Journal},
    takers, without_payload,
};
use crate::{
    console::Console,
    events::timeline::{Query, Timeline},
    interrupt,
    stack::{Explained, Stack},
};

impl Job {
    /// A job that is to begin, and not counted yet.
    pub(super) fn new(id: String, args: &super::Args, stack: &Stack, query: Query) -> Self {
        Self {
            id,
            stack: stack.made_of.stack.clone(),
            region: stack.made_of.region.clone(),
            subscription: args.subscription.clone(),
            force: args.force,
            endpoint: query.endpoint,
            types: query.kinds,
            from: query.from,
            until: query.until,
            rate: args.rate,
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

fn index(stack: &Stack) -> ByTime {
    ByTime::new(&stack.sdk, stack.made_of.tables.events.clone())
}

/// How many events it is.
pub(super) async fn count(job: &Job, stack: &Stack, console: &Console) -> Result<u64> {
    let (index, query) = (index(stack), job.query());
    let mut timeline = Timeline::new(&index, &query);
    let progress = console.progress("counting", None);
    let mut counted = 0;
    while let Some(row) = timeline.next().await? {
        if job.wants(&row, stack)? {
            counted += 1;
            progress.add(1);
        }
    }
    Ok(counted)
}

/// Sends what is left, and keeps how far it is after every batch. `false`: stopped by Ctrl-C.
pub(super) async fn work(
    job: &mut Job,
    journal: &Journal,
    stack: &Stack,
    console: &Console,
) -> Result<bool> {
    let route = Route::to(stack, job.subscription.as_deref(), &job.id, job.force)?;
    let (index, query) = (index(stack), job.query());
    let mut timeline = Timeline::new(&index, &query);
    let progress = console.progress("replaying", Some(job.total));
    progress.set(job.tally.done());
    let interrupt = interrupt::listen();
    let mut pace = Pace::of(Some(job.rate));
    loop {
        let batch = next(&mut timeline, job, stack).await?;
        if batch.is_empty() {
            return Ok(true);
        }
        pace.wait(batch.len()).await;
        if interrupt.came() {
            return Ok(false);
        }
        send(&batch, job, &route, stack).await?;
        journal.keep(job)?;
        progress.set(job.tally.done());
    }
}

/// The next events, at most as many as are sent at once.
async fn next(
    timeline: &mut Timeline<'_, ByTime>,
    job: &Job,
    stack: &Stack,
) -> Result<Vec<Listed>> {
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
        if without_payload(stack, row.received_at)? {
            job.tally.without_payload += 1;
        } else {
            redeemable.push(row.reference.clone());
        }
    }
    let asked = redeemable.len();
    let pointers = pointers(redeemable, stack).await?;
    route.send(&pointers, now).await?;
    let sent = u64::try_from(pointers.len())?;
    job.tally.sent += sent;
    job.tally.gone += u64::try_from(asked)? - sent;
    for row in batch {
        job.advance(row.received_at, &row.reference);
    }
    Ok(())
}

/// The pointers that are there still, in order.
async fn pointers(references: Vec<Ref>, stack: &Stack) -> Result<Vec<Image>> {
    let table = Pointers::new(&stack.sdk, stack.made_of.tables.events.clone());
    let table = &table;
    stream::iter(references)
        .map(async |reference| table.get(&reference).await.explained())
        .buffered(Route::AT_ONCE)
        .try_filter_map(async |found| Ok(found))
        .try_collect()
        .await
}
