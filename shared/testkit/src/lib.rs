//! In-memory ports, the decorator that makes calls fail, payloads, and a catcher of
//! log lines. For tests only.

mod failing;
mod lambda;
mod large;
mod log;
mod memory;
mod pointer;

pub use failing::{Failing, Fault, Faults, busy, refused};
pub use lambda::{HttpReply, LEVELS, Run, run_function, secret};
pub use large::{binary, json};
pub use log::{listen, logged};
pub use memory::{MemoryDirectory, MemoryKeys, MemoryPayloads, MemoryPointers, Object};
pub use pointer::pointer;

use std::sync::{Mutex, MutexGuard, PoisonError};

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A stack as Terraform would describe it: one buffered subscription, one ordered, one
/// processor with an inbox.
pub const STACK: &str = include_str!("stack.json");

/// The same with two subscriptions that `deliver` reads: `crm` to an HTTP destination whose address has a
/// query, and `paced` to the processor of `invoices`.
#[must_use]
pub fn delivered_stack() -> String {
    let subscriptions = concat!(
        "\"subscriptions\": {\n",
        include_str!("delivered.json"),
        ","
    );
    STACK
        .replacen("\"subscriptions\": {", subscriptions, 1)
        .replacen(
            "\"functions\": {",
            "\"functions\": {\"deliver-crm\": {\"name\": \"coatcheck-deliver-crm\", \"log_group\": \"/aws/lambda/coatcheck-deliver-crm\"},",
            1,
        )
}
