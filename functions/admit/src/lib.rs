//! Verifies what the direct lane stored, then writes its pointer. It reads an
//! object once, whole, and judges it as `ingest` judges a delivery.
//!
//! It deletes a delivery only if no key that was live when it arrived verifies it.
//! Anything else that is wrong is tried again, or ends in a dead-letter queue
//! (decision 0027).

mod admit;
mod admitted;
#[cfg(feature = "function")]
mod function;
#[cfg(feature = "function")]
mod notice;
mod pass;
mod ports;
mod refuse;
mod store;
#[cfg(test)]
mod tests;
mod undone;

pub use admit::Admit;
pub use admitted::Admitted;
#[cfg(feature = "function")]
pub use function::run;
pub use ports::{BodyStream, Claims, Objects, Opened};
pub use undone::{Kept, Undone};
