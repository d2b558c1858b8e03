//! Events for a program elsewhere, each once: which to read next, what was read before, and
//! what the provider delivered.
//!
//! Nothing of the stack is written, so any number of programs may listen.

mod fetch;
mod look;
mod place;

pub use self::{
    fetch::{Fetched, Original, fetch},
    look::{Depth, LATE, Look},
    place::{EventMark, Place},
};
use crate::Stack;

/// The stack by its name and region, for people.
pub fn source(stack: &Stack) -> String {
    let description = &stack.description;
    format!("{} in {}", description.stack, description.region)
}

/// A text that no other stack has, in any account: no two buckets have the same name.
pub fn identity(stack: &Stack) -> String {
    format!("{} ({})", source(stack), stack.description.bucket)
}
