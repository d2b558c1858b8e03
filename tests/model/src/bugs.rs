//! The planted bugs.

use crate::invariants::Invariant;

/// A mistake that someone may make one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bug {
    /// The pointer is inserted before the payload is stored.
    PointerBeforePayload,
    /// Two calls decide between duplicates: a read, and a write without a condition.
    ReadThenWrite,
    /// If the pointer cannot be inserted, the payload is deleted.
    DeleteAsCompensation,
    /// A failed insertion is ignored: the payload is stored after all.
    AckAfterPayload,
    /// The object's key does not name the bytes.
    KeyWithoutDigest,
    /// The sweep gives pointers to objects of any age.
    NoAgeFloor,
    /// `admit` deletes what today's keys do not verify, without a look at claims and pointers.
    DeleteBeforeLook,
    /// Equal bytes are one event, whatever names them.
    BodyAlone,
    /// The body is stored before it is verified.
    StoreBeforeVerify,
    /// A delivery of an event that is known gets its answer before it is verified.
    DedupeBeforeVerify,
    /// A rotation ends the previous key at once.
    OneKey,
    /// There is no sweep.
    NoSweep,
    /// `admit` does not note which event an object is.
    NoClaims,
    /// `admit` tries for ever what it cannot decide.
    NoDeadLetters,
}

/// A bug, the promise that it breaks, and the name of a scenario in which it does.
pub(crate) type Planted = (Bug, Invariant, &'static str);

impl Bug {
    /// All of them, a promise that each must be seen to break, and the scenario that shows it.
    pub(crate) const ALL: [Planted; 15] = [
        (
            Self::PointerBeforePayload,
            Invariant::PayloadIsThere,
            "a delivery and its retry",
        ),
        (
            Self::ReadThenWrite,
            Invariant::FirstPointerStays,
            "a delivery and its retry",
        ),
        (
            Self::DeleteAsCompensation,
            Invariant::NothingIsDeleted,
            "a delivery and its retry",
        ),
        (
            Self::AckAfterPayload,
            Invariant::AcknowledgedIsStored,
            "a delivery and its retry",
        ),
        (
            Self::KeyWithoutDigest,
            Invariant::BytesMatch,
            "a delivery and an altered one",
        ),
        (
            Self::NoAgeFloor,
            Invariant::SweepWaits,
            "a young delivery and the sweep",
        ),
        (
            Self::DeleteBeforeLook,
            Invariant::PayloadIsThere,
            "a direct delivery and the leak of its key",
        ),
        (
            Self::BodyAlone,
            Invariant::MergedOnlyByRule,
            "two events of the same bytes, and a forged one",
        ),
        (
            Self::StoreBeforeVerify,
            Invariant::NothingUnverified,
            "two events of the same bytes, and a forged one",
        ),
        (
            Self::DedupeBeforeVerify,
            Invariant::ForgedIsRefused,
            "two events of the same bytes, and a forged one",
        ),
        (Self::OneKey, Invariant::GenuineIsTaken, "the key rotates"),
        (
            Self::NoSweep,
            Invariant::NothingIsLost,
            "a direct delivery and the sweep",
        ),
        (
            Self::NoSweep,
            Invariant::NothingIsForgotten,
            "a delivery, a retry and the sweep",
        ),
        (
            Self::NoClaims,
            Invariant::RoutedOnce,
            "a direct delivery and another rule for names",
        ),
        (
            Self::NoDeadLetters,
            Invariant::ComesToRest,
            "a direct delivery and the leak of its key",
        ),
    ];
}
