//! What both lanes do with a delivery: its endpoint made ready, its event named,
//! its pointer written out, its outcome counted.

mod endpoint;
mod malformed;
mod pointer;
mod report;
mod trace;

pub use endpoint::{Intake, IntakeProblem};
pub use malformed::{Malformed, content_type};
pub use pointer::Arrived;
pub use report::{Outcome, Repetition, Report, Taken, log_taken, repeats_bytes};
pub use trace::traceparent;
