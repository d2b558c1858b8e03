//! The end-to-end suite: a deployed stack, as its providers and processors see
//! it. `make e2e` starts a local cloud for it; `make e2e-aws` points it at a
//! real account.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test tells what went wrong by panicking there"
)]

mod alerts;
mod attributes;
mod bytes;
mod canaries;
mod console;
mod delivery;
mod dependencies;
mod destinations;
mod direct;
mod door;
mod environments;
mod filters;
mod fixtures;
mod forged;
mod front_door;
mod idempotency;
mod identity;
mod inline;
mod isolation;
mod kills;
mod lag;
mod merging;
mod on_call;
mod operator;
mod ordered;
mod ordered_many;
mod polyglot;
mod refusals;
mod retention;
mod rights;
mod rotation;
mod schemas;
mod schemes;
mod support;
mod targets;
mod throttling;
mod tokens;
