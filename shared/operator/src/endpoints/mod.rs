//! Endpoints: the URLs that providers post to, and their keys.

mod demands;
mod deployed;
mod list;
mod names;
mod rotate;
mod testing;
mod words;

pub use provider::Sent;

pub use self::{
    deployed::{DeployedEndpoint, find},
    list::{ListedEndpoint, ListedKey, configured, list, listed},
    names::names,
    rotate::{RotatedKey, Rotation, RotationOptions, parse_secret, plan_rotation},
    testing::{TestOutcome, test},
    words::{SchemeWords, describe},
};
