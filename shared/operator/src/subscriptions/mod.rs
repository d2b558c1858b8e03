//! Subscriptions: which events go to which target, and whether they do.

mod goal;
mod hold;
mod keys;
mod list;
mod meaning;
mod pause;
mod pipe;
mod readers;
mod status;
mod switch;
mod target;
mod testing;

pub use aws::{BreakerRecord, BreakerState, PipeState, operator::Depth};

pub use self::{
    goal::Goal,
    hold::{HoldEnd, hold},
    keys::{
        KeyPlace, KeyRotation, ListedSigningKey, RevealedKeys, RotatedSigningKey, plan_key_rotation,
    },
    list::{ListedSubscription, list},
    meaning::Meaning,
    pause::{may_stop, while_stopped},
    pipe::Pipe,
    readers::{OPEN, PAUSED},
    status::{Depths, Status, depths, status},
    switch::switch,
    target::{TARGET_MISSING, TargetState},
    testing::{TestEnd, TestOutcome, test},
};

pub(crate) use self::readers::Readers;
