//! What the doctor looks at. Each check asks, and judges apart from that.

mod alarms;
mod clock;
mod functions;
mod keys;
mod lag;
mod logs;
mod pipes;
mod queues;
mod retention;
mod tables;
mod targets;

use futures_util::{StreamExt, stream};

pub(super) use self::{
    alarms::alarms,
    clock::clock,
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
use crate::subscriptions::AT_ONCE;

/// Looks at each of these, a few at a time, and keeps their order.
async fn each<T>(
    of: impl IntoIterator<Item = T>,
    look: impl AsyncFn(T) -> Vec<Finding>,
) -> Vec<Finding> {
    let look = &look;
    let looks = stream::iter(of).map(async move |one| look(one).await);
    looks.buffered(AT_ONCE).concat().await
}
