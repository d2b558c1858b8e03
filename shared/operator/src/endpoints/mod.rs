//! Endpoints: the URLs that providers post to, and their keys.

mod found;
mod list;
mod rotate;

pub use self::{
    found::{Found, find},
    list::{Listed, ListedKey, list},
    rotate::{Rotation, Told, Wish, issued, rotation},
};
