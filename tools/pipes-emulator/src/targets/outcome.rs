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
    /// For a batch API whose entries are not the records of the source one by one: a part that failed does not say
    /// which records to try again, so all are.
    pub(crate) fn all_or_nothing(self) -> Self {
        match self {
            Self::Delivered => Self::Delivered,
            Self::FailedFrom(_) | Self::Failed(_) | Self::NotDelivered => Self::NotDelivered,
        }
    }

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
