//! What must hold, by name: section 3 of the design. Each is looked at after every call.

use std::fmt;

/// A promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Invariant {
    /// 1: a 2xx means that the event has a pointer, and in the direct lane that the object is there.
    AcknowledgedIsStored,
    /// 1: a pointer never names an object that is not there.
    PayloadIsThere,
    /// 1, 3: the bytes that are redeemed have the pointer's digest and size.
    BytesMatch,
    /// 2: nothing is stored, and in the direct lane nothing is routed, that the provider did not sign.
    NothingUnverified,
    /// 2: a forged delivery gets no 2xx where it can be judged before the answer.
    ForgedIsRefused,
    /// 4: after the retries and the next sweep an acknowledged event is routable.
    NothingIsLost,
    /// 4: after the next sweep every payload that is stored has the pointer of its event.
    NothingIsForgotten,
    /// 4: after the retries and two sweeps nothing changes any more.
    ComesToRest,
    /// 5: an event, and an object of the direct lane, is inserted once: that routes it once.
    RoutedOnce,
    /// 5: a pointer never changes, but to replace a payload that is missing, and never vanishes.
    FirstPointerStays,
    /// 9: an object that was verified goes only if its event has another payload.
    NothingIsDeleted,
    /// 10: a delivery is merged only with deliveries of the name that the endpoint's rule gives it.
    MergedOnlyByRule,
    /// 11: a genuine delivery gets 2xx, unless a store failed or a key is older than functions know.
    GenuineIsTaken,
    /// The sweep gives no pointer to an object whose own invocation still works on it.
    SweepWaits,
}

/// A promise that was broken, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    pub(crate) of: Invariant,
    pub(crate) how: String,
}

impl Violation {
    pub(crate) fn new(of: Invariant, how: impl Into<String>) -> Self {
        Self {
            of,
            how: how.into(),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.of, self.how)
    }
}

/// Breaks this promise unless the condition holds.
pub(crate) fn hold(
    of: Invariant,
    holds: bool,
    how: impl FnOnce() -> String,
) -> Result<(), Violation> {
    if holds {
        Ok(())
    } else {
        Err(Violation::new(of, how()))
    }
}
