use domain::Timestamp;
use runtime::Metrics;

use crate::{
    alerts::{Alerts, DeadLetters, Memory, Outlet, StackParts, Sums},
    ports::{Delivered, HeartbeatQueue, HeartbeatStore, PipeStates},
    watch::{Findings, Incomplete, Watch},
};

/// One run. The alerts come last: whatever happens to them, the metrics are written by then. A
/// failed alert fails the run, so that the function's own alarm says that alerts are missing.
pub(crate) async fn run<H, Q, P, B, Now, Emit, S, D, M, O, C>(
    watch: &Watch<H, Q, P, B, Now, Emit>,
    alerts: Option<&Alerts<S, D, M, O, C, Now>>,
) -> Result<Findings, Incomplete>
where
    H: HeartbeatStore,
    Q: HeartbeatQueue,
    P: PipeStates,
    B: Delivered,
    Now: Fn() -> Timestamp,
    Emit: Fn(Metrics),
    S: StackParts,
    D: DeadLetters,
    M: Memory,
    O: Outlet,
    C: Sums,
{
    // Boxed: the SDK's futures are nested deeper than the compiler looks.
    let (findings, mut failures) = Box::pin(watch.look()).await;
    if let Some(alerts) = alerts {
        failures.0 += Box::pin(alerts.send(&findings)).await.0;
    }
    findings.unless(&failures)
}
