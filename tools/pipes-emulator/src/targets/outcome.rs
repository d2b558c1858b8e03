/// What a target did with a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BatchOutcome {
    /// All delivered.
    Delivered,
    /// Records before this index are done; all from it on must be tried again, in order.
    FailedFrom(usize),
    /// These indexes failed, the others are done.
    Failed(Vec<usize>),
    /// Nothing was delivered.
    NotDelivered,
}

impl BatchOutcome {
    /// The outcome of a batch in which these indexes failed.
    pub(crate) fn of_failed(mut failed: Vec<usize>) -> Self {
        failed.sort_unstable();
        failed.dedup();
        if failed.is_empty() {
            Self::Delivered
        } else {
            Self::Failed(failed)
        }
    }
}
