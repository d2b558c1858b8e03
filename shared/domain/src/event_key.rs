use std::num::NonZeroU32;

use crate::{Digest, SignedDuration, Timestamp};

/// The mark before a key's window. No digest contains it.
const WINDOW: char = '@';

/// Identifies an event within its endpoint: the provider's id where it can be trusted, else
/// the digest of what was signed, in hex; after it `-` and more hex digits if unsigned
/// headers split events of the same bytes; after these `@{seconds}.{slot}` if equal bytes
/// are one event for that many seconds only. Slots are as long as the window and are counted
/// from 1970.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EventKey(String);

/// Where else a pointer of the same event may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbours {
    /// Its key there: in the slot before, and in the slot after.
    pub keys: [EventKey; 2],
    /// A pointer there that was received then or earlier belongs to another event.
    pub from: Timestamp,
    /// So does one that was received then or later.
    pub until: Timestamp,
}

struct Slot<'a> {
    /// The key without its window.
    of: &'a str,
    window_s: NonZeroU32,
    number: i64,
}

impl EventKey {
    /// How many digits split events of the same bytes.
    pub const SPLIT_DIGITS: usize = 32;

    /// A key that was stored before; not checked.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The key of events with this digest, and with these hex digits of unsigned headers.
    #[must_use]
    pub fn of_digest(digest: Digest, unsigned: Option<&str>) -> Self {
        Self(match unsigned {
            Some(split) => format!("{digest}-{split}"),
            None => digest.to_string(),
        })
    }

    /// The same key for events received in the same slot.
    #[must_use]
    pub fn within(self, window_s: NonZeroU32, received_at: Timestamp) -> Self {
        let slot = Slot {
            of: &self.0,
            window_s,
            number: slot_number(window_s, received_at),
        };
        slot.key()
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digest of the signed bytes, if other events may have it too: those that
    /// unsigned headers or a window distinguish.
    #[must_use]
    pub fn shared_digest(&self) -> Option<&str> {
        let slot = self.slot();
        let is_windowed = slot.is_some();
        let name = slot.map_or(self.0.as_str(), |slot| slot.of);
        match name.split_once('-') {
            Some((digest, split)) => {
                (is_hex(digest, 64) && is_hex(split, Self::SPLIT_DIGITS)).then_some(digest)
            }
            None => (is_windowed && is_hex(name, 64)).then_some(name),
        }
    }

    /// Where else a pointer of this event may be, if it was received at this moment: `None` if
    /// the key has no window. Two moments of one slot are always less than the window apart,
    /// and moments less than it apart are in one slot or in two that touch.
    #[must_use]
    pub fn neighbours(&self, received_at: Timestamp) -> Option<Neighbours> {
        self.shared_digest()?;
        let Slot {
            of,
            window_s,
            number,
        } = self.slot()?;
        // A provider's id that looks like such a key has no window.
        if number != slot_number(window_s, received_at) {
            return None;
        }
        let beside = |number| Slot {
            of,
            window_s,
            number,
        };
        // Pointers hold their time, cut off to milliseconds.
        let at = Timestamp::from_millisecond(received_at.as_millisecond()).ok()?;
        let window = SignedDuration::from_secs(i64::from(window_s.get()));
        Some(Neighbours {
            keys: [beside(number - 1).key(), beside(number + 1).key()],
            from: at.checked_sub(window).unwrap_or(Timestamp::MIN),
            until: at.checked_add(window).unwrap_or(Timestamp::MAX),
        })
    }

    fn slot(&self) -> Option<Slot<'_>> {
        let (of, window) = self.0.rsplit_once(WINDOW)?;
        let (window_s, number) = window.split_once('.')?;
        let slot = Slot {
            of,
            window_s: window_s.parse().ok()?,
            number: number.parse().ok()?,
        };
        // Not `+3600.007`: a key has only one spelling.
        (slot.key() == *self).then_some(slot)
    }
}

impl Neighbours {
    /// Whether a pointer under one of the keys belongs to the event.
    #[must_use]
    pub fn hold(&self, received_at: Timestamp) -> bool {
        self.from < received_at && received_at < self.until
    }
}

impl Slot<'_> {
    fn key(&self) -> EventKey {
        EventKey(format!(
            "{}{WINDOW}{}.{}",
            self.of, self.window_s, self.number
        ))
    }
}

