use domain::Timestamp;
use intake::{Outcome, Report};

/// The outcome for an object.
#[derive(Debug, PartialEq, Eq)]
pub enum Admitted {
    /// It was judged. Count this outcome.
    Judged {
        /// How.
        report: Report,
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
        if let Self::Judged { report, .. } = &mut self
            && let Outcome::Taken(taken) = &mut report.outcome
        {
            taken.left_out = facts;
        }
        self
    }
}
