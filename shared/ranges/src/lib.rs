//! The address ranges that providers publish for their webhooks.
//!
//! A [`List`] is a file of `lists/`, which Terraform reads too (`terraform/ranges`): who publishes
//! it, where and in what form, and what it was on which day. [`Provider::read`] gets what the
//! provider publishes today, and [`Difference`] compares. A list is no proof of anything: the
//! signature is.

mod difference;
mod list;
mod provider;
mod published;

use std::collections::BTreeSet;

use ipnet::IpNet;

pub use self::{
    difference::Difference,
    list::{Form, List, ListProblem, bundled},
    provider::{Provider, ReadProblem},
    published::{PublishedProblem, parse},
};

/// Ranges in their order, IPv4 first, each with the bits of the host cleared.
pub type Ranges = BTreeSet<IpNet>;

/// The most ranges of one list. Terraform takes up to 1,000 for an endpoint.
pub const MAX_RANGES: usize = 500;
