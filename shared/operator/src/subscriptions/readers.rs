//! What reads a subscription's queue: a pipe, or the function `deliver` through a mapping.

use aws::{
    BreakerRecord, BreakerState, Deliveries, PipeState, Pipes,
    operator::{Mappings, PipeRequest},
};
use domain::StoreError;

use super::{Goal, Pipe};
use crate::{Result, Stack, problem::refuse};

/// The state of a subscription whose destination fails: its events wait for the next probe. It is
/// ours, like `NOT_FOUND`.
pub const OPEN: &str = "OPEN";

/// The state of a subscription whose destination said that it is gone (410).
pub const PAUSED: &str = "PAUSED";

/// How often to look again if the function writes the breaker at the same time.
const ROUNDS: usize = 5;

/// Looks at readers, and switches them.
#[derive(Debug)]
pub(crate) struct Readers<'a> {
    stack: &'a Stack,
    pipes: Pipes,
    mappings: Mappings,
}

impl<'a> Readers<'a> {
    pub(crate) fn of(stack: &'a Stack) -> Self {
        Self {
            stack,
            pipes: stack.pipes(),
            mappings: stack.mappings(),
        }
    }

    /// Its own state, whatever its destination says.
    pub(super) async fn own_state(&self, pipe: &Pipe<'_>) -> Result<PipeState, StoreError> {
        match pipe.mapping {
            Some(uuid) => self.mappings.state(uuid).await,
            None => self.pipes.state(pipe.name).await,
        }
    }

    /// Its state: [`OPEN`] or [`PAUSED`] if deliveries have stopped because of the destination.
    pub(crate) async fn state(&self, pipe: &Pipe<'_>) -> Result<PipeState, StoreError> {
        Ok(self.state_and_breaker(pipe).await?.0)
    }

    /// Its state, and the breaker of its destination. None: a pipe delivers.
    pub(super) async fn state_and_breaker(
        &self,
        pipe: &Pipe<'_>,
    ) -> Result<(PipeState, Option<BreakerRecord>), StoreError> {
        let own = self.own_state(pipe);
        let Some(deliveries) = self.deliveries(pipe) else {
            return Ok((own.await?, None));
        };
        let (own, breaker) = futures_util::try_join!(own, deliveries.breaker())?;
        Ok((with_breaker(own, &breaker), Some(breaker)))
    }

    pub(super) async fn ask(&self, pipe: &Pipe<'_>, goal: Goal) -> Result<PipeRequest, StoreError> {
        match (pipe.mapping, goal) {
            (Some(uuid), _) => self.mappings.switch(uuid, goal == Goal::Running).await,
            (None, Goal::Running) => self.pipes.start(pipe.name).await,
            (None, Goal::Stopped) => self.pipes.stop(pipe.name).await,
        }
    }

    /// Closes its breaker, so that events go to the destination at once. `false`: it was closed.
    pub(super) async fn close(&self, pipe: &Pipe<'_>) -> Result<bool> {
        let Some(deliveries) = self.deliveries(pipe) else {
            return Ok(false);
        };
        for _ in 0..ROUNDS {
            let seen = deliveries.breaker().await?;
            if seen.state == BreakerState::Closed {
                return Ok(false);
            }
            let closed = BreakerRecord {
                version: seen.version.saturating_add(1),
                ..BreakerRecord::default()
            };
            if deliveries.put_breaker(&closed).await? {
                return Ok(true);
            }
        }
        refuse!(
            "the breaker of {} is being changed all the time: try again",
            pipe.owner
        )
    }

    fn deliveries(&self, pipe: &Pipe<'_>) -> Option<Deliveries> {
        pipe.mapping?;
        self.stack.deliveries(pipe.owner)
    }
}

/// What is wrong with the mapping itself comes first, except that it was stopped: that is what a
/// 410 does.
fn with_breaker(own: PipeState, breaker: &BreakerRecord) -> PipeState {
    let state = match (own.current.as_str(), breaker.state) {
        ("RUNNING", BreakerState::Open | BreakerState::Probing) => OPEN,
        ("RUNNING" | "STOPPED" | "STOPPING", BreakerState::Paused) => PAUSED,
        _ => return own,
    };
    PipeState {
        current: state.to_owned(),
        reason: Some(why(breaker)),
        ..own
    }
}

fn why(breaker: &BreakerRecord) -> String {
    let reason = breaker.reason.as_deref().unwrap_or("failures");
    let status = breaker
        .status
        .map_or_else(String::new, |status| format!(", status {status}"));
    let since = breaker
        .opened_at
        .map_or_else(String::new, |at| format!(", since {at:.0}"));
    let failures = match breaker.failures {
        0 => String::new(),
        failures => format!(", {failures} failures in a row"),
    };
    let probe = breaker
        .probe_at
        .map_or_else(String::new, |at| format!(", next probe at {at:.0}"));
    format!("{reason}{status}{failures}{since}{probe}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(own: &str, state: BreakerState) -> PipeState {
        let own = PipeState {
            current: own.to_owned(),
            ..PipeState::default()
        };
        let breaker = BreakerRecord {
            state,
            failures: 7,
            opened_at: Some("2026-11-27T01:00:00Z".parse().unwrap()),
            probe_at: Some("2026-11-27T01:05:00Z".parse().unwrap()),
            reason: Some("status".to_owned()),
            status: Some(503),
            ..BreakerRecord::default()
        };
        with_breaker(own, &breaker)
    }

    #[test]
    fn the_breaker_says_more_than_a_mapping_that_runs() {
        for (own, breaker, state) in [
            ("RUNNING", BreakerState::Closed, "RUNNING"),
            ("RUNNING", BreakerState::Open, OPEN),
            ("RUNNING", BreakerState::Probing, OPEN),
            ("STOPPED", BreakerState::Open, "STOPPED"),
            ("STOPPED", BreakerState::Paused, PAUSED),
            ("RUNNING", BreakerState::Paused, PAUSED),
            ("NOT_FOUND", BreakerState::Paused, "NOT_FOUND"),
        ] {
            assert_eq!(shown(own, breaker).current, state, "{own} {breaker:?}");
        }
    }

    #[test]
    fn it_says_why_since_when_and_until_when() {
        assert_eq!(
            shown("RUNNING", BreakerState::Open).reason.unwrap(),
            "status, status 503, 7 failures in a row, since 2026-11-27T01:00:00Z, \
             next probe at 2026-11-27T01:05:00Z"
        );
    }
}
