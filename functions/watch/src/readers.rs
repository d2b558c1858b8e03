//! What should read the stream and the queues: pipes, and the mappings of `deliver`.

use aws::{BreakerRecord, BreakerState, PipeState};
use domain::{StoreError, Timestamp};
use runtime::{Metrics, Unit};
use tracing::warn;

use crate::{
    decide::is_up,
    failures::Failures,
    ports::{Delivered, HeartbeatQueue, HeartbeatStore, PipeStates},
    watch::{BreakerFinding, PipeFinding, Watch},
};

impl<H, Q, P, D, Now, Emit> Watch<H, Q, P, D, Now, Emit>
where
    H: HeartbeatStore,
    Q: HeartbeatQueue,
    P: PipeStates,
    D: Delivered,
    Now: Fn() -> Timestamp,
    Emit: Fn(Metrics),
{
    /// Reports for each pipe and mapping whether it runs, and for each breaker whether it is open.
    /// For one that could not be checked it reports nothing: nothing is known about it.
    pub(crate) async fn readers(&self) -> (Vec<PipeFinding>, Vec<BreakerFinding>, Failures) {
        let mut failures = Failures::default();
        let (mut pipes, mut breakers) = (Vec::new(), Vec::new());
        for name in &self.names {
            let state = self.pipes.state(name).await;
            pipes.extend(self.reader("pipe", name.clone(), state, &mut failures));
        }
        for name in &self.delivered {
            // One after the other: `deliver` writes that it pauses before it stops its mapping, so
            // for a mapping that it stopped this run sees why.
            let state = self.by_deliver.mapping(name).await;
            let breaker = self.by_deliver.breaker(name).await;
            let mapping = format!("{}-{name}", self.stack);
            pipes.extend(self.reader("mapping", mapping, state, &mut failures));
            breakers.extend(self.breaker(name, breaker, &mut failures));
        }
        (pipes, breakers, failures)
    }

    fn reader(
        &self,
        kind: &str,
        name: String,
        state: Result<PipeState, StoreError>,
        failures: &mut Failures,
    ) -> Option<PipeFinding> {
        let step = format!("the state of the {kind} {name} could not be read");
        let state = failures.seen(&step, state)?;
        let down = !is_up(&state.current);
        if down {
            warn!(pipe = %name, state = %state.current, reason = state.reason, "the {kind} is not running");
        }
        (self.emit)(Metrics::of(&self.stack).per(&[("Pipe", &name)]).metric(
            "PipeDown",
            Unit::Count,
            &[u64::from(down)],
        ));
        Some(PipeFinding {
            name,
            state: state.current,
            reason: state.reason,
        })
    }

    /// `deliver` reports the same metric, but only when it is called: not while it is paused.
    fn breaker(
        &self,
        subscription: &str,
        record: Result<BreakerRecord, StoreError>,
        failures: &mut Failures,
    ) -> Option<BreakerFinding> {
        let step = format!("the breaker of {subscription} could not be read");
        let record = failures.seen(&step, record)?;
        let open = record.state != BreakerState::Closed;
        if open {
            warn!(
                subscription,
                state = record.state.word(),
                reason = record.reason,
                "deliveries have stopped"
            );
        }
        let line = Metrics::of(&self.stack).per(&[("Subscription", subscription)]);
        (self.emit)(line.metric("SubscriptionOpen", Unit::Count, &[u64::from(open)]));
        Some(BreakerFinding {
            name: subscription.to_owned(),
            state: record.state.word(),
            record,
        })
    }
}
