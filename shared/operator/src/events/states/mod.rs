use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    str::FromStr,
    time::Duration,
};

use aws::operator::{BATCH, Record, Records};
use domain::{SignedDuration, StoreError, Timestamp};
use futures_util::TryStreamExt;
use tokio::time::sleep;

use super::{Budget, ListedEvent};
use crate::{
    Problem, Result, Stack, Tone,
    concurrently::concurrently,
    stack::{StackDescription, decisive},
};

/// How often a batch is asked for again whose answer left records out.
const AGAIN: u32 = 3;

/// The wait before the first of these.
const PAUSE: Duration = Duration::from_millis(100);

/// What became of an event, by the records of what handles it: processors, and the function `deliver`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventState {
    /// It is done in all its subscriptions.
    Done,
    /// The last try in these subscriptions failed. Another may follow.
    Failed {
        /// Names of subscriptions.
        by: Vec<String>,
    },
    /// In these subscriptions it was not handled yet, or is being handled.
    Waiting {
        /// Names of subscriptions.
        at: Vec<String>,
    },
    /// No subscription takes it.
    NoSubscription,
    /// The targets of these subscriptions keep no records, or the records have expired. All others
    /// have completed it.
    Unknown {
        /// Names of subscriptions.
        no_records: Vec<String>,
    },
}

/// States to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateFilter {
    /// [`EventState::Waiting`].
    Waiting,
    /// [`EventState::Done`].
    Done,
    /// [`EventState::Failed`].
    Failed,
}

impl StateFilter {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Done, Self::Failed];

    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

impl FromStr for StateFilter {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let found = Self::ALL.into_iter().find(|one| one.word() == text);
        found.ok_or_else(|| {
            Problem::Refused(format!(
                "{text:?} is no state to look for: use waiting, done or failed"
            ))
        })
    }
}

impl EventState {
    /// Whether it is the state that is looked for.
    pub fn is(&self, wanted: StateFilter) -> bool {
        matches!(
            (self, wanted),
            (Self::Waiting { .. }, StateFilter::Waiting)
                | (Self::Done, StateFilter::Done)
                | (Self::Failed { .. }, StateFilter::Failed)
        )
    }

    /// How good it is.
    pub fn tone(&self) -> Tone {
        match self {
            Self::Done => Tone::Good,
            Self::Failed { .. } => Tone::Bad,
            Self::Waiting { .. } => Tone::Attention,
            Self::NoSubscription | Self::Unknown { .. } => Tone::Quiet,
        }
    }

    /// In words: `invoices failed`.
    pub fn words(&self) -> String {
        match self {
            Self::Done => "done".to_owned(),
            Self::Failed { by } => format!("{} failed", by.join(", ")),
            Self::Waiting { at } => format!("waiting: {}", at.join(", ")),
            Self::NoSubscription => "no subscription".to_owned(),
            Self::Unknown { no_records } => format!("no records: {}", no_records.join(", ")),
        }
    }
}

/// The states of these events, in their order: one request for each hundred pairs of an event and
/// a processor. A record that was just written may not be there yet.
pub async fn states(stack: &Stack, events: &[ListedEvent]) -> Result<Vec<EventState>> {
    StateSource::new(stack).of(events, &Budget::new(0)).await
}

/// Tells the states of events.
pub(super) trait States {
    /// Uses up the budget, and finishes what was begun.
    async fn of(&self, events: &[ListedEvent], budget: &Budget) -> Result<Vec<EventState>>;
}

/// The records of a stack's processors.
pub(super) struct StateSource<'a> {
    description: &'a StackDescription,
    records: Records,
    now: Timestamp,
}

impl<'a> StateSource<'a> {
    pub(super) fn new(stack: &'a Stack) -> Self {
        Self {
            description: &stack.description,
            records: stack.records(),
            now: (stack.now)(),
        }
    }
}

impl States for StateSource<'_> {
    async fn of(&self, events: &[ListedEvent], budget: &Budget) -> Result<Vec<EventState>> {
        let records = read(&self.records, pairs(self.description, events), budget).await?;
        let states = events.iter();
        let states = states.map(|event| judge(self.description, event, &records, self.now));
        Ok(states.collect())
    }
}

/// A ref and a processor.
type Pair = (String, String);

