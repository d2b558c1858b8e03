//! What follows from the outcome of an attempt.

use std::time::Duration;

use aws::{Failed, Tries};
use domain::{Receipt, StoreError, Timestamp, with_causes};
use tracing::{error, info, warn};

use super::{End, Held, NO_ANSWER, Work};
use crate::{
    backoff,
    destination::{Destination, Outcome, Reason},
    event::Event,
    ports::{DeadLetter, Ports},
};

impl<D: Destination, P: Ports> Work<D, P> {
    pub(super) async fn follow(&self, held: &Held<'_>, outcome: Outcome, took: Duration) -> End {
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
                let tries = self.tries_of_rejected(held, reason, status).await;
                let dead_letter = held.dead_letter(reason, status, tries, &answer);
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
                warn!("ref" = %event.reference, "its time was over: another instance has taken the lease");
            }
            // It is delivered and is deleted from the queue: only a second message of it would be
            // sent again.
            Err(problem) => {
                warn!("ref" = %event.reference, cause = with_causes(&problem), "delivered, but not on record");
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
        let counted = self.count(held, at, reason, status).await;
        let tries = counted.unwrap_or_else(|problem| {
            not_counted(event, &problem);
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

    /// A message that came for the first time has this one. Later ones may have been held, too, which
    /// are no tries: the table knows.
    async fn tries_of_rejected(&self, held: &Held<'_>, reason: Reason, status: Option<u16>) -> u32 {
        if held.record.tries() <= 1 {
            return 1;
        }
        match self.count(held, (self.now)(), reason, status).await {
            Ok(tries) => tries.count,
            Err(problem) => {
                not_counted(held.event, &problem);
                1
            }
        }
    }

    async fn count(
        &self,
        held: &Held<'_>,
        at: Timestamp,
        reason: Reason,
        status: Option<u16>,
    ) -> Result<Tries, StoreError> {
        let keep = self.retry_for + Duration::from_hours(7 * 24);
        let failed = Failed {
            at,
            reason: reason.0,
            status,
            expires_at: at.checked_add(keep).unwrap_or(Timestamp::MAX),
        };
        let event = held.event;
        let counted = self
            .ports
            .failed(&event.reference, &event.replay_id, failed);
        counted.await
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

impl Held<'_> {
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

fn not_counted(event: &Event, problem: &StoreError) {
    warn!("ref" = %event.reference, cause = with_causes(problem), "the try could not be counted");
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
