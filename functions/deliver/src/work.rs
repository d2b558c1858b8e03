//! One event: claim, attempt, and what follows from the outcome.

use std::time::Duration;

use aws::{Attempt, Claimed, Failed, Receipt, Tries};
use domain::{Timestamp, with_causes};
use runtime::SqsRecord;
use tokio::time::{Instant, timeout_at};
use tracing::{error, info, warn};

use crate::{
    backoff,
    breaker::Sign,
    destination::{Destination, Outcome, Outgoing, Reason, Turn},
    event::{Event, EventProblem},
    ports::{DeadLetter, Ports},
    time::Time,
};

/// How long a message waits that another instance works on.
const TAKEN: Duration = Duration::from_secs(10);

/// How long a message waits if one of our tables or queues does not answer.
const NO_ANSWER: Duration = Duration::from_secs(30);

/// A destination has its own deadline. One that does not keep it is stopped so much later.
const GRACE: Duration = Duration::from_millis(500);

/// What one event needs.
pub(crate) struct Work<D, P> {
    pub(crate) destination: D,
    pub(crate) ports: P,
    /// For how long an event is tried again after its first failure.
    pub(crate) retry_for: Duration,
    /// How long it is remembered that an event is done.
    pub(crate) remember_for: Duration,
    /// Reads the clock.
    pub(crate) now: fn() -> Timestamp,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    Delivered {
        took: Duration,
    },
    /// It was delivered before.
    Skipped,
    /// The attempt failed, and there will be another.
    Failed {
        wait: Duration,
    },
    /// It is in the DLQ.
    GivenUp {
        attempted: bool,
    },
    /// There was no attempt, so this is no try. It comes again.
    Held {
        wait: Duration,
    },
    /// The destination is gone. The event stays in the queue.
    Paused {
        wait: Duration,
    },
}

impl End {
    /// After which time the message comes again; `None`: it is deleted.
    pub(crate) fn comes_again(&self) -> Option<Duration> {
        match self {
            Self::Failed { wait } | Self::Held { wait } | Self::Paused { wait } => Some(*wait),
            Self::Delivered { .. } | Self::Skipped | Self::GivenUp { .. } => None,
        }
    }

    /// Whether the destination was asked.
    pub(crate) fn was_attempted(&self) -> bool {
        match self {
            Self::Delivered { .. } | Self::Failed { .. } | Self::Paused { .. } => true,
            Self::GivenUp { attempted } => *attempted,
            Self::Skipped | Self::Held { .. } => false,
        }
    }
}

/// An event whose lease is ours.
struct Held<'a> {
    record: &'a SqsRecord,
    event: &'a Event,
    owner: String,
    attempts: u32,
}

impl<D: Destination, P: Ports> Work<D, P> {
    /// Makes one attempt, and says what it tells about the destination. An event without its mark
    /// is not done: a crash anywhere in here makes it come again.
    pub(crate) async fn attempt(
        &self,
        record: &SqsRecord,
        event: &Event,
        time: Time,
        turn: &dyn Turn,
    ) -> (Sign, End) {
        let held = match self.claim(record, event, time).await {
            Ok(held) => held,
            Err(end) => return (Sign::Nothing, end),
        };
        let outgoing = Outgoing {
            event,
            message_id: &record.message_id,
            deadline: time.attempts_end,
            turn,
        };
        let began = Instant::now();
        let sending = timeout_at(
            time.attempts_end + GRACE,
            self.destination.deliver(outgoing),
        );
        let outcome = sending.await.unwrap_or(Outcome::Retry {
            reason: Reason("no_time"),
            status: None,
            after: None,
            strikes: false,
        });
        let sign = Sign::from(&outcome);
        (sign, self.follow(&held, outcome, began.elapsed()).await)
    }

    /// No attempt helps a message that is no event.
    pub(crate) async fn malformed(&self, record: &SqsRecord, problem: &EventProblem) -> End {
        error!(message_id = record.message_id, reason = %problem, "rejected: the message is no event");
        let dead_letter = DeadLetter {
            message_id: &record.message_id,
            body: &record.body,
            event: None,
            reason: Reason("not_an_event"),
            status: None,
            tries: 0,
            answer: &[],
        };
        match self.ports.give_up(&dead_letter).await {
            Ok(()) => End::GivenUp { attempted: false },
            Err(problem) => {
                warn!(
                    message_id = record.message_id,
                    cause = with_causes(&problem),
                    "the DLQ does not take it"
                );
                self.put_off(record, NO_ANSWER).await;
                End::Held { wait: NO_ANSWER }
            }
        }
    }

