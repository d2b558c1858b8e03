//! Subscriptions: who gets which events, and whether they are brought.

mod list;
mod meaning;
mod pause;
mod pipe;
mod status;
mod switch;
mod target;

pub use aws::PipeState;

pub use self::{
    list::{Listed, list},
    meaning::Meaning,
    pause::{may_stop, while_stopped},
    pipe::Pipe,
    status::{Status, status},
    switch::{Goal, switch},
    target::{Seen, TARGET_MISSING},
};
