//! Events that are routed again, from their pointers.

mod job;
mod route;
mod work;

use domain::{Ref, SignedDuration, Timestamp, format_time};
use serde::Serialize;

use self::route::Route;
pub use self::{
    job::{Job, Jobs, Journal, Tally},
    work::work,
};
use crate::{
    Progress, Result, Stack,
    events::{self, Query},
    problem::{Because as _, refuse},
    stack::Subscription,
};

/// How events are to be routed again.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// To this one alone; none means all.
    pub subscription: Option<&'a str>,
    /// Whether processors take an event again that they are done with.
    pub force: bool,
    /// At most so many events a second.
    pub rate: u32,
}

/// What became of a replay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Names it; none if nothing was sent, since nothing was to be.
    #[serde(rename = "replayid")]
    pub id: Option<String>,
    /// None means all.
    pub subscription: Option<String>,
    /// How many it was to be.
    pub events: u64,
    /// What became of them.
    #[serde(flatten)]
    pub tally: Tally,
}

impl Outcome {
    /// Of a selection that is done, or, dry, of one that is only counted.
    pub fn of(job: &Job, dry: bool) -> Self {
        Self {
            id: (!dry).then(|| job.id.clone()),
            subscription: job.subscription.clone(),
            events: job.total,
            tally: job.tally.clone(),
        }
    }
}

/// Routes one event again; dry, it only says whether that can be done.
pub async fn one(stack: &Stack, reference: &Ref, wish: Wish<'_>, dry: bool) -> Result<Outcome> {
    let pointer = events::pointer(stack, reference).await?;
    let of = |name| pointer.get(name).map_or("", String::as_str);
    let (endpoint, kind) = (of("endpoint"), of("type"));
    match wish.subscription {
        Some(name) if !stack.subscription(name)?.takes(endpoint, kind) => {
            refuse!("the subscription {name} does not take {kind} of {endpoint}")
        }
        None if !takers(stack).any(|one| one.takes(endpoint, kind)) => {
            refuse!("no subscription takes {kind} of {endpoint}")
        }
        _ => {}
    }
    let received_at = of("received_at").parse();
    if without_payload(
        stack,
        received_at.because("the pointer's received_at is unreadable")?,
    ) {
        refuse!(
            "the payload of {reference} has expired ({} days): nobody could redeem it",
            stack.description.days.payloads
        );
    }
    let now = (stack.now)();
    let id = new_id(now);
    let mut tally = Tally::default();
    if !dry {
        let route = Route::to(stack, wish.subscription, &id, wish.force)?;
        route.send(std::slice::from_ref(&pointer), now).await?;
        tally.sent = 1;
    }
    Ok(Outcome {
        id: (!dry).then_some(id),
        subscription: wish.subscription.map(str::to_owned),
        events: 1,
        tally,
    })
}

/// What it would be to route these events again: a job that is counted, and not begun.
pub async fn count(
    stack: &Stack,
    query: Query,
    wish: Wish<'_>,
    progress: &impl Progress,
) -> Result<Job> {
    let id = new_id((stack.now)());
    // Before anything is counted: is there such a subscription?
    Route::to(stack, wish.subscription, &id, wish.force)?;
    let mut job = Job::new(id, &wish, stack, query);
    job.total = work::count(&job, stack, progress).await?;
    Ok(job)
}

fn takers(stack: &Stack) -> impl Iterator<Item = &Subscription> {
    stack.description.subscriptions.values()
}

/// Whether the lifecycle has removed the payload of an event of this time.
fn without_payload(stack: &Stack, received_at: Timestamp) -> bool {
    let kept = SignedDuration::from_hours(24 * i64::from(stack.description.days.payloads));
    let oldest = (stack.now)().checked_sub(kept);
    oldest.is_ok_and(|oldest| received_at < oldest)
}

/// Unique, and a person sees when it was.
fn new_id(now: Timestamp) -> String {
    let at: String = format_time(now)
        .chars()
        .take("2026-11-21T20:59:57".len())
        .filter(|c| !matches!(c, '-' | ':'))
        .collect();
    format!("r-{at}-{:04x}", fastrand::u16(..))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_when_it_was() {
        let id = new_id("2026-11-22T10:15:00.250Z".parse().unwrap());
        assert!(id.starts_with("r-20261122T101500-"), "{id}");
        assert_eq!(id.len(), "r-20261122T101500-3fa9".len());
    }

    #[test]
    fn programs_see_what_became_of_it() {
        let outcome = Outcome {
            id: Some("r-1".to_owned()),
            subscription: None,
            events: 3,
            tally: Tally {
                sent: 1,
                gone: 2,
                without_payload: 0,
            },
        };
        assert_eq!(
            serde_json::to_string(&outcome).unwrap(),
            r#"{"replayid":"r-1","subscription":null,"events":3,"sent":1,"gone":2,"without_payload":0}"#
        );
    }
}
