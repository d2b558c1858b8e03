use std::{sync::Arc, time::Duration};

use domain::{Attempt, Claimed, Marking, Receipt, Timestamp, with_causes};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tracing::{Instrument, Span, error, field::Empty, info, info_span, warn};

use crate::{Event, Failure, Handler, Outcome, ports::IdempotencyStore, time::Time};

/// The wait between two checks of a lease that another attempt holds.
const LEASE_POLL: Duration = Duration::from_millis(500);

/// Time for a handler that is being stopped to reach its next `await`.
const TO_STOP: Duration = Duration::from_millis(100);

/// A processor's tools.
pub(crate) struct Work<H, Store> {
    pub(crate) handler: H,
    /// `None`: the handler itself deals with repeated deliveries.
    pub(crate) idempotency: Option<Idempotency<Store>>,
    /// Events in progress at the same time. Bounds the memory too: it holds this many payloads.
    pub(crate) at_once: usize,
    /// The most that one event may take.
    pub(crate) event_timeout: Option<Duration>,
    /// After an event fails, the later ones of its ordering key are held back.
    pub(crate) keeps_order: bool,
    /// Reads the clock.
    pub(crate) now: fn() -> Timestamp,
}

/// Where the record of done events is kept, and for how long.
pub(crate) struct Idempotency<Store> {
    pub(crate) store: Store,
    pub(crate) ttl: Duration,
    /// Whether an event is claimed before its handler runs. Otherwise its mark is the only write: for handlers that may
    /// run again (decision 0062).
    pub(crate) claims: bool,
}

/// How an event was done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Done {
    /// By its handler.
    Processed {
        outcome: Outcome,
        /// Since the delivery was received.
        age_ms: u64,
    },
    /// At an earlier delivery.
    Before(Outcome),
}

impl Done {
    pub(crate) fn summary(&self) -> &str {
        match self {
            Self::Processed { outcome, .. } | Self::Before(outcome) => &outcome.summary,
        }
    }
}

/// The result of the handler.
enum Handled {
    Through(Result<Outcome, Failure>),
    /// Its time is over and it does not yield.
    StillRunning,
}

/// Whether the handler gets the event.
enum Turn {
    Ours { owner: Option<String> },
    DoneBefore { summary: String },
}

impl<H: Handler, Store: IdempotencyStore> Work<H, Store> {
    /// Handles one event: claim, handle, mark, and log the result. An event
    /// without its mark is not done: it comes again.
    pub(crate) async fn one(
        self: &Arc<Self>,
        event: &Arc<Event>,
        time: Time,
    ) -> Result<Done, Failure>
    where
        Store: 'static,
    {
        // Every line that the handler logs carries these.
        let span = info_span!(
            "event",
            "ref" = %event.reference(),
            "type" = event.kind(),
            delivery = event.delivery_id(),
            replay = event.replay_id(),
            traceparent = event.traceparent(),
            trace_id = event.trace_id(),
            attempt = Empty,
        );
        let began = Instant::now();
        let outcome = self.steps(event, time).instrument(span).await;
        log(event, &outcome, began.elapsed());
        outcome
    }

    async fn steps(self: &Arc<Self>, event: &Arc<Event>, time: Time) -> Result<Done, Failure>
    where
        Store: 'static,
    {
        if time.of_event(self.event_timeout).is_none() {
            return Err(no_time());
        }
        let owner = match self.claim(event, time).await? {
            Turn::Ours { owner } => owner,
            Turn::DoneBefore { summary } => return Ok(Done::Before(Outcome { summary })),
        };
        // Its own time begins here: until now it waited for others.
        let handled = match time.of_event(self.event_timeout) {
            Some(end) => self.handle(event, end).await,
            None => Handled::Through(Err(no_time())),
        };
        match handled {
            Handled::Through(outcome) => self.mark(event, owner, outcome).await,
            // Its effects may still come, so the lease stays until it ends.
            Handled::StillRunning => Err(Failure::retry(
                "the handler took longer than the event's time, and does not stop",
            )),
        }
    }

    /// Waits for another attempt's lease, as long as the invocation lasts. Failing at
    /// once would use up the tries of an event whose first processor was killed.
    async fn claim(&self, event: &Event, time: Time) -> Result<Turn, Failure> {
        let Some(Idempotency { store, ttl, .. }) = self.idempotency.as_ref().filter(|it| it.claims)
        else {
            return Ok(Turn::Ours { owner: None });
        };
        let owner = new_owner();
        let forced = forced(event);
        loop {
            let at = (self.now)();
            let attempt = Attempt {
                reference: event.reference().clone(),
                kind: event.kind().to_owned(),
                owner: owner.clone(),
                at,
                lease_until: time.ends_at,
                expires_at: at.checked_add(*ttl).unwrap_or(Timestamp::MAX),
                forced_replay: forced.clone(),
            };
            let claimed = store.claim(&attempt).await;
            match claimed.map_err(|error| Failure::Retry(with_causes(&error)))? {
                Claimed::Ours { attempts } => {
                    event.set_attempt(attempts);
                    Span::current().record("attempt", attempts);
                    return Ok(Turn::Ours { owner: Some(owner) });
                }
                Claimed::Completed { summary } => return Ok(Turn::DoneBefore { summary }),
                Claimed::InProgress if Instant::now() + LEASE_POLL < time.handlers_end => {
                    sleep(LEASE_POLL).await;
                }
                Claimed::InProgress => {
                    return Err(Failure::retry("another delivery of it is in work"));
                }
            }
        }
    }

