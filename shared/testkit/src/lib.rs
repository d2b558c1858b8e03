//! In-memory ports, the decorator that makes calls fail, and payloads. For tests only.

mod failing;
mod large;
mod memory;

pub use failing::{Failing, Fault};
pub use large::{binary, json};
pub use memory::{MemoryDirectory, MemoryKeys, MemoryPayloads, MemoryPointers, Object};
