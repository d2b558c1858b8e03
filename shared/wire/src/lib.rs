//! A small client for the few calls to S3, DynamoDB and Secrets Manager that every delivery
//! waits for: the ports of `domain`, as `aws` implements them over the SDK for all other calls.
//!
//! Why not the SDK here, with figures: decision 0058. What stays as it is there: endpoints,
//! credentials, time-outs, tries, pauses, and what is transient or permanent.

mod client;
mod endpoints;
mod environment;
mod item;
mod payloads;
mod pointers;
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
pub use schemas::Schemas;
pub use secrets::Secrets;
