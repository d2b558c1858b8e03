use std::collections::BTreeMap;

use domain::Timestamp;

use super::{
    chart::{Chart, ChartSpan},
    source::MetricsSource,
};

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

/// An endpoint that refuses at least one delivery in so many stands out, from as many on.
const MANY: u64 = 10;

impl Counts {
    /// Whether it refuses so many that you should look at it.
    pub fn refuses_many(self) -> bool {
        let refused = self.refused.unwrap_or_default();
        let accepted = self
            .received
            .saturating_add(self.duplicate.unwrap_or_default());
        refused >= MANY && refused.saturating_mul(MANY) >= refused.saturating_add(accepted)
    }
}
