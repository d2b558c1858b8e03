//! Gives payloads their pointers that have none. `ingest` stores the payload first
//! and the pointer then: a crash in between leaves a payload that the provider's retry
//! finds, or nobody. The sweep looks for those that nobody has found.
//!
//! One entry point, [`sweep()`], for the scheduled function and for the command line.

mod announce;
mod bucket;
mod direct;
mod error;
mod found;
mod ports;
mod span;
mod sweep;
#[cfg(test)]
mod tests;

pub use error::SweepError;
pub use found::{Finding, Progress, Tally, Unreadable};
pub use ports::{Announced, Index, Indexed, Objects, Pointers, Stores};
pub use span::Span;
pub use sweep::{Options, sweep};
