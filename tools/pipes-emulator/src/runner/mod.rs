//! Running one pipe: reading its source, filtering, transforming, delivering, and what happens when that fails.

pub(crate) mod checkpoint;
mod dead_letters;
mod delivery;
pub(crate) mod plan;
mod queue;
mod record;
mod shard;
mod stream;

use std::time::Duration;

use emulator::{Caller, Clock, Failure};
use tokio::sync::watch;
use tracing::warn;

use self::checkpoint::Checkpoints;
use self::plan::backoff;
use crate::arn::SourceKind;
use crate::blueprint::Blueprint;
use crate::cloud::Cloud;
use crate::definition::Definition;
use crate::event::SourceEvent;
use crate::role::{AssumedRole, PIPES};
use crate::targets::{Enricher, Target};

/// A pipe to run.
pub(crate) struct Run {
    pub(crate) cloud: Cloud,
    pub(crate) clock: Clock,
    pub(crate) account: String,
    pub(crate) definition: Definition,
    pub(crate) blueprint: Blueprint,
}

/// What a pipe needs to work: its role, assumed, and what it calls under it.
struct Connection {
    role: AssumedRole,
    enricher: Option<Enricher>,
    target: Target,
}

/// A pipe that works.
pub(crate) struct Running {
    run: Run,
    connection: Connection,
    checkpoints: Checkpoints,
}

/// The signal to stop, which ends every wait.
#[derive(Debug, Clone)]
pub(crate) struct Stop(watch::Receiver<bool>);

impl Stop {
    pub(crate) fn is_set(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits; returns at once when asked to stop.
    pub(crate) async fn sleep(&mut self, time: Duration) {
        tokio::select! {
            // If the sender is gone, there is nothing more to wait for either.
            _ = self.0.wait_for(|stop| *stop) => {}
            () = tokio::time::sleep(time) => {}
        }
    }
}

impl Run {
    /// Runs until asked to stop. A pipe whose role or target is not available keeps trying.
    pub(crate) async fn run(self, checkpoints: Checkpoints, stop: watch::Receiver<bool>) {
        let mut stop = Stop(stop);
        let mut failures = 0;
        let connection = loop {
            if stop.is_set() {
                return;
            }
            match self.connect().await {
                Ok(connection) => break connection,
                Err(failure) => {
                    failures += 1;
                    warn!(pipe = self.definition.name, %failure, "the pipe cannot start");
                    stop.sleep(backoff(failures)).await;
                }
            }
        };
        let source = self.blueprint.source;
        let running = Running {
            run: self,
            connection,
            checkpoints,
        };
        match source {
            SourceKind::Stream => running.stream(stop).await,
            SourceKind::Queue { .. } => running.queue(stop).await,
        }
    }

    async fn connect(&self) -> Result<Connection, Failure> {
        let caller = Caller {
            service: PIPES,
            account: &self.account,
            source_arn: &self.definition.arn,
        };
        let role = AssumedRole::assume(&self.cloud, &self.definition.role_arn, caller).await?;
        let enrichment = self.blueprint.enrichment.as_ref();
        let enricher = enrichment
            .zip(self.definition.enrichment.as_ref())
            .map(|(enrichment, arn)| Enricher::new(&role, enrichment.kind, arn));
        let target = Target::connect(&self.cloud, &role, &self.definition, &self.blueprint).await?;
        Ok(Connection {
            role,
            enricher,
            target,
        })
    }
}

impl Running {
    fn name(&self) -> &str {
        &self.run.definition.name
    }

    /// Whether a record passes the filter. One that cannot be evaluated does not, as with AWS.
    fn passes(&self, event: &SourceEvent) -> bool {
        self.run
            .blueprint
            .filter
            .passes(event)
            .unwrap_or_else(|reason| {
                warn!(
                    pipe = self.name(),
                    record = event.id,
                    reason,
                    "not delivered: the filter cannot be evaluated"
                );
                false
            })
    }
}
