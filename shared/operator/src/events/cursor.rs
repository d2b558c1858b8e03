use std::{fmt, str::FromStr};

use domain::{Ref, SignedDuration, Timestamp, format_time};

use super::Query;
use crate::Problem;

/// Times are stored by the millisecond.
const MOMENT: SignedDuration = SignedDuration::from_millis(1);

/// A place in the list of events, and which way to read from there. Its text is for addresses:
/// `older~2026-11-22T10:00:00.000Z~stripe/evt_1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The event of the place was received then.
    pub at: Timestamp,
    /// The event itself, which is not read again. None: `Newer` reads from this time on, and
    /// `Older` what came before it.
    pub reference: Option<Ref>,
    /// The direction.
    pub direction: Direction,
}

/// Which way to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Towards now.
    Newer,
    /// Into the past.
    Older,
}

impl Direction {
    fn word(self) -> &'static str {
        match self {
            Self::Newer => "newer",
            Self::Older => "older",
        }
    }

    pub(crate) fn opposite(self) -> Self {
        match self {
            Self::Newer => Self::Older,
            Self::Older => Self::Newer,
        }
    }
}

impl Cursor {
    /// What is newer, or older, than this event.
    pub fn beyond(at: Timestamp, reference: Ref, direction: Direction) -> Self {
        Self {
            at,
            reference: Some(reference),
            direction,
        }
    }

    /// `Newer`: from this time on; `Older`: before it.
    pub fn time(at: Timestamp, direction: Direction) -> Self {
        Self {
            at,
            reference: None,
            direction,
        }
    }

    /// The query for what lies in its direction.
    pub(crate) fn narrow(&self, query: &mut Query) {
        query.newest_first = self.direction == Direction::Older;
        match self.direction {
            Direction::Newer => query.from = query.from.max(self.at),
            Direction::Older => query.until = query.until.min(self.end()),
        }
    }

    /// Where what is older ends, exclusive: others may have come in the same millisecond.
    fn end(&self) -> Timestamp {
        match self.reference {
            Some(_) => self.at.saturating_add(MOMENT).unwrap_or(self.at),
            None => self.at,
        }
    }

    /// Whether an event lies in its direction. Events are in order by their times, and by their
    /// refs where the times are equal.
    pub(crate) fn covers(&self, at: Timestamp, reference: &Ref) -> bool {
        let Some(place) = &self.reference else {
            return true;
        };
        let (event, place) = ((at, reference.to_string()), (self.at, place.to_string()));
        match self.direction {
            Direction::Newer => event > place,
            Direction::Older => event < place,
        }
    }

    /// The way back, from a page that has no events of its own.
    pub(crate) fn back(&self) -> Self {
        match self.direction {
            Direction::Newer => Self::time(self.end(), Direction::Older),
            Direction::Older => Self::time(self.at, Direction::Newer),
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}", self.direction.word(), format_time(self.at))?;
        match &self.reference {
            Some(reference) => write!(f, "~{reference}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Cursor {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let read = || {
            let (direction, rest) = text.split_once('~')?;
            let direction = match direction {
                "newer" => Direction::Newer,
                "older" => Direction::Older,
                _ => return None,
            };
            let (at, reference) = match rest.split_once('~') {
                Some((at, reference)) => (at, Some(reference.parse().ok()?)),
                None => (rest, None),
            };
            Some(Self {
                at: at.parse().ok()?,
                reference,
                direction,
            })
        };
        read().ok_or_else(|| {
            Problem::Refused("the address names no place in the list of events".to_owned())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_through_an_address_unchanged() {
        for text in [
            "older~2026-11-22T10:00:00.250Z~stripe/cus~1/evt%2F1",
            "newer~2026-11-22T10:00:00.250Z~stripe/evt_1",
            "older~2026-11-22T10:00:00.000Z",
        ] {
            assert_eq!(text.parse::<Cursor>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "older",
            "older~now",
            "up~2026-11-22T10:00:00Z",
            "older~2026-11-22T10:00:00Z~x",
        ] {
            assert!(text.parse::<Cursor>().is_err(), "{text}");
        }
    }
}
