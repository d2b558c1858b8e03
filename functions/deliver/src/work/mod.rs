//! One event: claim, attempt, and what follows from the outcome.

mod end;
mod follow;
mod noted;

use std::time::Duration;

use domain::{Attempt, Claimed, Timestamp, with_causes};
use noted::Noted;
use runtime::SqsRecord;
use tokio::time::timeout_at;
use tracing::{error, info, warn};

use crate::{
    backoff,
    breaker::Sign,
    destination::{Destination, Outcome, Outgoing, Reason, Turn},
    event::{Event, EventProblem},
    ports::{DeadLetter, Ports},
    time::Time,
};

pub(crate) use end::End;

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
        let turn = Noted::new(turn);
        let outgoing = Outgoing {
            event,
            message_id: &record.message_id,
            deadline: time.attempts_end,
            turn: &turn,
        };
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
        (sign, self.follow(&held, outcome, turn.since()).await)
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
}
