//! Drives a deployed stack as providers and processors would: signs and sends
//! deliveries, and reads what became of them. The demo behind `make run` and the
//! end-to-end suite are both written with it.

mod fixture;
mod provider;
mod receipts;
mod stack;

pub use fixture::{Expect, Fixture, random_hex};
pub use provider::{Answer, AnswerBody, Delivery, Provider};
pub use receipts::Receipt;
pub use stack::{Api, Function, Item, Outputs, Processor, Stack, Subscription, digest, wait_for};
