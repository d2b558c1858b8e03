use domain::Timestamp;
use intake::DeliveryLog;

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
