//! Deliveries and backlogs over time, for charts.
//!
//! On AWS they are `CloudWatch`'s metrics. Reading them costs money, so a program that shows them
//! keeps a [`ChartCache`]: it asks for each chart at most once a minute. A local cloud has no
//! metrics of ours, so there the table's by-time index is counted.

mod asked;
mod backlog;
mod cache;
mod chart;
mod counted;
mod source;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use domain::Timestamp;

use self::chart::Steps;
pub use self::{
    backlog::{Backlog, backlog},
    cache::ChartCache,
    chart::{Chart, ChartSpan, Series},
    source::MetricsSource,
};
use crate::{Result, Stack};

/// The deliveries of a stack, in the last hour or day.
#[derive(Debug, Clone, PartialEq)]
pub struct Charts {
    /// How far back.
    pub span: ChartSpan,
    /// When they were read.
    pub read_at: Timestamp,
    /// Where they come from, and what is missing.
    pub source: MetricsSource,
    /// Events received, and where it is known, duplicates.
    pub received: Chart,
    /// Refused deliveries by reason, the most frequent first; without a series if there are none,
    /// or if it is not known.
    pub refused: Chart,
    /// What came to each endpoint in the span. An endpoint to which nothing came may be missing.
    pub endpoints: BTreeMap<String, Counts>,
    /// How long the oldest message of a queue has waited, in seconds, by what the queue belongs
    /// to: a subscription, `admit`, or `NAME-inbox` of a processor. A missing one is not known.
    pub oldest_s: BTreeMap<String, u64>,
    /// How far the router is behind, in milliseconds, if it is known.
    pub lag_ms: Option<u64>,
}

/// What came to an endpoint. None where it is not known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events received for the first time.
    pub received: u64,
    /// Deliveries of events that had a pointer already.
    pub duplicate: Option<u64>,
    /// Deliveries that were refused.
    pub refused: Option<u64>,
}

/// The deliveries of the last hour or day. An error says which permission is missing.
pub async fn deliveries(stack: &Stack, span: ChartSpan) -> Result<Charts> {
    let read_at = (stack.now)();
    let steps = Steps::until(read_at, span);
    if stack.is_local() {
        let index = stack.by_time();
        let counted = counted::count(steps, |bucket, after| {
            let index = index.clone();
            async move { counted::page(&index, &bucket, steps, after).await }
        });
        return Ok(counted.await?.charts(span, read_at));
    }
    let queries = asked::queries(&stack.description, span);
    let answer = stack.metric_data().get(&queries, steps.times()).await?;
    Ok(asked::charts(&answer, &stack.description, span, read_at))
}
