//! Subscriptions: who gets which events, and whether they are brought.

mod list;
mod meaning;
mod pause;
mod pipe;
mod status;
mod switch;

pub use aws::PipeState;

pub use self::{
    list::{Delivered, Listed, list},
    meaning::Meaning,
    pause::{may_stop, while_stopped},
    pipe::Pipe,
    status::{Status, status},
    switch::{Goal, switch},
};