fn slot_number(window_s: NonZeroU32, received_at: Timestamp) -> i64 {
    let window_ms = i64::from(window_s.get()) * 1000;
    received_at.as_millisecond().div_euclid(window_ms)
}

fn is_hex(text: &str, digits: usize) -> bool {
    let lower = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() == digits && text.bytes().all(lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: Digest = Digest([0xab; 32]);
    const SPLIT: &str = "0123456789abcdef0123456789abcdef";
    const WINDOW_MS: i64 = 60_000;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).unwrap()
    }

    fn key(ms: i64) -> EventKey {
        let window_s = NonZeroU32::new(60).unwrap();
        EventKey::of_digest(DIGEST, None).within(window_s, at(ms))
    }

    /// Whether a delivery belongs to an event that already has its pointer.
    fn merges(event_ms: i64, delivery_ms: i64) -> bool {
        let (event, delivery) = (key(event_ms), key(delivery_ms));
        let around = delivery.neighbours(at(delivery_ms)).unwrap();
        event == delivery || around.keys.contains(&event) && around.hold(at(event_ms))
    }

    #[test]
    fn equal_bytes_are_one_event_exactly_within_the_window() {
        let base = 1_795_298_397_000;
        for start in (base..base + 2 * WINDOW_MS).step_by(997) {
            for apart in [0, 1, 30_000, WINDOW_MS - 1] {
                assert!(merges(start, start + apart), "{start} {apart}");
                // A pointer that is written late.
                assert!(merges(start + apart, start), "{start} {apart}");
            }
            for apart in [WINDOW_MS, WINDOW_MS + 1, 2 * WINDOW_MS, 100 * WINDOW_MS] {
                assert!(!merges(start, start + apart), "{start} {apart}");
                assert!(!merges(start + apart, start), "{start} {apart}");
            }
        }
    }

    #[test]
    fn a_time_is_judged_by_the_milliseconds_that_a_pointer_holds() {
        let late: Timestamp = "2026-11-21T20:59:59.9999Z".parse().unwrap();
        let window_s = NonZeroU32::new(60).unwrap();
        let around = EventKey::of_digest(DIGEST, None)
            .within(window_s, late)
            .neighbours(late)
            .unwrap();
        assert_eq!(around.until.to_string(), "2026-11-21T21:00:59.999Z");
    }

    #[test]
    fn windows_of_another_length_share_no_key() {
        let of = |seconds| {
            let window_s = NonZeroU32::new(seconds).unwrap();
            EventKey::of_digest(DIGEST, Some(SPLIT)).within(window_s, at(0))
        };
        assert_eq!(of(60).as_str(), format!("{DIGEST}-{SPLIT}@60.0"));
        assert_ne!(of(60), of(61));
        assert_eq!(of(60).neighbours(at(0)).unwrap().keys[0].as_str(), {
            format!("{DIGEST}-{SPLIT}@60.-1")
        });
    }

    #[test]
    fn a_digest_is_shared_where_headers_or_a_window_tell_events_apart() {
        let digest = DIGEST.to_string();
        for shared in [
            format!("{digest}-{SPLIT}"),
            format!("{digest}-{SPLIT}@60.1"),
            format!("{digest}@60.1"),
        ] {
            let key = EventKey::from_stored(shared);
            assert_eq!(key.shared_digest(), Some(digest.as_str()));
        }
        for other in [
            "evt_1",
            "a-b",
            "evt_1@60.1",
            &digest,
            &format!("{digest}-{SPLIT}0"),
            &format!("{digest}-{SPLIT}@60"),
            &format!("{digest}@0.1"),
            &format!("{digest}@060.1"),
            &format!("{digest}@60.+1"),
            &format!("{digest}@60.1x"),
        ] {
            let key = EventKey::from_stored(other.to_owned());
            assert_eq!(key.shared_digest(), None, "{other}");
            assert_eq!(key.neighbours(at(WINDOW_MS)), None, "{other}");
        }
    }

    /// It would be merged with its neighbours.
    #[test]
    fn an_id_that_only_looks_like_a_key_has_no_window() {
        let odd = EventKey::from_stored(format!("{DIGEST}@60.1"));
        assert_eq!(odd.neighbours(at(0)), None);
        assert!(odd.neighbours(at(WINDOW_MS)).is_some());
    }
}
