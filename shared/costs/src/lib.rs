//! What a stack costs at list price.
//!
//! [`Model::bill`] turns a [`Scenario`] (how many events, how large, how many subscriptions) into a [`Bill`]: one
//! [`Line`] for each thing that AWS meters, with its quantity, its unit price and the Terraform resource that causes
//! it. Pure: prices are [`Prices`], what the programs need is [`Measured`], and the defaults of the stack are read from
//! `terraform/variables.tf`, so that a changed default changes the bill.
//!
//! It is a model and no bill: list prices, no free tiers, no cold starts, no retries. `docs/cost.md` says what it
//! assumes; [`page`] writes the tables there.

mod attacks;
mod line;
mod measured;
mod model;
pub mod other;
pub mod page;
mod price;
mod problem;
mod scenario;
mod terraform;

pub use self::{
    attacks::threats,
    line::{Bill, Group, Line, Place},
    measured::{Bytes, Counts, CpuMs, Measured, WaitsMs},
    model::Model,
    price::{Price, Prices},
    problem::Problem,
    scenario::{DAYS_OF_A_MONTH, Front, Lane, Record, Refused, Scenario},
    terraform::Defaults,
};
