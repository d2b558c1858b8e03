//! What every function needs around its work: settings from the environment,
//! telemetry, metrics, the clock, a loop over the Runtime API, the forms of API Gateway and SQS. Nothing else touches the process.

mod clock;
mod gateway;
mod metrics;
mod serve;
mod settings;
mod sqs;
mod telemetry;

pub use clock::now;
pub use gateway::{ClientCert, MultiHeaders, MultiQuery, SingleHeaders, Text, headers, query};
pub use metrics::{Metrics, Unit};
pub use serve::{Failure, Invocation, RuntimeApi, ServeError, serve};
pub use settings::{Settings, SettingsProblem};
pub use sqs::{BatchResponse, SqsBatch, SqsRecord};
pub use telemetry::init as telemetry;
