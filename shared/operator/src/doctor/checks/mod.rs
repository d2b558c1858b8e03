//! What the doctor checks. Each check reads first, and judges in a function of its own.

mod alarms;
mod clock;
mod front_door;
mod functions;
mod keys;
mod lag;
mod logs;
mod pipes;
mod queues;
mod retention;
mod tables;
mod targets;

use futures_util::StreamExt;

pub(super) use self::{
    alarms::alarms,
    clock::clock,
    front_door::front_door,
    functions::functions,
    keys::keys,
    lag::lag,
    logs::logs,
    pipes::pipes,
    queues::{dlqs, queues},
    retention::retention,
    tables::tables,
    targets::targets,
};
use super::finding::Finding;
use crate::concurrently::concurrently;

/// Checks each of these, a few at a time, and keeps their order.
fn each<T, F: Future<Output = Vec<Finding>>>(
    of: impl IntoIterator<Item = T>,
    look: impl Fn(T) -> F,
) -> impl Future<Output = Vec<Finding>> {
    concurrently(of.into_iter().map(look)).concat()
}
