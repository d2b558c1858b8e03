use domain::{SignedDuration, Timestamp};

/// How to sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Only reports what it would do.
    pub dry_run: bool,
    /// Deletes objects whose event was erased. Else it reports them: who sweeps by hand may lack the right.
    pub deletes_erased: bool,
    /// Leaves younger objects alone: `ingest` may be working on them.
    pub older_than: SignedDuration,
    /// For how many days a pointer is kept, from the delivery on, unless its endpoint says fewer.
    pub pointer_days: u32,
    /// After this moment it begins nothing more.
    pub stop_at: Option<Timestamp>,
    /// The most objects that `admit` is notified of.
    pub announce_at_most: u64,
}

impl Options {
    /// Longer than a delivery, and longer than the index needs.
    pub const OLDER_THAN: SignedDuration = SignedDuration::from_mins(15);

    /// As many bodies of 10 MB as `admit` reads in some minutes.
    pub const ANNOUNCE_AT_MOST: u64 = 500;

    pub(crate) fn days(days: u32) -> SignedDuration {
        SignedDuration::from_hours(24 * i64::from(days))
    }
}
