//! The way of an event through the stack, as far as it can be seen.

mod handler;
mod step;
mod steps;
mod taker;
mod tries;

use aws::operator::Logs;
use domain::Timestamp;
use futures_util::StreamExt as _;

pub use self::step::{Step, Way};
use self::tries::Tries;
use super::EventDetails;
use crate::{Result, Stack, concurrently::concurrently};

/// What happened to an event: its pointer and records, and the tries in the logs of the processors
/// that get it and of the functions that deliver it. For each of them it makes a request or two, and six at most. A log that cannot be
/// read is no failure: the way says so. `replayed_at`: tries after this time are looked for too.
pub async fn way(
    stack: &Stack,
    details: &EventDetails,
    replayed_at: Option<Timestamp>,
) -> Result<Way> {
    let description = &stack.description;
    let (received_at, now) = (details.received_at()?, (stack.now)());
    let logs = &Logs::new(&stack.sdk);
    let takers = details.subscriptions.iter();
    let takers = takers.filter_map(|name| description.subscriptions.get(name));
    let mut handlers: Vec<&str> = takers.flat_map(|one| description.handlers(one)).collect();
    handlers.sort_unstable();
    handlers.dedup();
    let reads = handlers.into_iter().filter_map(|name| {
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
