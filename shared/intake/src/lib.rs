//! What both lanes do with a delivery: its endpoint made ready, its event named,
//! its pointer written out, its outcome counted.

mod delivery_log;
mod endpoint;
mod malformed;
mod pointer;
mod trace;

pub use delivery_log::{
    DeliveryLog, DeliveryOutcome, Repetition, StoredEvent, log_stored, repeats_bytes,
};
pub use endpoint::{Intake, IntakeProblem};
pub use malformed::{Malformed, content_type};
pub use pointer::Arrived;
pub use trace::traceparent;
