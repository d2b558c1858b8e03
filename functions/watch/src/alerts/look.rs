//! How everything is now that an alert could be about.

use aws::{BreakerRecord, Remembered};
use domain::{GivenUp, Timestamp};
use futures_util::{StreamExt, stream};

use super::{
    decide::Sighting,
    destinations,
    message::{DeadLetterFacts, Facts},
    ports::{DeadLetters, Memory, Outlet, StackParts, Sums},
    refusals::{self, Refusals},
    trouble::Trouble,
    watched::{Watched, WatchedDlq},
    wiring::Alerts,
};
use crate::{decide::is_up, failures::Failures, watch::Findings};

/// The most DLQs that are looked at at once.
const AT_ONCE: usize = 10;

/// How many dead letters of a DLQ are looked at.
const LETTERS: usize = 5;

/// States that pass by themselves. `watch`'s metric counts them as down.
const PASSING: [&str; 4] = ["CREATING", "STARTING", "UPDATING", "STOPPING"];

/// One thing that was looked at.
#[derive(Debug)]
pub(super) struct Look {
    pub(super) trouble: Trouble,
    pub(super) sighting: Sighting,
    seen: Seen,
}

/// What was seen of it.
#[derive(Debug)]
enum Seen {
    Dlq(WatchedDlq, u64),
    Pipe(String, Option<String>),
    Breaker(BreakerRecord),
    Endpoint(Refusals),
    Nothing,
}

impl Look {
    fn of(trouble: Trouble, sighting: Sighting, seen: Seen) -> Self {
        Self {
            trouble,
            sighting,
            seen,
        }
    }
}

