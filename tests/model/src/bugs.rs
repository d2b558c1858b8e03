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
    /// A rotation ends the previous key at once.
    OneKey,
    /// There is no sweep.
    NoSweep,
}

impl Bug {
    /// All of them, and a promise that each must be seen to break.
    pub(crate) const ALL: [(Self, Invariant); 12] = [
        (Self::PointerBeforePayload, Invariant::PayloadIsThere),
        (Self::ReadThenWrite, Invariant::FirstPointerStays),
        (Self::DeleteAsCompensation, Invariant::NothingIsDeleted),
        (Self::AckAfterPayload, Invariant::AcknowledgedIsStored),
        (Self::KeyWithoutDigest, Invariant::BytesMatch),
        (Self::NoAgeFloor, Invariant::SweepWaits),
        (Self::DeleteBeforeLook, Invariant::PayloadIsThere),
        (Self::BodyAlone, Invariant::MergedOnlyByRule),
        (Self::StoreBeforeVerify, Invariant::NothingUnverified),
        (Self::OneKey, Invariant::GenuineIsTaken),
        (Self::NoSweep, Invariant::NothingIsLost),
        (Self::NoSweep, Invariant::NothingIsForgotten),
    ];
}
