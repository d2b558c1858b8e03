//! What both lanes do with a delivery: prepare its endpoint, name its event, count its outcome.

mod client_certificate;
mod delivery_log;
mod door;
mod endpoint;
mod malformed;
mod trace;

pub use client_certificate::{CertificateRefused, judge_certificate};
pub use delivery_log::{
    DeliveryLog, DeliveryOutcome, EventFacts, Omitted, Repetition, StoredEvent, repeats_bytes,
};
pub use door::{TurnedAway, at_the_door, long_enough};
pub use endpoint::{Intake, IntakeProblem};
pub use malformed::{Malformed, content_type};
pub use trace::traceparent;
