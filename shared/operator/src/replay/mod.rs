//! Routes events again, from their pointers.

mod job;
mod preview;
mod route;
mod work;

use aws::Image;
use domain::{Ref, Timestamp, format_time};
use serde::Serialize;

use self::route::ReplayRoute;
pub use self::{
    job::{Journal, ReplayJob, ReplayJobs, ReplayOptions, ReplayTally},
    preview::{ReplayPreview, ReplayTarget, preview},
    work::work,
};
use crate::{
    Progress, Result, Stack,
    events::{self, Query},
    problem::{WithContext as _, refuse},
};

/// The result of a replay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReplayOutcome {
    /// Its id; none in a dry run.
    #[serde(rename = "replayid")]
    pub id: Option<String>,
    /// The subscription; none means all.
    pub subscription: Option<String>,
    /// How many events were selected.
    pub events: u64,
    /// What happened to them.
    #[serde(flatten)]
    pub tally: ReplayTally,
}

impl ReplayOutcome {
    /// The result of a job that is done; in a dry run, of one that was only counted.
    pub fn of(job: &ReplayJob, dry: bool) -> Self {
        Self {
            id: (!dry).then(|| job.id.clone()),
            subscription: job.subscription.clone(),
            events: job.total,
            tally: job.tally.clone(),
        }
    }
}

/// Routes one event again; in a dry run it only checks that it can.
pub async fn one(
    stack: &Stack,
    reference: &Ref,
    options: ReplayOptions<'_>,
    dry: bool,
) -> Result<ReplayOutcome> {
    let pointer = events::pointer(stack, reference).await?;
    let of = |name| pointer.get(name).map_or("", String::as_str);
    let received_at = of("received_at").parse();
    let received_at = received_at.context("the pointer's received_at is unreadable")?;
    may_go(stack, reference, &pointer, received_at, options)?;
    let now = (stack.now)();
    let id = new_id(now);
    let mut tally = ReplayTally::default();
    if !dry {
        let route = ReplayRoute::to(stack, options.subscription, &id, options.force)?;
        route.send(std::slice::from_ref(&pointer), now).await?;
        tally.sent = 1;
    }
    Ok(ReplayOutcome {
        id: (!dry).then_some(id),
        subscription: options.subscription.map(str::to_owned),
        events: 1,
        tally,
    })
}

/// Refuses a replay of an event that no subscription gets, or no processor could redeem.
fn may_go(
    stack: &Stack,
    reference: &Ref,
    pointer: &Image,
    received_at: Timestamp,
    options: ReplayOptions<'_>,
) -> Result<()> {
    let of = |name| pointer.get(name).map_or("", String::as_str);
    let (endpoint, kind) = (of("endpoint"), of("type"));
    if !stack.takes(options.subscription, endpoint, kind)? {
        match options.subscription {
            Some(name) => refuse!("the subscription {name} does not take {kind} of {endpoint}"),
            None => refuse!("no subscription takes {kind} of {endpoint}"),
        }
    }
    // Its filter would hold it back again, and the replay would look like a success.
    if let Some(name) = options.subscription
        && !stack.subscription(name)?.passes(pointer)
    {
        refuse!("the filter of the subscription {name} does not let {reference} through");
    }
    if stack.has_no_payload(&reference.endpoint, received_at) {
        refuse!(
            "the payload of {reference} has expired ({} days), so no processor could redeem it",
            stack.description.payload_days(&reference.endpoint)
        );
    }
    Ok(())
}

/// Counts the events to route again; the job is not started.
pub async fn count(
    stack: &Stack,
    query: Query,
    options: ReplayOptions<'_>,
    progress: &impl Progress,
) -> Result<ReplayJob> {
    let id = new_id((stack.now)());
    // Fails before counting if there is no such subscription.
    ReplayRoute::to(stack, options.subscription, &id, options.force)?;
    let mut job = ReplayJob::new(id, &options, stack, query);
    job.total = work::count(&job, stack, progress).await?;
    Ok(job)
}

/// A unique id that shows the time.
fn new_id(now: Timestamp) -> String {
    let at: String = format_time(now)
        .chars()
        .take("2026-11-21T20:59:57".len())
        .filter(|c| !matches!(c, '-' | ':'))
        .collect();
    format!("r-{at}-{:04x}", fastrand::u16(..))
}

/// When a replay of this id began; none if the text is not the id of a replay.
pub fn began_at(id: &str) -> Option<Timestamp> {
    let (at, rest) = id.strip_prefix("r-")?.split_once('-')?;
    let is_ours = rest.len() == 4 && rest.bytes().all(|byte| byte.is_ascii_hexdigit());
    // The basic form of ISO 8601, which has no other reading.
    format!("{at}Z").parse().ok().filter(|_| is_ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_when_it_was() {
        let id = new_id("2026-11-22T10:15:00.250Z".parse().unwrap());
        assert_eq!(began_at(&id), "2026-11-22T10:15:00Z".parse().ok());
        for other in [
            "",
            "r-1",
            "r-20261122T101500-",
            "r-20261122T101500-<b>a",
            "r-now-3fa9",
        ] {
            assert_eq!(began_at(other), None, "{other}");
        }
        assert!(id.starts_with("r-20261122T101500-"), "{id}");
        assert_eq!(id.len(), "r-20261122T101500-3fa9".len());
    }

    #[test]
    fn programs_see_what_became_of_it() {
        let outcome = ReplayOutcome {
            id: Some("r-1".to_owned()),
            subscription: None,
            events: 3,
            tally: ReplayTally {
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
