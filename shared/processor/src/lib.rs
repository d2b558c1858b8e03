//! For processor authors: decode events, redeem payloads, answer partial failures.
//!
//! Implement [`Handler`] and hand it to [`run`] (a Lambda function that a pipe or
//! its own queue calls with many events) or to [`run_task`] (a task of a
//! workflow). Each event is decoded, claimed, handled and marked alone: whatever
//! happens to one, the others of its batch continue.
//!
//! Delivery is at least once. An event that is marked as done is not handled
//! again, but a handler that is killed before the mark is: it must be safe to
//! repeat its effects with the same [`Event::reference`].

mod answer;
mod attributes;
mod batch;
mod claim;
mod config;
mod dead_letters;
mod event;
#[cfg(fuzzing)]
pub mod fuzzing;
mod handler;
mod in_hand;
mod input;
mod lambda;
mod metrics;
mod outcome;
mod panics;
mod payload;
mod ports;
pub mod testing;
mod time;
mod work;

pub use attributes::EventProblem;
pub use bytes::Bytes;
pub use claim::Claim;
pub use event::Event;
pub use handler::Handler;
pub use lambda::{run, run_task};
pub use outcome::{Failure, Outcome};
pub use payload::{PayloadStream, RedeemProblem};

#[cfg(test)]
mod contract;
#[cfg(test)]
mod fakes;