    /// Without this the message comes again when its queue says so.
    pub(crate) async fn put_off(&self, record: &SqsRecord, wait: Duration) {
        if let Err(problem) = self.ports.put_off(&record.receipt_handle, wait).await {
            warn!(
                message_id = record.message_id,
                cause = with_causes(&problem),
                "the message could not be put off"
            );
        }
    }

    async fn claim<'a>(
        &self,
        record: &'a SqsRecord,
        event: &'a Event,
        time: Time,
    ) -> Result<Held<'a>, End> {
        let now = (self.now)();
        let owner = format!("{:032x}", fastrand::u128(..));
        let forced = event.replay_id().filter(|_| event.replay_forced);
        let attempt = Attempt {
            reference: event.reference.clone(),
            kind: event.kind.clone(),
            owner: owner.clone(),
            at: now,
            lease_until: time.ends_at,
            expires_at: now.checked_add(self.remember_for).unwrap_or(Timestamp::MAX),
            forced_replay: forced.map(str::to_owned),
        };
        let wait = match self.ports.claim(&attempt).await {
            Ok(Claimed::Ours { attempts }) => {
                return Ok(Held {
                    record,
                    event,
                    owner,
                    attempts,
                });
            }
            Ok(Claimed::Completed { .. }) => {
                info!("ref" = %event.reference, "type" = event.kind, replay = event.replay_id(), "delivered before: skipped");
                return Err(End::Skipped);
            }
            Ok(Claimed::InProgress) => TAKEN,
            Err(problem) => {
                warn!("ref" = %event.reference, cause = with_causes(&problem), "the event could not be claimed: it is held");
                NO_ANSWER
            }
        };
        let wait = backoff::held(wait, record.tries(), fastrand::f64());
        self.put_off(record, wait).await;
        Err(End::Held { wait })
    }

    async fn follow(&self, held: &Held<'_>, outcome: Outcome, took: Duration) -> End {
        match outcome {
            Outcome::Delivered { status } => self.delivered(held, status, took).await,
            Outcome::Held { after } => {
                let wait = backoff::held(after, held.record.tries(), fastrand::f64());
                self.release(held, "Held", "it waits for its turn").await;
                self.put_off(held.record, wait).await;
                End::Held { wait }
            }
            Outcome::Gone { .. } => {
                warn!("ref" = %held.event.reference, "the destination is gone: the event stays in the queue");
                let wait = backoff::held(NO_ANSWER, held.record.tries(), fastrand::f64());
                self.release(held, "Held", "gone (HTTP 410)").await;
                self.put_off(held.record, wait).await;
                End::Paused { wait }
            }
            Outcome::Retry {
                reason,
                status,
                after,
                ..
            } => self.failed(held, reason, status, after).await,
            Outcome::Reject {
                reason,
                status,
                answer,
            } => {
                let dead_letter = held.dead_letter(reason, status, held.attempts, &answer);
                self.give_up(held, &dead_letter, "Reject").await
            }
        }
    }

    async fn delivered(&self, held: &Held<'_>, status: Option<u16>, took: Duration) -> End {
        let Held { event, .. } = held;
        let at = (self.now)();
        let age = Duration::try_from(at.duration_since(event.received_at)).unwrap_or_default();
        let (took_ms, age_ms) = (millis(took), millis(age));
        info!("ref" = %event.reference, "type" = event.kind, status, size = event.claim.size, age_ms, took_ms, attempt = held.attempts, replay = event.replay_id(), "delivered");
        let receipt = Receipt {
            sha256: event.claim.sha256,
            size: event.claim.size,
            summary: status.map_or_else(
                || "delivered".to_owned(),
                |status| format!("delivered: HTTP {status}"),
            ),
            at,
            age_ms,
        };
        match self
            .ports
            .complete(&event.reference, &held.owner, &receipt)
            .await
        {
            Ok(true) => {}
            Ok(false) => {
                warn!("ref" = %event.reference, "its time was over: another instance has taken the lease")
            }
            // It is delivered and is deleted from the queue: only a second message of it would be
            // sent again.
            Err(problem) => {
                warn!("ref" = %event.reference, cause = with_causes(&problem), "delivered, but not on record")
            }
        }
        self.forget(held).await;
        End::Delivered { took }
    }

    async fn failed(
        &self,
        held: &Held<'_>,
        reason: Reason,
        status: Option<u16>,
        after: Option<Duration>,
    ) -> End {
        let Held { record, event, .. } = held;
        let at = (self.now)();
        let keep = self.retry_for + Duration::from_hours(7 * 24);
        let failed = Failed {
            at,
            reason: reason.0,
            status,
            expires_at: at.checked_add(keep).unwrap_or(Timestamp::MAX),
        };
        let counted = self
            .ports
            .failed(&event.reference, &event.replay_id, failed)
            .await;
        let tries = counted.unwrap_or_else(|problem| {
            warn!("ref" = %event.reference, cause = with_causes(&problem), "the try could not be counted");
            // Nothing is given up on facts that are not there.
            Tries {
                count: record.tries(),
                first_failed_at: at,
            }
        });
        let next = backoff::after_failure(tries, at, self.retry_for, after, fastrand::f64());
        let Some(wait) = next else {
            let dead_letter = held.dead_letter(reason, status, tries.count, &[]);
            return self.give_up(held, &dead_letter, "Retry").await;
        };
        let wait_s = wait.as_secs();
        warn!("ref" = %event.reference, "type" = event.kind, reason = reason.0, status, tries = tries.count, wait_s, replay = event.replay_id(), "to be retried");
        self.release(held, "Retry", &why(reason, status)).await;
        self.put_off(record, wait).await;
        End::Failed { wait }
    }

    /// First the DLQ, then the answer: a crash in between makes two messages of one, and loses none.
    async fn give_up(
        &self,
        held: &Held<'_>,
        dead_letter: &DeadLetter<'_>,
        word: &'static str,
    ) -> End {
        let (reason, status, tries) = (dead_letter.reason, dead_letter.status, dead_letter.tries);
        let event = held.event;
        if let Err(problem) = self.ports.give_up(dead_letter).await {
            warn!("ref" = %event.reference, reason = reason.0, status, cause = with_causes(&problem), "the DLQ does not take the event: it is tried again");
            self.release(held, "Retry", &why(reason, status)).await;
            self.put_off(held.record, NO_ANSWER).await;
            return End::Failed { wait: NO_ANSWER };
        }
        error!("ref" = %event.reference, "type" = event.kind, reason = reason.0, status, tries, replay = event.replay_id(), "given up: the event is in the DLQ");
        self.release(held, word, &why(reason, status)).await;
        self.forget(held).await;
        End::GivenUp { attempted: true }
    }

    /// Without this the lease ends by itself.
    async fn release(&self, held: &Held<'_>, word: &'static str, reason: &str) {
        let reference = &held.event.reference;
        let at = (self.now)();
        let released = self.ports.fail(reference, &held.owner, at, word, reason);
        if let Err(problem) = released.await {
            warn!("ref" = %reference, cause = with_causes(&problem), "the failure is not on record");
        }
    }

    /// A message that came for the first time has no tries.
    async fn forget(&self, held: &Held<'_>) {
        let Held { record, event, .. } = held;
        if record.tries() <= 1 && self.retry_for > Duration::ZERO {
            return;
        }
        let forgotten = self.ports.forget(&event.reference, &event.replay_id);
        if let Err(problem) = forgotten.await {
            warn!("ref" = %event.reference, cause = with_causes(&problem), "its tries stay until they expire");
        }
    }
}

impl<'a> Held<'a> {
    fn dead_letter<'b>(
        &'b self,
        reason: Reason,
        status: Option<u16>,
        tries: u32,
        answer: &'b [u8],
    ) -> DeadLetter<'b> {
        DeadLetter {
            message_id: &self.record.message_id,
            body: &self.record.body,
            event: Some(self.event),
            reason,
            status,
            tries,
            answer,
        }
    }
}

/// For the event's record.
fn why(reason: Reason, status: Option<u16>) -> String {
    match status {
        Some(status) => format!("{reason} (HTTP {status})"),
        None => reason.to_string(),
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
