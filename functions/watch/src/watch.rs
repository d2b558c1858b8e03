use std::time::Duration;

use aws::BreakerRecord;
use domain::{Heartbeat, Timestamp};
use lambda_runtime::Diagnostic;
use runtime::{Metrics, Unit};
use serde::Serialize;
use tracing::{error, info, warn};

use crate::{
    decide::{Arrival, Router, heartbeat, route_lag_ms, split_lost},
    failures::Failures,
    ports::{Delivered, HeartbeatQueue, HeartbeatStore, PipeStates},
};

/// A run waits for its own heartbeat in such steps, before it leaves it to the next run.
const WAIT: Duration = Duration::from_secs(1);

/// After an outage many come back at once. So often more than it may find nothing, a run receives
/// some. The next run handles the rest.
const RECEIVES: u64 = 10;

/// What one run found.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Findings {
    /// How far routing is behind.
    pub(crate) route_lag_ms: Option<u64>,
    /// Heartbeats that have not come back, up to 100.
    pub(crate) outstanding: usize,
    /// Pipes, and mappings in their place.
    pub(crate) pipes: Vec<PipeFinding>,
    pub(crate) breakers: Vec<BreakerFinding>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct PipeFinding {
    pub(crate) name: String,
    /// The state as `EventBridge` names it.
    pub(crate) state: String,
    /// Why it is in this state, if AWS says so.
    #[serde(skip)]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct BreakerFinding {
    /// Of the subscription.
    pub(crate) name: String,
    /// The word for it in the table.
    pub(crate) state: &'static str,
    #[serde(skip)]
    pub(crate) record: BreakerRecord,
}

/// The run did not see everything that it should. The log says what it could not
/// do; its metrics report what it did see.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{failures} steps failed: see the log")]
pub(crate) struct Incomplete {
    failures: usize,
}

impl Findings {
    /// What the run answers.
    pub(crate) fn unless(self, failures: &Failures) -> Result<Self, Incomplete> {
        match failures.0 {
            0 => Ok(self),
            failures => Err(Incomplete { failures }),
        }
    }
}

impl From<Incomplete> for Diagnostic {
    fn from(incomplete: Incomplete) -> Self {
        Self {
            error_type: "Incomplete".to_owned(),
            error_message: incomplete.to_string(),
        }
    }
}

/// What it checks, and how.
pub(crate) struct Watch<H, Q, P, D, Now, Emit> {
    pub(crate) stack: String,
    /// Of the pipes.
    pub(crate) names: Vec<String>,
    /// The subscriptions that `deliver` reads.
    pub(crate) delivered: Vec<String>,
    pub(crate) router: Router,
    pub(crate) heartbeats: H,
    pub(crate) queue: Q,
    pub(crate) pipes: P,
    pub(crate) by_deliver: D,
    pub(crate) now: Now,
    pub(crate) emit: Emit,
}

impl<H, Q, P, D, Now, Emit> Watch<H, Q, P, D, Now, Emit>
where
    H: HeartbeatStore,
    Q: HeartbeatQueue,
    P: PipeStates,
    D: Delivered,
    Now: Fn() -> Timestamp,
    Emit: Fn(Metrics),
{
    /// Does one run: what it saw, and how many of its steps failed.
    pub(crate) async fn look(&self) -> (Findings, Failures) {
        // At the same time: pipes that cannot be described must not stop the lag
        // from being measured.
        let ((pipes, breakers, unseen), (lag, failures)) =
            tokio::join!(self.readers(), self.route());
        let findings = Findings {
            route_lag_ms: lag.route_lag_ms,
            outstanding: lag.outstanding,
            pipes,
            breakers,
        };
        (findings, Failures(unseen.0 + failures.0))
    }

    /// Sends a heartbeat, checks which ones came back, and reports how far routing
    /// is behind.
    async fn route(&self) -> (Lag, Failures) {
        let mut failures = Failures::default();
        let own = Heartbeat::at((self.now)());
        let put = self.heartbeats.put(own).await;
        let put = failures.seen("the heartbeat could not be written", put);
        let arrived = self.receive(put.map(|()| own), &mut failures).await;

        let now = (self.now)();
        let outstanding = self.heartbeats.outstanding(now).await;
        let step = "the outstanding heartbeats could not be read";
        let Some(outstanding) = failures.seen(step, outstanding) else {
            // Without these heartbeats a large lag could look small.
            return (Lag::default(), failures);
        };
        let newest = arrived.iter().map(|arrival| arrival.heartbeat).max();
        let (lost, outstanding) = split_lost(outstanding, newest, self.router, now);
        self.give_up(&lost, &mut failures).await;
        let route_lag_ms = route_lag_ms(&arrived, outstanding.first().copied(), now);
        if let Some(ms) = route_lag_ms {
            let metrics = Metrics::of(&self.stack).with("outstanding", outstanding.len());
            (self.emit)(metrics.metric("RouteLag", Unit::Milliseconds, &[ms]));
        }
        let lag = Lag {
            route_lag_ms,
            outstanding: outstanding.len(),
        };
        (lag, failures)
    }

    /// They were routed and then lost, or are still in the queue. A lost one must not look like a
    /// stopped router.
    async fn give_up(&self, lost: &[Heartbeat], failures: &mut Failures) {
        for heartbeat in lost {
            let deleted = self.heartbeats.delete(*heartbeat).await;
            let step = "a heartbeat that was lost could not be deleted";
            failures.seen(step, deleted);
            warn!(
                "ref" = heartbeat.reference(),
                "a later heartbeat came back first: this one no longer counts"
            );
        }
    }

    /// Receives heartbeats until its own comes back or it has waited enough.
    async fn receive(&self, own: Option<Heartbeat>, failures: &mut Failures) -> Vec<Arrival> {
        let mut arrived = Vec::new();
        let mut waits = 0;
        let patience = self.router.patience().as_secs();
        for _ in 0..patience + RECEIVES {
            let messages = self.queue.receive(WAIT).await;
            let step = "the heartbeat queue could not be read";
            let Some(messages) = failures.seen(step, messages) else {
                break;
            };
            if messages.is_empty() {
                waits += 1;
            }
            for message in messages {
                let arrival = heartbeat(&message.body).map(|heartbeat| Arrival {
                    heartbeat,
                    at: message.sent_at.unwrap_or_else(|| (self.now)()),
                });
                arrived.extend(arrival);
                self.forget(arrival, &message.receipt, failures).await;
            }
            let back = arrived.iter().any(|arrival| Some(arrival.heartbeat) == own);
            if back || waits == patience {
                break;
            }
        }
        arrived
    }

    /// The item first: if the message were gone and the item not, the heartbeat
    /// would count as outstanding for good. Both steps may be done twice.
    async fn forget(&self, arrival: Option<Arrival>, receipt: &str, failures: &mut Failures) {
        match arrival {
            Some(Arrival { heartbeat, .. }) => {
                let deleted = self.heartbeats.delete(heartbeat).await;
                let step = "a heartbeat that came back could not be deleted";
                if failures.seen(step, deleted).is_none() {
                    return;
                }
                info!("ref" = heartbeat.reference(), "came back");
            }
            None => error!("a message in the heartbeat queue is not a heartbeat; deleting it"),
        }
        let deleted = self.queue.delete(receipt).await;
        failures.seen(
            "a message in the heartbeat queue could not be deleted",
            deleted,
        );
    }
}

#[derive(Default)]
struct Lag {
    route_lag_ms: Option<u64>,
    outstanding: usize,
}
