//! Verifies what the direct lane stored, then writes its pointer. It reads an
//! object once, in pieces: signature, digest and facts in one pass.
//!
//! Where nothing is proven to be wrong nothing is deleted: what may be our own
//! fault is tried again, and ends in a dead-letter queue.

mod admit;
mod pass;
mod ports;
#[cfg(test)]
mod tests;
mod undone;

pub use admit::{Admit, Admitted};
pub use ports::{Body, Objects, Opened};
pub use undone::Undone;