    /// A separate task, so that neither a panic nor a handler that never yields
    /// stops the others.
    async fn handle(self: &Arc<Self>, event: &Arc<Event>, end: Instant) -> Handled
    where
        Store: 'static,
    {
        let (work, theirs) = (Arc::clone(self), Arc::clone(event));
        let handling = async move { work.handler.handle(&theirs).await };
        let mut task = tokio::spawn(handling.instrument(Span::current()));
        if let Ok(end) = timeout_at(end, &mut task).await {
            // A panic's text may show the payload; the hook logged its location.
            let outcome = end.unwrap_or_else(|_| Err(Failure::retry("the handler panicked")));
            return Handled::Through(
                outcome.and_then(|outcome| event.redemption().map(|()| outcome)),
            );
        }
        task.abort();
        match timeout(TO_STOP, task).await {
            Ok(_) => Handled::Through(Err(Failure::retry(
                "the handler took longer than the event's time",
            ))),
            Err(_) => Handled::StillRunning,
        }
    }

    async fn mark(
        &self,
        event: &Event,
        owner: Option<String>,
        outcome: Result<Outcome, Failure>,
    ) -> Result<Done, Failure> {
        let at = (self.now)();
        let age = at.as_millisecond() - event.received_at().as_millisecond();
        let age_ms = u64::try_from(age).unwrap_or_default();
        let receipt = |done: &Outcome| Receipt {
            sha256: event.claim().sha256,
            size: event.claim().size,
            summary: done.summary.clone(),
            at,
            age_ms,
        };
        if let (Some(idempotency), Ok(done)) = (&self.idempotency, &outcome)
            && !idempotency.claims
        {
            let marking = Marking {
                reference: event.reference().clone(),
                kind: event.kind().to_owned(),
                owner: new_owner(),
                receipt: receipt(done),
                expires_at: at.checked_add(idempotency.ttl).unwrap_or(Timestamp::MAX),
                forced_replay: forced(event),
            };
            let marked = idempotency.store.mark(&marking).await;
            if !marked.map_err(|error| Failure::Retry(with_causes(&error)))? {
                warn!("it was processed before: its handler ran again");
            }
        }
        if let (Some(Idempotency { store, .. }), Some(owner)) = (&self.idempotency, owner) {
            let reference = event.reference();
            let held = match &outcome {
                Ok(done) => {
                    let receipt = receipt(done);
                    let marked = store.complete(reference, &owner, &receipt).await;
                    marked.map_err(|error| Failure::Retry(with_causes(&error)))?
                }
                // Without this mark the lease ends by itself.
                Err(failure) => match store.fail(reference, &owner, at, failure).await {
                    Ok(held) => held,
                    Err(error) => {
                        warn!(cause = with_causes(&error), "the failure is not on record");
                        true
                    }
                },
            };
            if !held {
                warn!("its time was over: another delivery of it has taken the lease");
            }
        }
        outcome.map(|outcome| Done::Processed { outcome, age_ms })
    }
}

/// Identifies an attempt.
fn new_owner() -> String {
    format!("{:032x}", fastrand::u128(..))
}

/// The id of the replay that was forced, if the event is one.
fn forced(event: &Event) -> Option<String> {
    let id = event.replay_id().filter(|_| event.replay_is_forced());
    id.map(str::to_owned)
}

fn no_time() -> Failure {
    Failure::retry("the invocation had no time left for it")
}

/// The line that every event gets. `took`: the wait for another attempt's lease included.
fn log(event: &Event, outcome: &Result<Done, Failure>, took: Duration) {
    let reference = event.reference();
    let kind = event.kind();
    let (attempt, replay) = (event.attempt(), event.replay_id());
    let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    match outcome {
        Ok(Done::Processed { age_ms, .. }) => {
            let claim = event.claim();
            info!("ref" = %reference, "type" = kind, sha256 = %claim.sha256, size = claim.size, age_ms, attempt, replay, took_ms, "processed");
        }
        Ok(Done::Before(_)) => {
            info!("ref" = %reference, "type" = kind, attempt, replay, took_ms, "done before: skipped");
        }
        Err(Failure::Retry(reason)) => {
            warn!("ref" = %reference, "type" = kind, reason, attempt, replay, took_ms, "to be retried");
        }
        Err(Failure::Reject(reason)) => {
            error!("ref" = %reference, "type" = kind, reason, attempt, replay, took_ms, "rejected");
        }
    }
}
