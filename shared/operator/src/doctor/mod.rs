//! Whether the stack is healthy, and what to do where it is not.

mod checks;
mod finding;

use futures_util::{FutureExt, Stream, future::BoxFuture, stream::FuturesOrdered};

pub use self::finding::{About, Finding, Severity, summary};
use crate::Stack;

/// Findings about one thing, under its title.
pub type Group = (&'static str, Vec<Finding>);

/// Checks everything at once, and returns the groups in a fixed order. It only reads; anything
/// it lacks permission to read is a finding too.
pub fn examine(stack: &Stack) -> impl Stream<Item = Group> + Send + Unpin {
    let groups: FuturesOrdered<BoxFuture<'_, Group>> = [
        group("Front door", "front_door", checks::front_door(stack)),
        group("Readers", "pipes", checks::pipes(stack)),
        group("Targets", "targets", checks::targets(stack)),
        group("Routing", "lag", checks::lag(stack)),
        group("Queues", "queues", checks::queues(stack)),
        group("Events given up", "dlqs", checks::dlqs(stack)),
        group("Tables", "tables", checks::tables(stack)),
        group("Retention", "retention", checks::retention(stack)),
        group("Keys", "keys", checks::keys(stack)),
        group("Functions", "functions", checks::functions(stack)),
        group("Errors of the last hour", "errors", checks::logs(stack)),
        group("Alarms", "alarms", checks::alarms(stack)),
        group("Clock", "clock", checks::clock(stack)),
    ]
    .into_iter()
    .collect();
    groups
}

/// Runs a check, and puts its name into its findings.
fn group<'a>(
    title: &'static str,
    check: &'static str,
    findings: impl Future<Output = Vec<Finding>> + Send + 'a,
) -> BoxFuture<'a, Group> {
    let named = move |finding| Finding { check, ..finding };
    findings
        .map(move |findings| (title, findings.into_iter().map(named).collect()))
        .boxed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_finding_of_a_group_names_its_check() {
        let findings = async { vec![Finding::ok("router", "runs"), Finding::ok("a", "runs")] };
        let (title, findings) = group("Pipes", "pipes", findings).await;
        assert_eq!(title, "Pipes");
        assert!(findings.iter().all(|finding| finding.check == "pipes"));
    }
}
