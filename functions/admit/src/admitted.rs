use domain::Timestamp;
use intake::{DeliveryLog, DeliveryOutcome};

/// The outcome for an object.
#[derive(Debug, PartialEq, Eq)]
pub enum Admitted {
    /// It was judged. Count this outcome.
    Judged {
        /// How.
        log: DeliveryLog,
        /// When API Gateway accepted it.
        received_at: Timestamp,
    },
    /// Its pointer is there already: this message is a repeat.
    Before,
    /// The object is gone.
    Gone,
}

impl Admitted {
    /// The same, of a delivery with this many optional facts left out.
    pub(crate) fn without(mut self, facts: usize) -> Self {
        if let Self::Judged { log, .. } = &mut self
            && let DeliveryOutcome::Stored(stored) = &mut log.outcome
        {
            stored.left_out = facts;
        }
        self
    }
}
