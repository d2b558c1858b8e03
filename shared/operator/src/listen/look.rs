use domain::{SignedDuration, Timestamp};

/// How far a look goes back. An event may appear in the index after later ones, so one look is
/// never enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// For the standard lane: `ingest` reads the clock up to 29 s before it writes the pointer.
    Near,
    /// For the direct lane, where `admit` may need several tries.
    Wide,
    /// For what the sweep finds, and for an index that is far behind.
    Deep,
}

/// A span of time to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Received at this time or later.
    pub from: Timestamp,
    /// Received before this time. It lies ahead, because clocks of functions may.
    pub until: Timestamp,
    /// When it began.
    pub at: Timestamp,
    /// How far it goes back.
    pub depth: Depth,
}

/// How late the pointer of an event may appear in the index and still be found: as long as the
/// scheduled sweep looks back, which is a day and the hour that it ends in, and an hour for the
/// sweep itself.
pub const LATE: SignedDuration = SignedDuration::from_hours(26);

pub(super) const NEAR: SignedDuration = SignedDuration::from_secs(30);
pub(super) const WIDE: SignedDuration = SignedDuration::from_mins(15);
/// AWS refuses requests of a clock that is off by more; so a clock that is behind misses nothing.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html>
pub(super) const AHEAD: SignedDuration = SignedDuration::from_mins(5);

impl Depth {
    /// How long after one look of this depth the next is due.
    pub const fn every(self) -> SignedDuration {
        match self {
            Self::Near => SignedDuration::from_secs(2),
            Self::Wide => SignedDuration::from_mins(1),
            Self::Deep => SignedDuration::from_mins(15),
        }
    }
}
