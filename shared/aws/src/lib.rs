//! Adapters for the ports of the domain and of the functions: DynamoDB and its
//! streams, EventBridge Pipes, S3, Secrets Manager, SQS.
//!
//! The only crate of the functions that knows the AWS SDK. Everything the SDK
//! can fail with becomes transient or permanent here, in one place.

mod config;
mod endpoints;
mod failure;
mod heartbeats;
mod payloads;
mod pipes;
mod pointers;
mod processed;
mod queue;
mod redemption;
mod secrets;
mod stream;

#[cfg(test)]
mod tests;

pub use config::{Sdk, load};
pub use endpoints::Endpoints;
pub use failure::Cause;
pub use heartbeats::Heartbeats;
pub use payloads::Payloads;
pub use pipes::{PipeState, Pipes};
pub use pointers::Pointers;
pub use processed::{Attempt, Claimed, Processed, Receipt};
pub use queue::{Message, Queue};
pub use redemption::{ObjectBody, Redemption};
pub use secrets::Secrets;
pub use stream::{Reading, Stream, StreamRange, StreamRecord};
