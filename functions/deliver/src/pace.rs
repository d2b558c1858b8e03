//! When the next event may be sent, over all instances of the function.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use aws::Reserved;
use domain::{SignedDuration, StoreError, Timestamp, with_causes};
use futures_util::future::BoxFuture;
use tokio::time::{Instant, sleep_until};
use tracing::warn;

use crate::{
    breaker::{Gate, Verdict},
    destination::Turn,
    ports::{BreakerStore, PaceStore},
    time::Time,
};

/// Events are a little further apart than the rate says. What is sent exactly one interval apart
/// arrives now a little closer together, now further: a second would see one too many.
const MARGIN: f64 = 1.02;

/// An event that is later than this gives its place up and takes a new one. Otherwise events that
/// were stuck together would be sent together.
const LATE: Duration = Duration::from_millis(25);

/// What comes before a turn takes some time. Where nothing is reserved yet, a batch's first place is
/// this far ahead: it would come too late for a place at once, and give it up.
const LEAD: SignedDuration = SignedDuration::from_millis(150);

/// Places that an event takes before it is held.
const PLACES: u32 = 20;

/// How long an event is held if the table does not answer.
const NO_TABLE: Duration = Duration::from_secs(10);

/// The time between two events.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pace {
    interval: SignedDuration,
}

/// The places of a batch in its subscription's time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Places {
    /// For the first events.
    pub(crate) at: Vec<Timestamp>,
    /// For the events that got none: what is free after those.
    pub(crate) free_at: Option<Timestamp>,
}

impl Pace {
    pub(crate) fn of(rate_per_s: f64) -> Self {
        Self {
            interval: SignedDuration::from_micros((1e6 * MARGIN / rate_per_s).round() as i64),
        }
    }

    /// Reserves places for events that are not ready yet.
    pub(crate) async fn places_ahead<Store: PaceStore>(
        self,
        store: &Store,
        events: usize,
        now: Timestamp,
        latest: Timestamp,
    ) -> Result<Places, StoreError> {
        let ready = now.checked_add(LEAD).unwrap_or(now);
        self.places(store, events, ready, latest).await
    }

    /// Reserves places for so many events, or for as many as may still be sent by `latest`: one
    /// write, unless there is not enough time for all.
    async fn places<Store: PaceStore>(
        self,
        store: &Store,
        events: usize,
        now: Timestamp,
        latest: Timestamp,
    ) -> Result<Places, StoreError> {
        let mut wanted = i32::try_from(events).unwrap_or(i32::MAX);
        let mut free_at = None;
        while wanted > 0 {
            let last = self.after(latest, -(wanted - 1));
            match store.reserve(self.interval * wanted, now, last).await? {
                Reserved::From(from) => {
                    let at = (0..wanted).map(|place| self.after(from, place)).collect();
                    let free_at = free_at.map(|_| self.after(from, wanted));
                    return Ok(Places { at, free_at });
                }
                Reserved::TooLate(free) => {
                    free_at = Some(free);
                    let left = latest.duration_since(free);
                    let fit = left.as_micros() / self.interval.as_micros().max(1) + 1;
                    let fit = if left.is_negative() { 0 } else { fit };
                    // Always fewer than before, so that this ends.
                    wanted = i32::try_from(fit).unwrap_or(i32::MAX).min(wanted - 1);
                }
            }
        }
        Ok(Places {
            at: Vec::new(),
            free_at,
        })
    }

    /// So many places after this one.
    pub(crate) fn after(self, at: Timestamp, places: i32) -> Timestamp {
        let by = self.interval.checked_mul(places);
        let far = if places < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        };
        by.and_then(|by| at.checked_add(by).ok()).unwrap_or(far)
    }
}

/// The turn of one event.
pub(crate) struct InTurn<'a, Store> {
    pub(crate) store: &'a Store,
    pub(crate) gate: &'a Gate<'a, Store>,
    /// Whether the event is the breaker's probe.
    pub(crate) probes: bool,
    /// `None`: there is no bound.
    pub(crate) pace: Option<Pace>,
    /// Used up by the first wait.
    pub(crate) place: Mutex<Option<Timestamp>>,
    pub(crate) time: Time,
    pub(crate) now: fn() -> Timestamp,
}

impl<Store: PaceStore + BreakerStore> InTurn<'_, Store> {
    async fn until_it_comes(&self) -> Result<(), Duration> {
        if let Some(pace) = self.pace {
            self.until_a_place(pace).await?;
        }
        // Others of the batch may have failed while it waited.
        let now = (self.now)();
        match self.gate.verdict() {
            Verdict::Pass => Ok(()),
            _ if self.probes => Ok(()),
            Verdict::Hold(until) => Err(between(now, until)),
            Verdict::Probe | Verdict::Paused => Err(Duration::from_secs(5)),
        }
    }

    async fn until_a_place(&self, pace: Pace) -> Result<(), Duration> {
        for _ in 0..PLACES {
            let place = self.take();
            let at = match place {
                Some(at) => at,
                None => self.another(pace).await?,
            };
            let due = Instant::now() + between((self.now)(), at);
            sleep_until(due).await;
            if at.checked_add(LATE).is_ok_and(|late| (self.now)() <= late) {
                return Ok(());
            }
        }
        Err(Duration::from_secs(1))
    }

    async fn another(&self, pace: Pace) -> Result<Timestamp, Duration> {
        let now = (self.now)();
        let latest = Time::moment(self.time.last_start, now);
        match pace.places(self.store, 1, now, latest).await {
            Ok(Places { at, free_at }) => match at.first() {
                Some(at) => Ok(*at),
                None => Err(free_at.map_or(NO_TABLE, |free| between(now, free))),
            },
            Err(problem) => {
                warn!(
                    cause = with_causes(&problem),
                    "no place could be reserved: the event is held"
                );
                Err(NO_TABLE)
            }
        }
    }

    fn take(&self) -> Option<Timestamp> {
        self.place
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

impl<Store: PaceStore + BreakerStore> Turn for InTurn<'_, Store> {
    fn wait(&self) -> BoxFuture<'_, Result<(), Duration>> {
        Box::pin(self.until_it_comes())
    }
}

/// From one moment to another, or nothing if it is past.
pub(crate) fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}
