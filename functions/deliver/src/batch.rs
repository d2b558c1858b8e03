//! One invocation: the messages of a batch, each with its own end.

use std::{
    collections::{HashMap, VecDeque},
    sync::Mutex,
    time::Duration,
};

use aws::BreakerState;
use domain::{StoreError, Timestamp, with_causes};
use futures_util::{StreamExt, stream};
use runtime::{BatchResponse, SqsBatch, SqsRecord};
use tokio::time::Instant;
use tracing::warn;

use crate::{
    backoff,
    breaker::{Gate, Probe, Sign, Verdict},
    config::BreakerConfig,
    destination::Destination,
    event::{Event, EventProblem},
    pace::{InTurn, Pace, Places, between},
    ports::Ports,
    switch::switch_off,
    time::Time,
    work::{End, Work},
};

/// How long messages are held if the breaker cannot be read, or while it is found out whether a
/// probe goes through.
const SHORT_HOLD: Duration = Duration::from_secs(5);

/// How long messages are hidden while the mapping is being switched off. Then they stay in the
/// queue.
const PAUSED_HOLD: Duration = Duration::from_mins(1);

/// Attempts under way at the same time. Bounds the memory too.
const AT_ONCE: usize = 10;

/// The function, with its destination and with what it needs of AWS.
pub(crate) struct Deliver<D, P> {
    pub(crate) work: Work<D, P>,
    pub(crate) breaker: BreakerConfig,
    pub(crate) pace: Option<Pace>,
    /// The longest that an attempt may take.
    pub(crate) attempt: Duration,
    /// Reads the clock.
    pub(crate) now: fn() -> Timestamp,
}

/// What became of a batch.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) response: BatchResponse,
    pub(crate) ends: Vec<End>,
    /// The breaker's state afterwards; none if it could not be read.
    pub(crate) state: Option<BreakerState>,
}

/// A message that waits for its attempt.
pub(crate) struct Message {
    pub(crate) record: SqsRecord,
    pub(crate) event: Result<Event, EventProblem>,
    /// Its place in the pace.
    place: Option<Timestamp>,
}

/// Messages that must not overtake each other.
#[derive(Default)]
struct Row {
    messages: VecDeque<Message>,
    /// An earlier one is still to come: the others wait for it.
    blocked_for: Option<Duration>,
}

/// What the messages of a batch share.
struct Shared<'a, P> {
    gate: Gate<'a, P>,
    time: Time,
    /// Of the messages without a place: when the next one is free.
    free_at: Option<Timestamp>,
}

impl<D: Destination, P: Ports> Deliver<D, P> {
    /// Handles each message alone. It never fails as a whole: what cannot be handled comes again.
    pub(crate) async fn handle(&self, batch: SqsBatch, ends_at: Timestamp) -> Report {
        let now = (self.now)();
        let time = Time::new(now, ends_at, self.attempt);
        let gate = match Gate::look(&self.work.ports, &self.breaker, self.now).await {
            Ok(gate) => gate,
            Err(problem) => return self.unreadable(batch, &problem).await,
        };
        let mut messages: Vec<Message> = batch.records.into_iter().map(Message::of).collect();
        let free_at = match gate.verdict() {
            Verdict::Pass | Verdict::Probe => self.give_places(&mut messages, time).await,
            Verdict::Hold(_) | Verdict::Paused => None,
        };
        let shared = Shared {
            gate,
            time,
            free_at,
        };
        let mut rows = rows(messages);
        let mut ends = self.probe(&mut rows, &shared).await;
        let rest: Vec<Vec<Ended>> = stream::iter(rows)
            .map(|row| self.rest_of(row, &shared))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        ends.extend(rest.into_iter().flatten());
        shared.gate.flush().await;
        if shared.gate.verdict() == Verdict::Paused {
            switch_off(&self.work.ports, shared.time.attempts_end).await;
        }
        self.report(ends, Some(shared.gate.record().state))
    }

    /// Without its breaker nothing is sent.
    async fn unreadable(&self, batch: SqsBatch, problem: &StoreError) -> Report {
        warn!(
            cause = with_causes(problem),
            "the breaker cannot be read: all messages are held"
        );
        let held = batch.records.into_iter().map(|record| async move {
            let end = self.hold(&record, SHORT_HOLD).await;
            (record.message_id, end)
        });
        let ends = stream::iter(held).buffer_unordered(AT_ONCE).collect().await;
        self.report(ends, None)
    }

    /// One reservation for the whole batch.
    async fn give_places(&self, messages: &mut [Message], time: Time) -> Option<Timestamp> {
        let pace = self.pace?;
        let now = (self.now)();
        let latest = Time::moment(time.last_start, now);
        let events = messages.iter_mut().filter(|message| message.event.is_ok());
        let mut events: Vec<&mut Message> = events.collect();
        let places = pace
            .places_ahead(&self.work.ports, events.len(), now, latest)
            .await;
        let Places { at, free_at } = places.unwrap_or_else(|problem| {
            warn!(
                cause = with_causes(&problem),
                "no places could be reserved: the events are held"
            );
            let free_at = now.checked_add(SHORT_HOLD).ok();
            Places {
                at: Vec::new(),
                free_at,
            }
        });
        for (message, at) in events.iter_mut().zip(at) {
            message.place = Some(at);
        }
        free_at
    }

