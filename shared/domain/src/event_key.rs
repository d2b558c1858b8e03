use std::num::NonZeroU32;

use crate::{Digest, SignedDuration, Timestamp};

/// The mark before a key's window. No digest contains it.
const WINDOW: char = '@';

/// The mark before a digest of attributes.
const BY: &str = "by-";

/// Identifies an event within its endpoint: the provider's id where it can be trusted, else
/// the digest of what was signed, in hex; after it `-` and more hex digits if unsigned
/// headers split events of the same bytes; after these `@{seconds}.{slot}` if equal bytes
/// are one event for that many seconds only. Slots are as long as the window and are counted
/// from 1970. Where the endpoint says that attributes name its events, `by-` and the digest of
/// the type and of these attributes stand in place of the digest of what was signed.
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

    /// The key of events of this type whose attributes, by name, have these texts. The lengths
    /// are written before the texts, so no two lists read alike; the order of the pairs counts.
    #[must_use]
    pub fn of_attributes<'a>(
        kind: &str,
        attributes: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let mut written = String::new();
        let pairs = attributes.into_iter().flat_map(|(name, text)| [name, text]);
        for text in std::iter::once(kind).chain(pairs) {
            written.push_str(&format!("{}:{text},", text.len()));
        }
        Self(format!("{BY}{}", Digest::of(written)))
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
    /// unsigned headers or a window distinguish. `None` where attributes name the event.
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

    /// What it shares with the keys of the same bytes, or of the same attributes, in other slots:
    /// they are stored together. The whole key if it shares nothing.
    pub(crate) fn shared(&self) -> &str {
        self.shared_digest()
            .or_else(|| self.attributes_digest())
            .unwrap_or(&self.0)
    }

    /// The mark and the digest of the attributes that name the event.
    fn attributes_digest(&self) -> Option<&str> {
        let name = self.slot().map_or(self.0.as_str(), |slot| slot.of);
        let digest = name.strip_prefix(BY)?;
        is_hex(digest, 64).then_some(name)
    }

    /// Where else a pointer of this event may be, if it was received at this moment: `None` if
    /// the key has no window. Two moments of one slot are always less than the window apart,
    /// and moments less than it apart are in one slot or in two that touch.
    #[must_use]
    pub fn neighbours(&self, received_at: Timestamp) -> Option<Neighbours> {
        self.shared_digest().or_else(|| self.attributes_digest())?;
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
mod tests;
