//! Adapters for the ports of the domain: DynamoDB, S3, Secrets Manager.
//!
//! The only crate of the functions that knows the AWS SDK. Everything the SDK
//! can fail with becomes transient or permanent here, in one place.

mod config;
mod endpoints;
mod failure;
mod payloads;
mod pointers;
mod receipts;
mod redemption;
mod secrets;

#[cfg(test)]
mod tests;

pub use config::{Sdk, load};
pub use endpoints::Endpoints;
pub use failure::Cause;
pub use payloads::Payloads;
pub use pointers::Pointers;
pub use receipts::{Receipt, Receipts};
pub use redemption::{ObjectBody, Redemption};
pub use secrets::Secrets;
