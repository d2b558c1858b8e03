//! For processor authors: decode events, redeem payloads, answer partial failures.
//!
//! Implement [`Handler`] and hand it to [`run`] (a Lambda function that a pipe or
//! its own queue calls with many events) or to [`run_task`] (a task of a
//! workflow). Each event is decoded, redeemed, handled and recorded alone:
//! whatever becomes of one, the others of its batch go on.
//!
//! Delivery is at least once. A handler must bear to see an event again, also
//! one it has been done with: the answer may have been lost on the way.

mod answer;
mod batch;
mod claim;
mod event;
mod handler;
mod input;
mod lambda;
mod panics;
mod ports;
mod redeem;
mod work;

pub use aws::Receipt;
pub use bytes::Bytes;
pub use claim::Claim;
pub use event::{Event, EventProblem};
pub use handler::{Failure, Handler, Outcome};
pub use lambda::{run, run_task};
pub use ports::{ClaimBody, ClaimStore, ReceiptBook};

#[cfg(test)]
mod fakes;
