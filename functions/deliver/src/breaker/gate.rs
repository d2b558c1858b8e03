use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use aws::{BreakerRecord, BreakerState};
use domain::{StoreError, Timestamp, with_causes};
use tracing::{info, warn};

use super::{Sign, Verdict, after_attempt, after_probe, probing, verdict};
use crate::{config::BreakerConfig, ports::BreakerStore};

/// Writes of other instances that one of ours may come second to.
const ROUNDS: u32 = 8;

/// Successes that are counted together.
const TOGETHER: u32 = 10;

/// A subscription's breaker, as one invocation sees it.
pub(crate) struct Gate<'a, Store> {
    store: &'a Store,
    config: &'a BreakerConfig,
    now: fn() -> Timestamp,
    seen: Mutex<BreakerRecord>,
    /// Successes that are not yet counted.
    well: AtomicU32,
}

/// The right to make the one probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Probe {
    /// The record's version while it is made.
    version: u64,
}

impl<'a, Store: BreakerStore> Gate<'a, Store> {
    pub(crate) async fn look(
        store: &'a Store,
        config: &'a BreakerConfig,
        now: fn() -> Timestamp,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            store,
            config,
            now,
            seen: Mutex::new(store.breaker().await?),
            well: AtomicU32::new(0),
        })
    }

    pub(crate) fn record(&self) -> BreakerRecord {
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn verdict(&self) -> Verdict {
        verdict(&self.record(), (self.now)())
    }

    /// Takes the right to make the probe, until then. One conditional write decides; where another
    /// instance was faster, the verdict is to hold.
    pub(crate) async fn take_probe(&self, until: Timestamp) -> Result<Option<Probe>, StoreError> {
        let seen = self.record();
        if verdict(&seen, (self.now)()) != Verdict::Probe {
            return Ok(None);
        }
        let mut next = probing(&seen, until);
        next.version = seen.version + 1;
        if self.store.put_breaker(&next).await? {
            let version = next.version;
            self.see(next);
            info!("the destination is probed with one event");
            return Ok(Some(Probe { version }));
        }
        self.see(self.store.breaker().await?);
        Ok(None)
    }

    /// Counts what an attempt said. It never fails: what cannot be written is not counted.
    pub(crate) async fn note(&self, sign: Sign, probe: Option<Probe>) {
        let now = (self.now)();
        if let Some(probe) = probe {
            let then = |record: &BreakerRecord| {
                // Otherwise it took so long that the probe counted as dead.
                (record.version == probe.version)
                    .then(|| after_probe(record, sign, now, self.config))
            };
            return self.change(then).await;
        }
        if sign == Sign::Nothing {
            return;
        }
        if sign == Sign::Well {
            let seen = self.record();
            let counts = seen.window.is_some();
            if seen.failures == 0 && !counts {
                return;
            }
            let well = self.well.fetch_add(1, Ordering::Relaxed) + 1;
            if seen.failures == 0 && well < TOGETHER {
                return;
            }
            return self.flush().await;
        }
        let well = self.well.swap(0, Ordering::Relaxed);
        self.change(|record| after_attempt(record, well, sign, now, self.config))
            .await;
    }

    /// Counts the successes that are not yet counted.
    pub(crate) async fn flush(&self) {
        let well = self.well.swap(0, Ordering::Relaxed);
        if well > 0 {
            let now = (self.now)();
            self.change(|record| after_attempt(record, well, Sign::Nothing, now, self.config))
                .await;
        }
    }

    /// Writes what the newest record becomes.
    async fn change(&self, then: impl Fn(&BreakerRecord) -> Option<BreakerRecord>) {
        for round in 0..ROUNDS {
            let seen = self.record();
            let Some(mut next) = then(&seen) else {
                return;
            };
            next.version = seen.version + 1;
            match self.store.put_breaker(&next).await {
                Ok(true) => {
                    tell(&seen, &next);
                    return self.see(next);
                }
                Ok(false) => {}
                Err(problem) => {
                    return warn!(
                        cause = with_causes(&problem),
                        "an attempt is not counted for the breaker"
                    );
                }
            }
            let wait = Duration::from_millis(fastrand::u64(1..=10 << round.min(4)));
            tokio::time::sleep(wait).await;
            match self.store.breaker().await {
                Ok(record) => self.see(record),
                Err(problem) => {
                    return warn!(
                        cause = with_causes(&problem),
                        "an attempt is not counted for the breaker"
                    );
                }
            }
        }
        warn!("an attempt is not counted for the breaker: other instances wrote all the time");
    }

    fn see(&self, record: BreakerRecord) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = record;
    }
}

/// A change of state is news.
fn tell(before: &BreakerRecord, after: &BreakerRecord) {
    if before.state == after.state {
        return;
    }
    let (reason, status) = (after.reason.as_deref(), after.status);
    match after.state {
        BreakerState::Closed => info!("the destination is well again: deliveries go on"),
        BreakerState::Open => warn!(
            reason,
            status,
            failures = after.failures,
            pause_s = after.pause_s,
            "deliveries to the destination stop: it fails"
        ),
        BreakerState::Paused => warn!(
            reason,
            status, "the subscription is paused: the destination says that it is gone"
        ),
        BreakerState::Probing => {}
    }
}
