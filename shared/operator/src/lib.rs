//! What one can do with a stack, for any program that shows it: a command line, a page.
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
pub mod doctor;
pub mod endpoints;
pub mod events;
mod few;
pub mod logs;
mod pace;
mod problem;
mod progress;
pub mod replay;
mod seen;
pub mod stack;
mod stop;
pub mod subscriptions;
pub mod sweep;
mod time;
mod tone;

pub use self::{
    problem::{Problem, Result},
    progress::Progress,
    stack::Stack,
    stop::Stop,
    time::said,
    tone::Tone,
};

/// All that is in a queue, seen by somebody just now or not.
pub fn in_queue(depth: &aws::operator::Depth) -> u64 {
    let seen = depth.visible.saturating_add(depth.in_flight);
    seen.saturating_add(depth.delayed)
}

#[cfg(test)]
mod tests {
    use domain::Ref;

    use super::*;

    /// A page is served by whatever thread is free, so every operation must go to any.
    #[expect(dead_code, reason = "it is there to be compiled")]
    fn each_operation_can_go_to_another_thread(
        (stack, stop): (&Stack, &Stop),
        (reference, query): (&Ref, &events::Query),
        (dlq, pipe): (&dlq::Dlq<'_>, &subscriptions::Pipe<'_>),
        (wish, rotation): (replay::Wish<'_>, &endpoints::Rotation),
    ) {
        fn goes(_: impl Send) {}
        goes(events::story(stack, reference));
        goes(events::verify(stack, reference));
        goes(events::Search::new(stack, query, None).next());
        goes(replay::one(stack, reference, wish, true));
        goes(replay::count(stack, query.clone(), wish, &()));
        goes(subscriptions::list(stack));
        goes(subscriptions::status(stack, Vec::new()));
        goes(subscriptions::while_stopped(stack, pipe));
        goes(dlq::depths(stack));
        goes(dlq::show(stack, dlq, 1));
        goes(dlq::purge(stack, dlq));
        goes(endpoints::list(stack));
        goes(endpoints::find(stack, "a"));
        goes(rotation.put(stack));
        goes(doctor::look(stack));
        goes(stop.wait());
    }
}
