//! Endpoints: the URLs that providers post to, and their keys.

mod deployed;
mod list;
mod names;
mod rotate;

pub use self::{
    deployed::{DeployedEndpoint, find},
    list::{ListedEndpoint, ListedKey, configured, list},
    names::names,
    rotate::{RotatedKey, Rotation, RotationOptions, parse_secret, plan_rotation},
};
