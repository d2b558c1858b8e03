//! The way of an event through the stack, as far as it can be seen.

mod steps;
mod tries;

use aws::operator::Logs;
use domain::Timestamp;
use futures_util::StreamExt as _;

use self::tries::Tries;
use super::EventDetails;
use crate::{Result, Stack, Tone, concurrently::concurrently};

/// The way of an event, and what of it cannot be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// The steps, in the order of their times. What lies ahead has none and comes last.
    pub steps: Vec<Step>,
    /// What cannot be seen, and why.
    pub unseen: Vec<String>,
    /// Whether nothing more will happen, unless someone replays or redrives the event.
    pub has_ended: bool,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Whose step it is: `ingest`, `admit`, `router`, or a processor or subscription.
    pub lane: String,
    /// When it ended; none if that is stored nowhere, or it has not happened yet.
    pub at: Option<Timestamp>,
    /// How long it took, in milliseconds.
    pub took_ms: Option<u64>,
    /// How good it is.
    pub tone: Tone,
    /// What happened, in our words.
    pub title: String,
    /// More about it: it may contain what a processor wrote.
    pub said: Option<String>,
    /// The subscription to look at next.
    pub subscription: Option<String>,
}

/// What happened to an event: its pointer and records, and the tries in the logs of the processors
/// that get it. For each of them it makes a request or two, and six at most. A log that cannot be
/// read is no failure: the way says so. `replayed_at`: tries after this time are looked for too.
pub async fn way(
    stack: &Stack,
    details: &EventDetails,
    replayed_at: Option<Timestamp>,
) -> Result<Way> {
    let description = &stack.description;
    let (received_at, now) = (details.received_at()?, (stack.now)());
    let logs = &Logs::new(&stack.sdk);
    let mut processors: Vec<&str> = details
        .subscriptions
        .iter()
        .filter_map(|name| description.subscriptions.get(name))
        .filter_map(|one| one.target.processor.as_deref())
        .collect();
    processors.sort_unstable();
    processors.dedup();
    let reads = processors.into_iter().filter_map(|name| {
        let group = &description.functions.get(name)?.log_group;
        let record = details.records.iter().find(|one| one.processor == name);
        let last = record.and_then(|record| record.at.parse().ok());
        let windows = tries::windows(received_at, last, replayed_at, now);
        Some(async move {
            let read = tries::read(logs, group, &details.reference, &windows).await;
            (name.to_owned(), read)
        })
    });
    let tries: Vec<(String, Tries)> = concurrently(reads).collect().await;
    Ok(steps::of(description, details, &tries, now))
}

#[cfg(test)]
mod tests;
