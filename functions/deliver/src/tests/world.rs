//! A queue, a DLQ, the tables and a destination, all in memory, with the test's own clock.

use std::{
    cell::Cell,
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use aws::{BreakerRecord, Failed, Reserved, Tries};
use domain::{Attempt, Claimed, Receipt, Ref, SignedDuration, StoreError, Timestamp};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::ports::{BreakerStore, DeadLetter, Leases, PaceStore, Queues, Switch, TriesStore};

thread_local! {
    static BEGAN: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// The clock: it moves with tokio's, which tests stop.
pub(super) fn now() -> Timestamp {
    let began = BEGAN.get().unwrap_or_else(|| {
        let began = Instant::now();
        BEGAN.set(Some(began));
        began
    });
    let base: Timestamp = "2026-11-27T01:00:00Z".parse().unwrap();
    base + SignedDuration::try_from(began.elapsed()).unwrap()
}

pub(super) fn after(span: Duration) -> Timestamp {
    now() + SignedDuration::try_from(span).unwrap()
}

/// A message in the queue.
#[derive(Debug, Clone)]
pub(super) struct Queued {
    pub(super) id: String,
    pub(super) body: String,
    pub(super) group: String,
    pub(super) visible_at: Timestamp,
    pub(super) receives: u32,
}

/// An event that some attempt holds or has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mark {
    Held { owner: String, until: Timestamp },
    Done { replay: Option<String> },
    Failed(String),
}

/// A message of the DLQ: its text, the reason, the status, the tries and the answer.
pub(super) type Dead = (String, String, Option<u16>, u32, Vec<u8>);

#[derive(Debug, Clone, Default)]
pub(super) struct State {
    pub(super) fifo: bool,
    pub(super) queue: Vec<Queued>,
    pub(super) dlq: Vec<Dead>,
    pub(super) next: Option<Timestamp>,
    pub(super) breaker: BreakerRecord,
    pub(super) tries: BTreeMap<String, Tries>,
    /// How often an attempt was counted, over all events.
    pub(super) counted: u32,
    pub(super) marks: HashMap<String, Mark>,
    /// How often each event was claimed.
    pub(super) claims: HashMap<String, u32>,
    pub(super) switched: Vec<bool>,
    /// How often the mapping is still being changed when it is to be switched on.
    pub(super) busy_switches: u32,
    /// Set by a person at the next switch.
    pub(super) resumed_at_switch: bool,
    pub(super) reservations: u32,
    pub(super) breaker_writes: u32,
    /// Calls so far, and the one that fails or never returns.
    pub(super) calls: usize,
    pub(super) fails_at: Option<usize>,
    pub(super) hangs_at: Option<usize>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct World(Arc<Mutex<State>>);

impl World {
    /// As it is now.
    pub(super) fn state(&self) -> State {
        self.edit().clone()
    }

    pub(super) fn edit(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When the next message can be received.
    pub(super) fn next_visible(&self) -> Option<Timestamp> {
        let state = self.edit();
        state.queue.iter().map(|message| message.visible_at).min()
    }

    pub(super) fn send(&self, id: &str, body: String, group: &str) {
        self.edit().queue.push(Queued {
            id: id.to_owned(),
            body,
            group: group.to_owned(),
            visible_at: now(),
            receives: 0,
        });
    }

    /// Up to so many messages, hidden for the queue's timeout, as Lambda hands them over.
    pub(super) fn receive(&self, most: usize, hidden: Duration) -> Value {
        let now = now();
        let mut state = self.edit();
        let fifo = state.fifo;
        let blocked: Vec<String> = state
            .queue
            .iter()
            .filter(|message| fifo && message.visible_at > now)
            .map(|message| message.group.clone())
            .collect();
        let arn = if fifo { "arn:q.fifo" } else { "arn:q" };
        let mut records = Vec::new();
        for message in &mut state.queue {
            if records.len() == most {
                break;
            }
            if message.visible_at > now || blocked.contains(&message.group) {
                continue;
            }
            message.visible_at = now + SignedDuration::try_from(hidden).unwrap();
            message.receives += 1;
            records.push(json!({
                "messageId": message.id, "body": message.body, "receiptHandle": message.id,
                "eventSourceARN": arn, "attributes": {
                    "ApproximateReceiveCount": message.receives.to_string(),
                    "MessageGroupId": message.group,
                },
            }));
        }
        json!({ "Records": records })
    }

    pub(super) fn delete(&self, id: &str) {
        self.edit().queue.retain(|message| message.id != id);
    }

    /// One call of a service, which takes a moment, may fail and may never return.
    async fn call(&self) -> Result<(), StoreError> {
        let (this, fails, hangs) = {
            let mut state = self.edit();
            state.calls += 1;
            (state.calls, state.fails_at, state.hangs_at)
        };
        if hangs == Some(this) {
            std::future::pending::<()>().await;
        }
        sleep(Duration::from_millis(2)).await;
        if fails == Some(this) {
            return Err(testkit::busy("test:Call"));
        }
        Ok(())
    }
}

impl PaceStore for World {
    async fn reserve(
        &self,
        span: SignedDuration,
        now: Timestamp,
        latest: Timestamp,
    ) -> Result<Reserved, StoreError> {
        self.call().await?;
        let mut state = self.edit();
        state.reservations += 1;
        let from = state.next.unwrap_or(now).max(now);
        if from > latest {
            return Ok(Reserved::TooLate(from));
        }
        state.next = Some(from + span);
        Ok(Reserved::From(from))
    }
}

impl BreakerStore for World {
    async fn breaker(&self) -> Result<BreakerRecord, StoreError> {
        self.call().await?;
        Ok(self.edit().breaker.clone())
    }

    async fn put_breaker(&self, record: &BreakerRecord) -> Result<bool, StoreError> {
        self.call().await?;
        let mut state = self.edit();
        if state.breaker.version + 1 != record.version {
            return Ok(false);
        }
        state.breaker_writes += 1;
        state.breaker = record.clone();
        Ok(true)
    }
}

impl TriesStore for World {
    async fn failed(
        &self,
        reference: &Ref,
        replay_id: &str,
        failed: Failed<'_>,
    ) -> Result<Tries, StoreError> {
        self.call().await?;
        let mut state = self.edit();
        state.counted += 1;
        let key = format!("{reference}#{replay_id}");
        let tries = state.tries.entry(key).or_insert(Tries {
            count: 0,
            first_failed_at: failed.at,
        });
        tries.count += 1;
        Ok(*tries)
    }

    async fn forget(&self, reference: &Ref, replay_id: &str) -> Result<(), StoreError> {
        self.call().await?;
        self.edit()
            .tries
            .remove(&format!("{reference}#{replay_id}"));
        Ok(())
    }
}

impl Leases for World {
    async fn claim(&self, attempt: &Attempt) -> Result<Claimed, StoreError> {
        self.call().await?;
        let mut state = self.edit();
        let mark = state.marks.get(&attempt.reference.to_string());
        let mut claimed = match mark {
            Some(Mark::Held { until, .. }) if *until > now() => Claimed::InProgress,
            Some(Mark::Done { replay })
                if attempt.forced_replay.is_none() || *replay == attempt.forced_replay =>
            {
                let summary = String::new();
                Claimed::Completed { summary }
            }
            _ => Claimed::Ours { attempts: 1 },
        };
        if matches!(claimed, Claimed::Ours { .. }) {
            let claims = state.claims.entry(attempt.reference.to_string());
            let claims = claims.and_modify(|claims| *claims += 1).or_insert(1);
            claimed = Claimed::Ours { attempts: *claims };
            let mark = Mark::Held {
                owner: attempt.owner.clone(),
                until: attempt.lease_until,
            };
            state.marks.insert(attempt.reference.to_string(), mark);
        }
        Ok(claimed)
    }

    async fn complete(
        &self,
        reference: &Ref,
        owner: &str,
        _: &Receipt,
    ) -> Result<bool, StoreError> {
        self.call().await?;
        Ok(self.end(reference, owner, Mark::Done { replay: None }))
    }

    async fn fail(
        &self,
        reference: &Ref,
        owner: &str,
        _: Timestamp,
        failure: &'static str,
        reason: &str,
    ) -> Result<bool, StoreError> {
        self.call().await?;
        let mark = Mark::Failed(format!("{failure}: {reason}"));
        Ok(self.end(reference, owner, mark))
    }
}

impl World {
    fn end(&self, reference: &Ref, by: &str, mark: Mark) -> bool {
        let mut state = self.edit();
        let held = state.marks.get(&reference.to_string());
        let ours = matches!(held, Some(Mark::Held { owner, .. }) if owner == by);
        if ours {
            state.marks.insert(reference.to_string(), mark);
        }
        ours
    }
}

impl Queues for World {
    async fn put_off(&self, receipt: &str, wait: Duration) -> Result<(), StoreError> {
        self.call().await?;
        let until = after(Duration::from_secs(wait.as_secs()));
        let mut state = self.edit();
        let message = state.queue.iter_mut().find(|message| message.id == receipt);
        message.unwrap().visible_at = until;
        Ok(())
    }

    async fn give_up(&self, letter: &DeadLetter<'_>) -> Result<(), StoreError> {
        self.call().await?;
        self.edit().dlq.push((
            letter.body.to_owned(),
            letter.reason.to_string(),
            letter.status,
            letter.tries,
            letter.answer.to_vec(),
        ));
        Ok(())
    }
}

impl Switch for World {
    async fn switch(&self, on: bool) -> Result<bool, StoreError> {
        self.call().await?;
        let mut state = self.edit();
        if on && state.busy_switches > 0 {
            state.busy_switches -= 1;
            return Ok(false);
        }
        state.switched.push(on);
        if std::mem::take(&mut state.resumed_at_switch) {
            state.breaker = BreakerRecord {
                version: state.breaker.version + 1,
                ..BreakerRecord::default()
            };
        }
        Ok(true)
    }
}
