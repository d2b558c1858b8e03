//! Alerts: messages to the alarm topics that say what happened, where, since when, and what to do.

mod decide;
mod destinations;
mod look;
mod message;
mod ports;
mod refusals;
mod send;
#[cfg(test)]
pub(crate) mod tests;
mod trouble;
mod watched;
mod wiring;

pub(crate) use self::{
    ports::{DeadLetters, Dlqs, Memory, Outlet, StackParts, Sums},
    wiring::Alerts,
};
