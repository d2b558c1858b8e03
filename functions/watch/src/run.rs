use domain::Timestamp;
use runtime::Metrics;

use crate::{
    alerts::{Alerts, DeadLetters, Memory, Outlet, StackParts, Sums},
    failures::Failures,
    key_sets::{EndpointConfigs, EndpointSecrets, Issuer, KeySets},
    ports::{Delivered, HeartbeatQueue, HeartbeatStore, PipeStates},
    watch::{Findings, Incomplete, Watch},
};

/// One run. The alerts come last: whatever happens to them, the metrics are written by then. A
/// failed alert fails the run, so that the function's own alarm says that alerts are missing.
pub(crate) async fn run<H, Q, P, B, Now, Emit, S, D, M, O, C, E, K, I, KeysEmit>(
    watch: &Watch<H, Q, P, B, Now, Emit>,
    alerts: Option<&Alerts<S, D, M, O, C, Now>>,
    key_sets: Option<&KeySets<E, K, I, Now, KeysEmit>>,
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
    E: EndpointConfigs,
    K: EndpointSecrets,
    I: Issuer,
    KeysEmit: Fn(Metrics),
{
    // Boxed: the SDK's futures are nested deeper than the compiler looks.
    // Issuers answer while heartbeats are on their way: neither waits for the other.
    let keys = async {
        match key_sets {
            Some(key_sets) => Box::pin(key_sets.look()).await,
            None => Failures::default(),
        }
    };
    let ((findings, mut failures), unread) = tokio::join!(Box::pin(watch.look()), keys);
    failures.0 += unread.0;
    if let Some(alerts) = alerts {
        failures.0 += Box::pin(alerts.send(&findings)).await.0;
    }
    findings.unless(&failures)
}