impl<S, D, M, O, C, Now> Alerts<S, D, M, O, C, Now>
where
    S: StackParts,
    D: DeadLetters,
    M: Memory,
    O: Outlet,
    C: Sums,
    Now: Fn() -> Timestamp,
{
    /// Looks at everything.
    pub(super) async fn looks(
        &self,
        watched: &Watched,
        remembered: &[Remembered],
        findings: &Findings,
        failures: &mut Failures,
    ) -> Vec<Look> {
        let open = self.open(remembered);
        let mut looks = self.readers(watched, findings);
        looks.extend(self.dlqs(watched, failures).await);
        let endpoints = self.endpoints(watched, &open, failures).await;
        let asked = endpoints.is_some();
        looks.extend(endpoints.unwrap_or_default());
        // What is open and was not found is no longer part of the stack.
        for trouble in open {
            let looked_for = asked || !matches!(trouble, Trouble::MostRefused(_));
            if looked_for && looks.iter().all(|look| look.trouble != trouble) {
                looks.push(Look::of(trouble, Sighting::Gone, Seen::Nothing));
            }
        }
        looks
    }

    /// The troubles that were said to be and not yet to be over.
    fn open(&self, remembered: &[Remembered]) -> Vec<Trouble> {
        let mut open = Vec::new();
        for one in remembered.iter().filter(|one| one.open) {
            let Some((topic, trouble)) = one.key.split_once(' ') else {
                continue;
            };
            let trouble = Trouble::of_key(trouble).filter(|trouble| !open.contains(trouble));
            if self.topics.iter().any(|one| one == topic) {
                open.extend(trouble);
            }
        }
        open
    }

    /// Pipes, and the mappings and breakers of what `deliver` reads.
    fn readers(&self, watched: &Watched, findings: &Findings) -> Vec<Look> {
        let pipes = self.pipes.iter().map(|name| pipe(name, findings));
        let delivered = self.delivered.iter().flat_map(|name| {
            let found = findings.breakers.iter().find(|one| one.name == *name);
            let breaker = found.map(|one| &one.record);
            let mut mapping = pipe(&format!("{}-{name}", watched.stack), findings);
            if let (Seen::Pipe(state, _), Some(record)) = (&mapping.seen, breaker)
                && destinations::explains(record, state)
            {
                mapping.sighting = Sighting::Unknown;
            }
            let now = (self.now)();
            let look = |trouble, sighting: Option<Sighting>| {
                let seen = breaker.map_or(Seen::Nothing, |one| Seen::Breaker(one.clone()));
                Look::of(trouble, sighting.unwrap_or(Sighting::Unknown), seen)
            };
            let fails = breaker.map(|record| destinations::fails(record, now));
            let gone = breaker.map(destinations::gone);
            [
                mapping,
                look(Trouble::DestinationFails(name.clone()), fails),
                look(Trouble::DestinationGone(name.clone()), gone),
            ]
        });
        pipes.chain(delivered).collect()
    }

    async fn dlqs(&self, watched: &Watched, failures: &mut Failures) -> Vec<Look> {
        let counts = stream::iter(watched.dlqs()).map(|dlq| async move {
            let count = self.dlqs.count(&dlq.url).await;
            (dlq, count)
        });
        let counts: Vec<_> = counts.buffered(AT_ONCE).collect().await;
        let look = |(dlq, count): (WatchedDlq, _)| {
            let step = format!("the DLQ of {} could not be counted", dlq.name);
            let count = failures.seen(&step, count);
            let sighting = match count {
                None => Sighting::Unknown,
                Some(0) => Sighting::Fine,
                Some(count) => Sighting::Trouble(count),
            };
            let trouble = Trouble::DeadLetters(dlq.name.clone());
            Look::of(trouble, sighting, Seen::Dlq(dlq, count.unwrap_or_default()))
        };
        counts.into_iter().map(look).collect()
    }

    /// `None`: the endpoints were not asked about.
    async fn endpoints(
        &self,
        watched: &Watched,
        open: &[Trouble],
        failures: &mut Failures,
    ) -> Option<Vec<Look>> {
        let until = refusals::due((self.now)())?;
        let open: Vec<String> = open
            .iter()
            .filter(|one| matches!(one, Trouble::MostRefused(_)))
            .map(|one| one.name().to_owned())
            .collect();
        let found = refusals::look(&self.sums, &self.parts, &watched.stack, &open, until).await;
        let step = "what endpoints refused could not be read";
        let found = failures.seen(step, found)??;
        let look = |(name, refusals): (String, Refusals)| {
            let trouble = Trouble::MostRefused(name);
            Look::of(trouble, refusals.sighting(), Seen::Endpoint(refusals))
        };
        Some(found.into_iter().map(look).collect())
    }

    /// What a message says about it. `None`: a second look shows something else, or nothing.
    pub(super) async fn facts(&self, look: &Look, failures: &mut Failures) -> Option<Facts> {
        let (dlq, count) = match &look.seen {
            Seen::Dlq(dlq, count) => (dlq, *count),
            Seen::Pipe(state, reason) => return Some(Facts::Pipe(state.clone(), reason.clone())),
            Seen::Breaker(record) => return Some(Facts::Breaker(record.clone())),
            Seen::Endpoint(refusals) => return Some(Facts::Refusals(*refusals)),
            Seen::Nothing => return Some(Facts::None),
        };
        let step = format!("the dead letters of {} could not be read", dlq.name);
        let bodies = failures.seen(&step, self.dlqs.peek(&dlq.url).await)?;
        // SQS counts only approximately: what it counts must be there, and what it does not
        // count must not. A person who holds all of them right now knows of them.
        if bodies.is_empty() != (look.sighting == Sighting::Fine) {
            return None;
        }
        let mut letters = Vec::new();
        for body in bodies.iter().take(LETTERS) {
            letters.push(self.letter(dlq, body, failures).await);
        }
        Some(Facts::DeadLetters(count.max(letters.len() as u64), letters))
    }

    async fn letter(
        &self,
        dlq: &WatchedDlq,
        body: &str,
        failures: &mut Failures,
    ) -> DeadLetterFacts {
        let letter = GivenUp::of(body);
        let record = match (&letter, &dlq.processor) {
            (GivenUp::Event { reference, .. }, Some(processor)) => {
                let record = self.dlqs.failure(reference, processor).await;
                let step = format!("what {processor} recorded could not be read");
                failures.seen(&step, record).flatten()
            }
            _ => None,
        };
        DeadLetterFacts {
            letter,
            record,
            recorded: dlq.processor.is_some(),
        }
    }
}

/// A pipe or mapping that this run could not describe is unknown.
fn pipe(name: &str, findings: &Findings) -> Look {
    let trouble = Trouble::PipeDown(name.to_owned());
    let Some(found) = findings.pipes.iter().find(|one| one.name == name) else {
        return Look::of(trouble, Sighting::Unknown, Seen::Nothing);
    };
    let state = found.state.as_str();
    let sighting = if is_up(state) {
        Sighting::Fine
    } else if PASSING.contains(&state) {
        Sighting::Unknown
    } else {
        Sighting::Trouble(1)
    };
    let seen = Seen::Pipe(found.state.clone(), found.reason.clone());
    Look::of(trouble, sighting, seen)
}
