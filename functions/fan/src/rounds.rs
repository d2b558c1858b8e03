use std::collections::HashSet;

use aws::FifoQueue;

/// The events for one queue, in the order of the stream, and what of it was sent.
///
/// A batch holds at most one event of a group: SQS may refuse one message of a batch and take a later one, which would
/// turn their order round.
pub(crate) struct Rounds<'a> {
    /// Places of events, with their groups.
    waiting: Vec<(usize, &'a str)>,
    /// Groups of which an event was not sent: later ones wait for it.
    held: HashSet<&'a str>,
    failed: Vec<usize>,
}

impl<'a> Rounds<'a> {
    pub(crate) fn of(events: impl IntoIterator<Item = (usize, &'a str)>) -> Self {
        Self {
            waiting: events.into_iter().collect(),
            held: HashSet::new(),
            failed: Vec::new(),
        }
    }

    /// The next batch; empty at the end.
    pub(crate) fn next(&mut self) -> Vec<(usize, &'a str)> {
        let mut batch: Vec<(usize, &str)> = Vec::new();
        let mut later = Vec::new();
        for (place, group) in self.waiting.drain(..) {
            if self.held.contains(group) {
                self.failed.push(place);
            } else if batch.len() < FifoQueue::AT_ONCE
                && batch.iter().all(|(_, other)| *other != group)
            {
                batch.push((place, group));
            } else {
                later.push((place, group));
            }
        }
        self.waiting = later;
        batch
    }

    /// This event was not sent.
    pub(crate) fn fail(&mut self, (place, group): (usize, &'a str)) {
        self.failed.push(place);
        self.held.insert(group);
    }

    /// Nothing more is sent; returns the places of the events that were not.
    pub(crate) fn end(self) -> Vec<usize> {
        let waiting = self.waiting.into_iter().map(|(place, _)| place);
        self.failed.into_iter().chain(waiting).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GROUPS: [&str; 4] = ["a", "b", "c", "d"];

    proptest! {
        /// Whatever the queue refuses: the sent events of a group are the first ones of it, in order, and every event
        /// is either sent or named as failed.
        #[test]
        fn a_group_keeps_its_order(
            groups in prop::collection::vec(0..GROUPS.len(), 0..60),
            refused in prop::collection::vec(any::<bool>(), 60),
        ) {
            let events = groups.iter().enumerate().map(|(place, group)| (place, GROUPS[*group]));
            let mut rounds = Rounds::of(events);
            let mut sent = Vec::new();
            loop {
                let batch = rounds.next();
                if batch.is_empty() {
                    break;
                }
                prop_assert!(batch.len() <= FifoQueue::AT_ONCE);
                for event in batch {
                    if refused[event.0] {
                        rounds.fail(event);
                    } else {
                        sent.push(event.0);
                    }
                }
            }
            let mut failed = rounds.end();
            for (number, name) in GROUPS.iter().enumerate() {
                let all: Vec<usize> =
                    (0..groups.len()).filter(|place| groups[*place] == number).collect();
                let taken: Vec<usize> =
                    sent.iter().copied().filter(|place| groups[*place] == number).collect();
                prop_assert_eq!(&taken[..], &all[..taken.len()], "{}", name);
            }
            failed.extend(sent);
            failed.sort_unstable();
            prop_assert_eq!(failed, (0..groups.len()).collect::<Vec<_>>());
        }
    }
}
