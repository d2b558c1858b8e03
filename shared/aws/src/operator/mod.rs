//! What an operator does with the command line, and no function may: with the
//! standard chain of credentials, and patience.

mod alarms;
mod backups;
mod batch;
mod caller;
mod front_door;
mod functions;
mod key_versions;
mod lifecycle;
mod logs;
mod mappings;
mod metric_data;
mod moves;
mod pipes;
mod queue;
mod records;
pub mod requests;
mod sdk;
mod secret_value;
mod signed_call;
mod tables;
mod targets;
mod tombstones;

pub use alarms::{AlarmState, Alarms};
pub use backups::{Backups, Recovery};
pub use batch::BATCH;
pub use caller::caller;
pub use front_door::{CertificateState, DomainState, FrontDoorFacts};
pub use functions::{FunctionState, Functions};
pub use key_versions::KeyVersions;
pub use lifecycle::Lifecycle;
pub use logs::{Lines, LogLine, Logs};
pub use metric_data::{
    METRIC_QUERIES_AT_ONCE, MetricAnswer, MetricData, MetricPoints, MetricQuery, MetricTimes,
    WantedMetric,
};
pub use moves::{Move, Moves, Started};
pub use pipes::PipeRequest;
pub use records::{Record, Records};
#[cfg(any(test, feature = "test-util"))]
pub use sdk::sdk_at;
pub use sdk::{Account, sdk};
pub use secret_value::{SecretValue, SecretVersion};
pub use tables::{TableFacts, Tables};
pub use targets::Targets;
pub use tombstones::{ScanKey, Sought, Spotted};

pub use crate::{
    endpoint_table::EndpointTable,
    mappings::Mappings,
    peek::{Depth, Held},
};
