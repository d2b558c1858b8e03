//! A small client for the few calls that every delivery waits for, and for those that processors
//! make for every event, to S3, DynamoDB, Secrets Manager and SQS: the ports of `domain` and what
//! the processors' SDK needs, as `aws` implements them over AWS's SDK for all other calls.
//!
//! Why not AWS's SDK here, with figures: decisions 0058 and 0072. What stays as it is there: endpoints,
//! credentials, time-outs, tries, pauses, and what is transient or permanent.

mod client;
mod connection;
mod endpoints;
mod environment;
mod item;
mod object_path;
mod payloads;
mod pointers;
mod processed;
mod queues;
mod redemption;
mod schemas;
mod secrets;
mod service;
mod sign;
mod trust;

#[cfg(test)]
mod tests;

pub use endpoints::Endpoints;
pub use environment::Environment;
pub use payloads::Payloads;
pub use pointers::Pointers;
pub use processed::Processed;
pub use queues::Queues;
pub use redemption::{ObjectBody, Redemption};
pub use schemas::Schemas;
pub use secrets::Secrets;