/// Reads up to [`BATCH`] records at once.
trait Batches {
    async fn batch(&self, pairs: &[Pair])
    -> Result<(Vec<(String, Record)>, Vec<Pair>), StoreError>;
}

impl Batches for Records {
    async fn batch(
        &self,
        pairs: &[Pair],
    ) -> Result<(Vec<(String, Record)>, Vec<Pair>), StoreError> {
        self.states(pairs).await
    }
}

async fn read(
    table: &impl Batches,
    pairs: BTreeSet<Pair>,
    budget: &Budget,
) -> Result<HashMap<Pair, Record>> {
    let pairs: Vec<Pair> = pairs.into_iter().collect();
    let batches = pairs.chunks(BATCH);
    let found: Vec<Vec<(String, Record)>> =
        concurrently(batches.map(|batch| whole(table, batch, budget)))
            .try_collect()
            .await?;
    let found = found.into_iter().flatten();
    Ok(found
        .map(|(reference, record)| ((reference, record.processor.clone()), record))
        .collect())
}

/// A batch, and again what its answer left out.
async fn whole(
    table: &impl Batches,
    batch: &[Pair],
    budget: &Budget,
) -> Result<Vec<(String, Record)>> {
    let (mut found, mut left) = (Vec::new(), batch.to_vec());
    let mut pause = PAUSE;
    for _ in 0..=AGAIN {
        budget.take_some(1);
        let (some, rest) = table.batch(&left).await?;
        found.extend(some);
        if rest.is_empty() {
            return Ok(found);
        }
        left = rest;
        sleep(pause).await;
        pause *= 2;
    }
    Err(Problem::Refused(format!(
        "DynamoDB left out {} of {} records several times: it is busy, try again later",
        left.len(),
        batch.len()
    )))
}

/// The records that these events can have.
fn pairs(description: &StackDescription, events: &[ListedEvent]) -> BTreeSet<Pair> {
    let mut pairs = BTreeSet::new();
    for event in events {
        for keeper in takers(description, event).into_values().flatten() {
            pairs.insert((event.reference.to_string(), keeper.to_owned()));
        }
    }
    pairs
}

/// The subscriptions that take an event, and who keeps records for each.
fn takers<'a>(
    description: &'a StackDescription,
    event: &ListedEvent,
) -> BTreeMap<&'a str, Vec<&'a str>> {
    let all = description.subscriptions.iter();
    all.filter(|(_, one)| one.takes(event.endpoint.as_str(), &event.kind))
        .map(|(name, one)| (name.as_str(), description.record_keepers(one)))
        .collect()
}

fn judge(
    description: &StackDescription,
    event: &ListedEvent,
    records: &HashMap<Pair, Record>,
    now: Timestamp,
) -> EventState {
    let takers = takers(description, event);
    if takers.is_empty() {
        return EventState::NoSubscription;
    }
    let kept = SignedDuration::from_hours(24 * i64::from(description.days.processed));
    let may_have_expired = now.duration_since(event.received_at) > kept;
    let (mut by, mut at, mut no_records) = (Vec::new(), Vec::new(), Vec::new());
    let (mut held_back, mut is_done) = (Vec::new(), false);
    let reference = event.reference.to_string();
    for (name, keepers) in takers {
        let name = name.to_owned();
        let record = decisive(&keepers, |keeper| {
            records.get(&(reference.clone(), keeper.to_owned()))
        });
        // A list does not say what a filter asks for: whether such an event was held back, or has no record yet.
        let one = description.subscriptions.get(&name);
        if record.is_none() && one.is_some_and(|one| one.filter.is_some()) {
            held_back.push(name);
            continue;
        }
        match record.map(|record| record.state.as_str()) {
            Some("completed") => is_done = true,
            Some("failed") => by.push(name),
            None if may_have_expired || keepers.is_empty() => no_records.push(name),
            _ => at.push(name),
        }
    }
    if !by.is_empty() {
        EventState::Failed { by }
    } else if !at.is_empty() {
        EventState::Waiting { at }
    } else if !no_records.is_empty() {
        EventState::Unknown { no_records }
    } else if is_done {
        EventState::Done
    } else {
        EventState::Unknown {
            no_records: held_back,
        }
    }
}

#[cfg(test)]
mod tests;
