//! What every function needs around its work: settings from the environment,
//! telemetry, metrics, the clock, the forms of API Gateway and SQS. Nothing else touches the process.

mod clock;
mod gateway;
mod metrics;
mod settings;
mod sqs;
mod telemetry;

pub use clock::now;
pub use gateway::{ClientCert, MultiHeaders, MultiQuery, SingleHeaders, headers, query};
pub use metrics::{Metrics, Unit};
pub use settings::{Settings, SettingsProblem};
pub use sqs::{BatchResponse, SqsBatch, SqsRecord};
pub use telemetry::{init as telemetry, init_without_returned as telemetry_without_returned};