    /// Where the breaker is open and its pause is over: makes the one attempt, if no other instance
    /// does.
    async fn probe(&self, rows: &mut [Row], shared: &Shared<'_, P>) -> Vec<Ended> {
        let mut ends = Vec::new();
        if shared.gate.verdict() != Verdict::Probe {
            return ends;
        }
        let probe = match shared.gate.take_probe(shared.time.ends_at).await {
            Ok(Some(probe)) => probe,
            Ok(None) => return ends,
            Err(problem) => {
                warn!(cause = with_causes(&problem), "no probe can be made");
                return ends;
            }
        };
        for row in rows {
            while let Some(message) = row.messages.pop_front() {
                let ended = self.one(message, row, shared, Some(probe)).await;
                let attempted = ended.1.was_attempted();
                ends.push(ended);
                if attempted {
                    return ends;
                }
                if row.blocked_for.is_some() {
                    break;
                }
            }
        }
        // There was nothing to make it with.
        let nothing = Sign::Nothing;
        shared.gate.note(nothing, Some(probe)).await;
        ends
    }

    async fn rest_of(&self, mut row: Row, shared: &Shared<'_, P>) -> Vec<Ended> {
        let mut ends = Vec::with_capacity(row.messages.len());
        while let Some(message) = row.messages.pop_front() {
            ends.push(self.one(message, &mut row, shared, None).await);
        }
        ends
    }

    /// One message: its attempt, or the reason why there is none now.
    async fn one(
        &self,
        message: Message,
        row: &mut Row,
        shared: &Shared<'_, P>,
        probe: Option<Probe>,
    ) -> Ended {
        let Message {
            record,
            event,
            place,
        } = message;
        let end = match (&event, row.blocked_for) {
            (_, Some(wait)) => self.hold(&record, wait).await,
            (Err(problem), None) => self.work.malformed(&record, problem).await,
            (Ok(event), None) => match self.obstacle(shared, place, probe) {
                Some(wait) => self.hold(&record, wait).await,
                None => {
                    let turn = InTurn {
                        store: &self.work.ports,
                        gate: &shared.gate,
                        probes: probe.is_some(),
                        pace: self.pace,
                        place: Mutex::new(place),
                        time: shared.time,
                        now: self.now,
                    };
                    let attempt = self.work.attempt(&record, event, shared.time, &turn);
                    let (sign, end) = attempt.await;
                    // A probe that was none is told by `probe`.
                    if probe.is_none() || end.was_attempted() {
                        shared.gate.note(sign, probe).await;
                    }
                    end
                }
            },
        };
        if record.ordered_group().is_some() {
            row.blocked_for = end.comes_again();
        }
        (record.message_id, end)
    }

    /// Why the event cannot be attempted now, as how long it should wait.
    fn obstacle(
        &self,
        shared: &Shared<'_, P>,
        place: Option<Timestamp>,
        probe: Option<Probe>,
    ) -> Option<Duration> {
        let now = (self.now)();
        if Instant::now() > shared.time.last_start {
            return Some(Duration::ZERO);
        }
        match shared.gate.verdict() {
            Verdict::Pass => {}
            // It makes the probe that the others wait for.
            Verdict::Hold(_) if probe.is_some() => {}
            Verdict::Hold(until) => {
                let probes = shared.gate.record().state == BreakerState::Probing;
                let until = between(now, until);
                return Some(if probes { until.min(SHORT_HOLD) } else { until });
            }
            Verdict::Probe => return Some(SHORT_HOLD),
            Verdict::Paused => return Some(PAUSED_HOLD),
        }
        match (self.pace, place, shared.free_at) {
            (Some(_), None, Some(free_at)) => Some(between(now, free_at)),
            _ => None,
        }
    }

    async fn hold(&self, record: &SqsRecord, until: Duration) -> End {
        let wait = backoff::held(until, record.tries(), fastrand::f64());
        self.work.put_off(record, wait).await;
        End::Held { wait }
    }

    fn report(&self, ended: Vec<Ended>, state: Option<BreakerState>) -> Report {
        let again = ended.iter().filter(|(_, end)| end.comes_again().is_some());
        let response = again.map(|(message_id, _)| message_id.clone()).collect();
        let ends = ended.into_iter().map(|(_, end)| end).collect();
        Report {
            response,
            ends,
            state,
        }
    }
}

/// A message's id and its end.
type Ended = (String, End);

impl Message {
    fn of(record: SqsRecord) -> Self {
        Self {
            event: Event::decode(&record.body),
            record,
            place: None,
        }
    }
}

/// Messages of one group of a FIFO queue share a row, in the order of the batch.
fn rows(messages: Vec<Message>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut row_of: HashMap<String, usize> = HashMap::new();
    for message in messages {
        let next = rows.len();
        let group = message.record.ordered_group().map(str::to_owned);
        let row = group.map_or(next, |group| *row_of.entry(group).or_insert(next));
        if row == next {
            rows.push(Row::default());
        }
        if let Some(row) = rows.get_mut(row) {
            row.messages.push_back(message);
        }
    }
    rows
}
