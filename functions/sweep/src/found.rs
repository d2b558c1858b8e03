use std::ops::AddAssign;

use domain::{MetadataProblem, ObjectKey, Pointer, Ref, StoreError, TimeBucket};

/// How many of each were found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "function", derive(serde::Serialize))]
pub struct Tally {
    /// Objects that were checked.
    pub payloads: u64,
    /// Got their pointer now, and so are routed. In a dry run: would have got it.
    pub rescued: u64,
    /// Of the direct lane: `admit` was notified of them again, as they had not been judged.
    pub announced: u64,
    /// Of the direct lane: not judged either, but their message may still be under way: in
    /// `admit`'s queue, or in its DLQ.
    pub waiting: u64,
    /// Of the direct lane: `admit` should be notified of them, but this run reached its limit.
    pub left: u64,
    /// Their event has a pointer to another object: a retry stored it in another hour, or
    /// had other bytes. They stay until they expire.
    pub superseded: u64,
    /// Their event was erased: they were deleted. By hand, or in a dry run: they should be.
    pub erased: u64,
    /// Pointers of the direct lane whose payload is gone.
    pub dangling: u64,
    /// It is unknown what event they belong to. They stay.
    pub unreadable: u64,
    /// Too young to tell: `ingest` may be working on them.
    pub young: u64,
    /// So old that their pointer may have come and gone. They stay.
    pub expired: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.payloads += other.payloads;
        self.rescued += other.rescued;
        self.announced += other.announced;
        self.waiting += other.waiting;
        self.left += other.left;
        self.superseded += other.superseded;
        self.erased += other.erased;
        self.dangling += other.dangling;
        self.unreadable += other.unreadable;
        self.young += other.young;
        self.expired += other.expired;
    }
}

/// How far a sweep is. A unit is one shard of an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Units that are done, with or without failures.
    pub done: usize,
    /// Units in all.
    pub of: usize,
    /// What they held.
    pub tally: Tally,
}

/// An object that has no pointer in its hour, or a call that failed.
#[derive(Debug, Clone, Copy)]
pub enum Finding<'a> {
    /// It has its pointer now. In a dry run: it would have got it.
    Rescued(&'a Pointer),
    /// `admit` was notified of it again. In a dry run: would have been.
    Announced {
        /// Its key.
        key: &'a ObjectKey,
    },
    /// This event's pointer names an object that is not there. The provider's next delivery
    /// of the event replaces it; until then no processor can redeem it.
    Dangling {
        /// The event.
        reference: &'a Ref,
        /// The object.
        key: &'a ObjectKey,
    },
    /// Its event has another pointer. The pointer here is the one that it would have got.
    Superseded(&'a Pointer),
    /// Its event was erased, and a delivery came after that, or stored a copy before. The pointer here is the one that
    /// it would have got.
    Erased(&'a Pointer),
    /// The pointer that it would have got would already be expired.
    Expired(&'a Pointer),
    /// It belongs to no known event.
    Unreadable {
        /// Its key.
        key: &'a ObjectKey,
        /// Why not.
        problem: &'a Unreadable,
    },
    /// A store failed; the shard of the hour counts as failed.
    Failed {
        /// Where; none for the announcements, which come after everything was checked.
        bucket: Option<&'a TimeBucket>,
        /// At which object; none for the listing or the index.
        key: Option<&'a ObjectKey>,
        /// What the store said.
        error: &'a StoreError,
    },
}

/// The object cannot be given a pointer. An operator may look at it.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// No function makes such a key.
    #[error("its key is not a payload's")]
    Key,
    /// Its metadata is not `ingest`'s.
    #[error(transparent)]
    Metadata(#[from] MetadataProblem),
    /// It was copied, or its metadata changed.
    #[error("its metadata describes an object with another key")]
    OtherKey,
}
