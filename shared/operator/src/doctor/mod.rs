//! Whether the stack is well, and what to do where it is not.

mod checks;
mod finding;

use futures_util::{FutureExt, Stream, future::BoxFuture, stream::FuturesOrdered};

pub use self::finding::{Finding, Verdict, summary};
use crate::Stack;

/// Findings about one thing, under its title.
pub type Group = (&'static str, Vec<Finding>);

/// Looks at everything at once, and tells it in one order. It only reads; what it may not
/// read is a finding, too.
pub fn look(stack: &Stack) -> impl Stream<Item = Group> + Send + Unpin {
    let groups: FuturesOrdered<BoxFuture<'_, Group>> = [
        group("Pipes", checks::pipes(stack)),
        group("Targets", checks::targets(stack)),
        group("Routing", checks::lag(stack)),
        group("Queues", checks::queues(stack)),
        group("Events given up", checks::dlqs(stack)),
        group("Tables", checks::tables(stack)),
        group("Retention", checks::retention(stack)),
        group("Keys", checks::keys(stack)),
        group("Functions", checks::functions(stack)),
        group("Errors of the last hour", checks::logs(stack)),
        group("Alarms", checks::alarms(stack)),
        group("Clock", checks::clock(stack)),
    ]
    .into_iter()
    .collect();
    groups
}

fn group<'a>(
    title: &'static str,
    check: impl Future<Output = Vec<Finding>> + Send + 'a,
) -> BoxFuture<'a, Group> {
    check.map(move |findings| (title, findings)).boxed()
}
