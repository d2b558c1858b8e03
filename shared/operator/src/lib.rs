//! What one can do with a stack, for whoever shows it: a command line, a page.
//!
//! [`Stack::find`] gives a stack as it describes itself. Every operation takes it, returns
//! data, and knows nothing of flags, tables and colours:
//!
//! | module | what it does |
//! |---|---|
//! | [`events`] | find and list events, the story of one, its payload, its second verification |
//! | [`replay`] | route events again: one, or a selection that may be stopped and gone on with |
//! | [`subscriptions`] | the state of each, what it means; stop and start their pipes |
//! | [`dlq`] | list the DLQs, show what is in them, redrive, purge |
//! | [`endpoints`] | list and find endpoints, change their keys |
//! | [`sweep`] | give payloads their pointers that a crash left without |
//! | [`logs`] | read what a function logs |
//! | [`doctor`] | look at everything, and say what to do where it is not well |
//!
//! What takes long tells a [`Progress`] how far it is, and ends early and in order when its
//! [`Stop`] says so. What fails says why, and what to do next: [`Problem`].

pub mod dlq;
pub mod endpoints;
pub mod events;
pub mod logs;
mod pace;
mod problem;
mod progress;
pub mod replay;
mod seen;
pub mod stack;
mod stop;
pub mod sweep;
mod time;

pub use self::{
    pace::Pace,
    problem::{Problem, Result, in_short, is_denied, next_step},
    progress::Progress,
    stack::Stack,
    stop::Stop,
    time::{said, said_s},
};

/// How many calls of one kind are under way at once: AWS allows few of them a second.
pub const AT_ONCE: usize = 8;

/// All that is in a queue, seen by somebody just now or not.
pub fn in_queue(depth: &aws::operator::Depth) -> u64 {
    let seen = depth.visible.saturating_add(depth.in_flight);
    seen.saturating_add(depth.delayed)
}
