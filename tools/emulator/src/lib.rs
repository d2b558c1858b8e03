//! What both emulators of the local cloud share: how they start and stop ([`Args`], [`start`], [`listen`]), and how
//! they act under a role that a service of AWS would assume ([`Roles`]).

mod condition;
mod control_plane;
mod failure;
mod pattern;
mod process;
mod role;
mod trust;

pub use crate::{
    condition::CallContext,
    control_plane::{Address, ControlPlane},
    failure::{Failure, code},
    pattern::{like, list},
    process::{Args, Clock, announce, listen, start},
    role::Roles,
    trust::{Caller, Trust},
};
