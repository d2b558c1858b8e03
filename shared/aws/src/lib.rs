//! Adapters for the ports of the domain and of the functions: DynamoDB and its
//! streams, CloudWatch, EventBridge Pipes, S3, Secrets Manager, SNS, SQS.
//!
//! The only crate of the functions that knows the AWS SDK. Everything the SDK
//! can fail with becomes transient or permanent here, in one place.

#[cfg(feature = "alerts")]
mod alerts;
mod by_attribute;
mod by_time;
mod claims;
mod config;
#[cfg(feature = "deliver")]
mod deliver;
mod deliveries;
mod endpoint_table;
mod endpoints;
mod failure;
mod fifo_queue;
mod heartbeats;
mod incoming;
#[cfg(feature = "issuer-keys")]
mod issuer_keys;
mod item;
mod listing;
#[cfg(any(feature = "alerts", feature = "operator"))]
mod mappings;
#[cfg(feature = "operator")]
pub mod operator;
mod payloads;
mod peek;
mod pipes;
mod pointers;
mod processed;
mod queue;
mod redemption;
#[cfg(feature = "deliver")]
mod request_signer;
mod schemas;
#[cfg(any(feature = "deliver", feature = "operator"))]
mod secret_text;
mod secrets;
mod sending;
mod stream;
mod versions;
mod windowed;

#[cfg(test)]
mod tests;

#[cfg(feature = "alerts")]
pub use alerts::{
    AlertMemory, FailureRecord, FailureRecords, MetricSums, Remembered, SumOf, Topics,
};
pub use by_attribute::ByAttribute;
pub use by_time::{ByTime, Listed, Page, PageKey, Wanted};
pub use claims::ObjectClaim;
pub use config::{Sdk, load};
#[cfg(feature = "deliver")]
pub use deliver::{Executions, Invoked, Invoking, Mapping};
pub use deliveries::{BreakerRecord, BreakerState, Deliveries, Failed, Reserved, Tries, Window};
pub use domain::Cause;
pub use endpoint_table::EndpointTable;
pub use endpoints::Endpoints;
pub use fifo_queue::{FifoMessage, FifoQueue};
pub use heartbeats::Heartbeats;
pub use incoming::{Incoming, IncomingObject};
#[cfg(feature = "issuer-keys")]
pub use issuer_keys::IssuerKeys;
pub use listing::{Described, ListedObject, ListedObjects, Listing};
#[cfg(any(feature = "alerts", feature = "operator"))]
pub use mappings::Mappings;
pub use payloads::Payloads;
pub use peek::{Depth, Held};
pub use pipes::{PipeState, Pipes};
pub use pointers::{Image, Pointers, Replay};
pub use processed::Processed;
pub use queue::{Message, Queue};
pub use redemption::{ObjectBody, Redemption};
#[cfg(feature = "deliver")]
pub use request_signer::{RequestSigner, Unsigned};
pub use schemas::Schemas;
#[cfg(any(feature = "deliver", feature = "operator"))]
pub use secret_text::SecretText;
pub use secrets::Secrets;
pub use sending::{Attribute, Sending};
pub use stream::{Reading, Stream, StreamRange, StreamRecord};
pub use versions::{Version, VersionMarker, VersionPage, Versions};
