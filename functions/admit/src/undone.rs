use std::time::Duration;

use domain::{DirectoryError, EndpointName, StoreError, Timestamp};
use intake::{DeliveryLog, DeliveryOutcome, IntakeProblem};

/// An object could be neither admitted nor refused. It stays: in none of these
/// cases is the provider certainly at fault.
#[derive(Debug, thiserror::Error)]
pub enum Undone {
    /// A store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It is where API Gateway puts nothing, or in another bucket.
    #[error("the object is not in the direct lane")]
    Elsewhere,
    /// No endpoint has that name any more.
    #[error("the endpoint {0} does not exist")]
    NoEndpoint(String),
    /// The endpoint's configuration cannot be used.
    #[error("the endpoint's configuration cannot be used")]
    Endpoint(#[source] IntakeProblem),
    /// Its keys are missing, or the scheme cannot use any of them.
    #[error("the endpoint's keys cannot be used: {0}")]
    Keys(String),
    /// The keys in memory are older than the delivery, and were read less than 30 seconds ago.
    #[error("no key in memory verifies it, and the keys cannot be read again yet")]
    KeysTooOld,
    /// Another invocation is judging it now, or another delivery of its event.
    #[error("another invocation is working on it")]
    AtWork,
    /// It may be genuine, and only an operator can decide what to do with it.
    #[error("{0}")]
    Kept(Box<Kept>),
    /// The authorizer's handover is missing or unreadable.
    #[error("the object's metadata has no readable `delivery`")]
    NoHandover,
    /// The object has another size than S3 says.
    #[error("read {read} of the object's {size} bytes")]
    CutOff {
        /// Bytes that came.
        read: u64,
        /// Bytes that should have come.
        size: u64,
    },
}

/// Why an object is kept although it is not an event.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {why}")]
pub struct Kept {
    /// The endpoint it came to.
    pub endpoint: EndpointName,
    /// When it arrived.
    pub received_at: Timestamp,
    /// The stable code for what is wrong with it.
    pub code: &'static str,
    /// For the operator. Shows nothing of the body.
    pub why: String,
}

impl Kept {
    /// The outcome to count.
    #[must_use]
    pub fn log(&self) -> DeliveryLog {
        DeliveryLog {
            endpoint: Some(self.endpoint.clone()),
            outcome: DeliveryOutcome::Kept { reason: self.code },
        }
    }
}

impl Undone {
    /// When to try again after this many tries; `None` if only an operator can help. Soon
    /// at first: most failures pass. The last tries are a quarter of an hour apart, and
    /// give the operator and the stores time.
    #[must_use]
    pub fn again_after(&self, tries: u32) -> Option<Duration> {
        /// As long as keys are not read again.
        const KEYS: u64 = 30;
        const LONGEST: u64 = 900;
        let first = match self {
            Self::Kept(_) | Self::Elsewhere | Self::NoHandover => return None,
            Self::KeysTooOld => KEYS,
            _ => 5,
        };
        let longer = 3_u64.saturating_pow(tries.saturating_sub(1));
        let seconds = first.saturating_mul(longer).min(LONGEST);
        Some(Duration::from_secs(seconds))
    }
}

impl From<DirectoryError<IntakeProblem>> for Undone {
    fn from(error: DirectoryError<IntakeProblem>) -> Self {
        match error {
            DirectoryError::Store(error) => Self::Store(error),
            DirectoryError::Unusable(problem) => Self::Endpoint(problem),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_tried_within_seconds_and_what_does_not_is_not_tried() {
        let after = |undone: &Undone, tries| undone.again_after(tries).map(|one| one.as_secs());
        let waits: Vec<_> = (1..=8)
            .map(|tries| after(&Undone::AtWork, tries).unwrap())
            .collect();
        assert_eq!(waits, [5, 15, 45, 135, 405, 900, 900, 900]);
        assert_eq!(after(&Undone::AtWork, u32::MAX), Some(900));
        assert_eq!(after(&Undone::AtWork, 0), Some(5));
        assert_eq!(after(&Undone::KeysTooOld, 1), Some(30));
        assert_eq!(after(&Undone::NoHandover, 1), None);
    }
}
