//! Chaos and load for a stack in a local cloud.
//!
//! ```text
//!  providers ──> gateway ──> functions ──> fault proxy ──> stores         plan     which calls fail, and how
//!      |            ^            ^              ^                         trouble  kills, freezes, restarts, plans
//!   ledger          └────────────┴── trouble ───┘                         flows    what is sent, and who wants it
//!      └──────────> audit <── collect: pointers, payloads, receipts, queues, dead letters
//! ```
//!
//! `plan`, `flows`, `ledger` and `audit` decide and judge; they call nobody.

mod audit;
mod call;
mod collect;
mod flows;
mod ledger;
mod machine;
mod outside;
mod plan;
mod plant;
mod providers;
mod proxy;
mod report;
mod run;
mod trouble;

pub use plant::Plant;
pub use proxy::Proxy;
pub use report::Report;
pub use run::{Plan, run};
