//! Endpoints: the URLs that providers post to, and their keys.

mod deployed;
mod list;
mod rotate;

pub use self::{
    deployed::{DeployedEndpoint, find},
    list::{ListedEndpoint, ListedKey, configured, list},
    rotate::{RotatedKey, Rotation, RotationOptions, parse_secret, plan_rotation},
};
