use domain::{Ref, SignedDuration, Timestamp, format_time};
use serde::{Serialize, Serializer};

use super::run::Run;
use crate::stack::{StackDescription, Subscription};

/// How long DynamoDB's stream keeps every state of an item.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html>
const STREAM: SignedDuration = SignedDuration::from_hours(24);

/// What an erasure did, and what it could not reach.
#[derive(Debug, Serialize)]
pub struct ErasureReport {
    /// Whether it only looked.
    pub dry_run: bool,
    /// The events that were named, each once.
    pub events: Vec<ErasedEvent>,
    /// Each queue and DLQ of the stack.
    pub queues: Vec<ErasedFrom>,
    /// Payloads in the bucket that no pointer named.
    pub copies: ErasedFrom,
    /// Until when tables can be restored as they were.
    pub backups: Vec<KeptBackup>,
    /// Until when the events table's stream keeps what was written before.
    #[serde(serialize_with = "time")]
    pub stream_until: Timestamp,
    /// Who may have copies of their own, in words.
    pub not_reached: Vec<String>,
    /// Whether you stopped it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
}

/// What became of one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErasedEvent {
    /// Its ref.
    #[serde(rename = "ref")]
    pub reference: String,
    /// In a word.
    pub outcome: ErasureOutcome,
    /// Versions of its payload that were deleted.
    pub versions: u64,
    /// Whether its pointer held the payload.
    pub inline: bool,
    /// Rows of its replays that were deleted.
    pub replays: u64,
    /// Records of processors that were emptied.
    pub records: u64,
    /// Whether someone replayed it meanwhile: look again.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub replayed_meanwhile: bool,
    /// Why it is not finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// What became of an event, in a word. In a dry run: what would.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErasureOutcome {
    /// It is erased.
    Erased,
    /// It was erased before; what was on its way then was looked for again.
    ErasedBefore,
    /// There is no such event: it never was, or its pointer has expired.
    NotFound,
    /// A store failed: run it again.
    Unfinished,
}

/// What was looked through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErasedFrom {
    /// What it is called.
    pub name: String,
    /// Messages or objects that were looked at.
    pub seen: u64,
    /// Those of them that were deleted.
    pub deleted: u64,
    /// Messages that hold other events too, and so stay.
    #[serde(skip_serializing_if = "is_zero")]
    pub with_others: u64,
    /// About how many messages could not be looked at: a reader has them, or they are behind others.
    #[serde(skip_serializing_if = "is_zero")]
    pub unseen: u64,
    /// Why it was not looked through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// What DynamoDB keeps of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeptBackup {
    /// The table's name.
    pub table: String,
    /// Until when it can be restored as it was before; none if it cannot.
    #[serde(serialize_with = "maybe_time")]
    pub until: Option<Timestamp>,
    /// Why this is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl ErasureReport {
    pub(super) fn new(run: Run<'_>) -> Self {
        Self {
            dry_run: run.dry_run,
            events: Vec::new(),
            queues: Vec::new(),
            copies: ErasedFrom::new("copies in the bucket"),
            backups: Vec::new(),
            stream_until: run.now.saturating_add(STREAM).unwrap_or(Timestamp::MAX),
            not_reached: not_reached(run.stack),
            interrupted: false,
        }
    }

    /// Whether every store was looked through, and every event that exists is erased.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let is_done = |one: &ErasedEvent| one.problem.is_none();
        let looked = self.queues.iter().chain([&self.copies]);
        !self.interrupted
            && self.events.iter().all(is_done)
            && looked.into_iter().all(|one| one.problem.is_none())
    }

    /// Whether something may have been on its way that this run could not see.
    #[must_use]
    pub fn should_look_again(&self) -> bool {
        let unseen = |one: &ErasedFrom| one.unseen + one.with_others > 0;
        self.queues.iter().any(unseen) || self.events.iter().any(|one| one.replayed_meanwhile)
    }

    pub(super) fn count(&self, outcome: ErasureOutcome) -> u64 {
        let all = self.events.iter();
        all.filter(|one| one.outcome == outcome).count() as u64
    }
}

/// Who gets events and keeps them in a way of their own.
fn not_reached(stack: &StackDescription) -> Vec<String> {
    let of = |(name, one): (&String, &Subscription)| {
        let what = match one.target.kind.as_str() {
            // https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html#service-limits-state-machine-executions
            "standard" => "keeps the input of its executions for up to 90 days",
            "express" => "may log the input of its executions",
            "lambda" => "did with the events whatever its code does",
            _ => "has what it got",
        };
        format!("{name}: {} {what}", one.target.place())
    };
    let mut all: Vec<String> = stack.subscriptions.iter().map(of).collect();
    all.push(format!(
        "events that a function or a pipe was working on at that moment: `coatcheck erase` with the same refs looks \
         again; messages live {} days at most",
        stack.days.queues
    ));
    all.push("logs: they name events by ref, type and key id, and hold no payload".to_owned());
    all.push(
        "backups on demand, exports and replicas of the tables or of the bucket that someone else made".to_owned(),
    );
    all
}

impl ErasedEvent {
    pub(super) fn new(reference: &Ref) -> Self {
        Self {
            reference: reference.to_string(),
            outcome: ErasureOutcome::NotFound,
            versions: 0,
            inline: false,
            replays: 0,
            records: 0,
            replayed_meanwhile: false,
            problem: None,
        }
    }

    pub(super) fn name(&mut self, reference: &Ref) {
        self.reference = reference.to_string();
    }
}

impl ErasedFrom {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            seen: 0,
            deleted: 0,
            with_others: 0,
            unseen: 0,
            problem: None,
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

fn time<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format_time(*at))
}

fn maybe_time<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    at.map(format_time).serialize(serializer)
}
