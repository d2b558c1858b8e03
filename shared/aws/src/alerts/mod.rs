//! What `watch` needs for its alerts: what it said before, what a processor recorded, sums of
//! metrics, and topics to publish to.

mod failure_records;
mod memory;
mod sums;
mod topics;

pub use failure_records::{FailureRecord, FailureRecords};
pub use memory::{AlertMemory, Remembered};
pub use sums::{MetricSums, SumOf};
pub use topics::Topics;
