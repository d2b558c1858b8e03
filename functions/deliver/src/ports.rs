//! What the function needs of AWS.

use std::{future::Future, time::Duration};

use aws::{BreakerRecord, Failed, Reserved, Tries};
use domain::{Attempt, Claimed, Receipt, Ref, SignedDuration, StoreError, Timestamp};

use crate::{destination::Reason, event::Event};

/// Divides a subscription's time among all instances.
pub(crate) trait PaceStore: Sync {
    /// Reserves the next free span, unless it would begin after `latest`.
    fn reserve(
        &self,
        span: SignedDuration,
        now: Timestamp,
        latest: Timestamp,
    ) -> impl Future<Output = Result<Reserved, StoreError>> + Send;
}

/// Holds the breaker of a subscription for all instances.
pub(crate) trait BreakerStore: Sync {
    fn breaker(&self) -> impl Future<Output = Result<BreakerRecord, StoreError>> + Send;

    /// `false`: the version before it is not the one that is there.
    fn put_breaker(
        &self,
        record: &BreakerRecord,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
}

/// Counts the attempts that failed.
pub(crate) trait TriesStore: Sync {
    fn failed(
        &self,
        reference: &Ref,
        replay_id: &str,
        failed: Failed<'_>,
    ) -> impl Future<Output = Result<Tries, StoreError>> + Send;

    fn forget(
        &self,
        reference: &Ref,
        replay_id: &str,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Knows which events are done, and which are in progress.
pub(crate) trait Leases: Sync {
    fn claim(&self, attempt: &Attempt) -> impl Future<Output = Result<Claimed, StoreError>> + Send;

    fn complete(
        &self,
        reference: &Ref,
        owner: &str,
        receipt: &Receipt,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Ends the lease of an attempt that failed, or was not made. `failure` is one word.
    fn fail(
        &self,
        reference: &Ref,
        owner: &str,
        at: Timestamp,
        failure: &'static str,
        reason: &str,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
}

/// The queue that events come from, and the one they end in if they are given up.
pub(crate) trait Queues: Sync {
    /// The message comes again after this time.
    fn put_off(
        &self,
        receipt: &str,
        wait: Duration,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Puts a message into the DLQ. It may be there although this fails.
    fn give_up(
        &self,
        dead_letter: &DeadLetter<'_>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// The event source mapping that feeds the function.
pub(crate) trait Switch: Sync {
    /// `false`: it is being changed already, so nothing was done.
    fn switch(&self, on: bool) -> impl Future<Output = Result<bool, StoreError>> + Send;
}

/// All of them.
pub(crate) trait Ports:
    PaceStore + BreakerStore + TriesStore + Leases + Queues + Switch
{
}

impl<P: PaceStore + BreakerStore + TriesStore + Leases + Queues + Switch> Ports for P {}

/// A message that no attempt helps any more.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DeadLetter<'a> {
    pub(crate) message_id: &'a str,
    /// Its text as it was received, so that a redrive brings it back unchanged.
    pub(crate) body: &'a str,
    /// `None`: it is not an event.
    pub(crate) event: Option<&'a Event>,
    pub(crate) reason: Reason,
    pub(crate) status: Option<u16>,
    pub(crate) tries: u32,
    /// At most [`ANSWER_MAX_BYTES`](crate::destination::ANSWER_MAX_BYTES).
    pub(crate) answer: &'a [u8],
}
