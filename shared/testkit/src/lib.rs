//! In-memory ports, the decorator that makes calls fail, payloads, and a catcher of
//! log lines. For tests only.

mod failing;
mod lambda;
mod large;
mod log;
mod memory;

pub use failing::{Failing, Fault};
pub use lambda::{HttpReply, LEVELS, Run, run_function, secret};
pub use large::{binary, json};
pub use log::{listen, logged};
pub use memory::{MemoryDirectory, MemoryKeys, MemoryPayloads, MemoryPointers, Object};

/// A stack as Terraform would describe it: one buffered subscription, one ordered, one
/// processor with an inbox.
pub const STACK: &str = include_str!("stack.json");
