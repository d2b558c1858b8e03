//! Gives pointers to payloads that have none. `ingest` first stores the payload, then
//! the pointer: a crash in between leaves a payload that only the provider's retry
//! would find. The sweep looks for those that no retry has found.
//!
//! One entry point, [`sweep()`], for the scheduled function and for the command line.

mod announce;
mod attributes;
mod direct;
mod endpoints;
mod error;
mod found;
mod lanes;
mod options;
mod ports;
mod shard;
mod span;
mod sweep;
#[cfg(test)]
mod tests;
mod unjudged;

pub use endpoints::Endpoints;
pub use error::SweepError;
pub use found::{Finding, Progress, Tally, Unreadable};
pub use options::Options;
pub use ports::{Announced, Index, Indexed, Objects, PointerTable, Stores};
pub use span::Span;
pub use sweep::sweep;
