//! Drives a deployed stack as providers and processors would: signs and sends
//! deliveries, and reads their results. The demo behind `make run` and the
//! end-to-end suite both use it.

mod canaries;
mod cli;
mod destination;
mod environments;
mod fixture;
mod front_door;
mod logs;
mod outputs;
mod receipts;
mod recording;
mod sender;
mod stack;

pub use canaries::Canary;
pub use cli::CommandOutput;
pub use destination::{Answer, Certificates, Destination, Request};
pub use environments::Environments;
pub use fixture::{Expect, Fixture, random_hex};
pub use front_door::{ClientIdentity, Door};
pub use logs::Logged;
pub use outputs::{
    Alarm, Api, Description, FrontDoor, Function, Outputs, Processor, Router, Subscription,
};
pub use provider::Reply;
pub use receipts::{Receipt, Record};
pub use sender::{Delivery, Sender, now};
pub use stack::{Item, Stack, digest, wait_for};
