//! Deliveries and backlogs over time, for charts.
//!
//! On AWS they are `CloudWatch`'s metrics. Reading them costs money, so a program that shows them
//! keeps a [`ChartCache`]: it asks for each chart at most once a minute. A local cloud has no
//! metrics of ours, so there the table's by-time index is counted.

mod asked;
mod backlog;
mod cache;
mod chart;
mod charts;
mod counted;
mod deliveries;
mod source;
#[cfg(test)]
mod tests;
mod usage;

pub use self::{
    backlog::{Backlog, backlog},
    cache::ChartCache,
    chart::{Chart, ChartSpan, Series},
    charts::{Charts, Counts},
    deliveries::deliveries,
    source::MetricsSource,
    usage::{USAGE_DAYS, Usage, usage},
};
