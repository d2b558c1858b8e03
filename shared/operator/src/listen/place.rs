use std::collections::BTreeSet;

use domain::{Digest, Ref, Timestamp};

use super::look::{AHEAD, Depth, LATE, Look, NEAR, WIDE};

/// The most events that are remembered. If more come within [`LATE`], the oldest are forgotten,
/// and events as old as they are no longer looked for.
const REMEMBERED: usize = 500_000;

/// An event, as it is remembered: when it was received, in milliseconds, and 64 bits of its ref's
/// digest. Two events are taken for one only if both are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventMark {
    /// Unix milliseconds.
    pub at_ms: i64,
    /// The first half of half the SHA-256 of its ref.
    pub digest: u64,
}

/// Where a listener is: what it has looked at, and what it need not read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Nothing older is read.
    pub floor: Timestamp,
    /// When the last complete look began.
    pub near: Timestamp,
    /// When the last complete deep look began.
    pub deep: Timestamp,
    settled: BTreeSet<EventMark>,
}

impl EventMark {
    /// Of an event.
    pub fn new(reference: &Ref, received_at: Timestamp) -> Self {
        let digest = Digest::of(reference.to_string()).0;
        let first = digest.first_chunk().copied().unwrap_or_default();
        Self {
            at_ms: received_at.as_millisecond(),
            digest: u64::from_be_bytes(first),
        }
    }
}

impl Place {
    /// A listener that wants events received at this time or later.
    pub fn beginning(at: Timestamp) -> Self {
        Self {
            floor: at,
            near: at,
            deep: at,
            settled: BTreeSet::new(),
        }
    }

    /// Goes to this time, forward or back. What was settled is not read again.
    pub fn go_to(&mut self, at: Timestamp) {
        self.floor = at;
        self.near = at;
        self.deep = at;
    }

    /// Whether an event need not be read again.
    pub fn is_settled(&self, event: EventMark) -> bool {
        event.at_ms < self.floor.as_millisecond() || self.settled.contains(&event)
    }

    /// Remembers an event.
    pub fn settle(&mut self, event: EventMark) {
        self.settled.insert(event);
        self.keep_at_most(REMEMBERED);
    }

    fn keep_at_most(&mut self, many: usize) {
        while self.settled.len() > many {
            let Some(oldest) = self.settled.pop_first() else {
                break;
            };
            let after = Timestamp::from_millisecond(oldest.at_ms.saturating_add(1));
            self.floor = self.floor.max(after.unwrap_or(self.floor));
        }
    }

    /// The look of this depth that begins now, and continues after the last one. A gap between
    /// them, as when a laptop sleeps, is part of it.
    pub fn look(&self, depth: Depth, now: Timestamp) -> Look {
        let back = |at: Timestamp, by| at.saturating_sub(by).unwrap_or(Timestamp::MIN);
        let from = match depth {
            Depth::Near => back(self.near, NEAR),
            Depth::Wide => back(self.near, WIDE),
            Depth::Deep => back(self.deep, LATE).min(back(self.near, WIDE)),
        };
        Look {
            from: from.max(self.floor),
            until: now.saturating_add(AHEAD).unwrap_or(Timestamp::MAX),
            at: now,
            depth,
        }
    }

    /// Notes that everything in a look was settled. What is too old for another look is
    /// forgotten.
    pub fn complete(&mut self, look: &Look) {
        self.near = self.near.max(look.at);
        if look.depth == Depth::Deep {
            self.deep = self.deep.max(look.at);
            let oldest = self.deep.saturating_sub(LATE).unwrap_or(self.floor);
            self.floor = self.floor.max(oldest);
            let floor = self.floor.as_millisecond();
            self.settled.retain(|event| event.at_ms >= floor);
        }
    }

    /// What is remembered, the oldest first.
    pub fn settled(&self) -> impl ExactSizeIterator<Item = EventMark> {
        self.settled.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn mark(name: &str, second: i64) -> EventMark {
        EventMark::new(&format!("a/{name}").parse().unwrap(), at(second))
    }

    #[test]
    fn an_event_is_settled_once_and_the_past_is_settled() {
        let mut place = Place::beginning(at(1_000));
        assert!(place.is_settled(mark("old", 999)));
        assert!(!place.is_settled(mark("one", 1_000)));
        place.settle(mark("one", 1_000));
        assert!(place.is_settled(mark("one", 1_000)));
        assert!(!place.is_settled(mark("other", 1_000)));
        assert!(
            !place.is_settled(mark("one", 1_001)),
            "an id that came again"
        );
    }

    #[test]
    fn only_a_complete_deep_look_forgets_and_only_what_is_too_old_for_another() {
        let late = LATE.as_secs();
        let mut place = Place::beginning(at(0));
        for second in [10, late, late + 20] {
            place.settle(mark("one", second));
        }
        let look = |depth, second| Look {
            from: at(0),
            until: at(second),
            at: at(second),
            depth,
        };
        place.complete(&look(Depth::Near, late + 30));
        assert_eq!((place.near, place.deep), (at(late + 30), at(0)));
        assert_eq!(place.settled().len(), 3);
        place.complete(&look(Depth::Deep, late + 30));
        assert_eq!(place.settled().len(), 2);
        assert_eq!(place.floor, at(30));
        // It stays settled, because nobody looks there again.
        assert!(place.is_settled(mark("one", 10)));
    }

    #[test]
    fn what_is_forgotten_for_want_of_room_is_not_read_again() {
        let mut place = Place::beginning(at(0));
        for second in 1..=5 {
            place.settle(mark("one", second));
            place.keep_at_most(3);
        }
        assert_eq!(place.settled().len(), 3);
        for second in 1..=5 {
            assert!(place.is_settled(mark("one", second)), "{second}");
        }
        assert!(!place.is_settled(mark("late", 4)));
    }

    fn on(text: &str) -> Timestamp {
        format!("2026-11-{text}Z").parse().unwrap()
    }

    #[test]
    fn each_look_goes_back_as_far_as_its_events_may_be_late() {
        let mut place = Place::beginning(on("01T00:00:00"));
        place.near = on("22T10:00:00");
        place.deep = on("22T09:50:00");
        let now = on("22T10:00:02");
        for (depth, from) in [
            (Depth::Near, "22T09:59:30"),
            (Depth::Wide, "22T09:45:00"),
            (Depth::Deep, "21T07:50:00"),
        ] {
            let look = place.look(depth, now);
            assert_eq!(
                (look.from, look.until),
                (on(from), on("22T10:05:02")),
                "{depth:?}"
            );
        }
    }

    #[test]
    fn a_gap_belongs_to_the_next_look_and_nothing_before_the_beginning_does() {
        let mut place = Place::beginning(on("20T00:00:00"));
        place.near = on("20T10:00:00");
        place.deep = on("20T09:50:00");
        // Three days of sleep.
        let now = on("23T10:00:00");
        let near = place.look(Depth::Near, now);
        assert_eq!(near.from, on("20T09:59:30"));
        let deep = place.look(Depth::Deep, now);
        assert_eq!(deep.from, on("20T00:00:00"), "the beginning");
    }
}
