//! What you can do with a stack, for any program that shows it: a command line, a web page.
//!
//! [`Stack::find`] finds a stack, which describes itself. Every operation takes it, returns
//! data, and knows nothing of flags, tables and colours:
//!
//! | module | what it does |
//! |---|---|
//! | [`events`] | list events; one event's details, payload and second verification |
//! | [`replay`] | route events again: one, or a selection that you can stop and resume |
//! | [`subscriptions`] | their state and what it means; stop and start their readers; send a test through one; rotate its signing key |
//! | [`dlq`] | list the DLQs, show their messages, redrive, purge |
//! | [`endpoints`] | list and find endpoints, rotate their keys, send a test delivery |
//! | [`listen`] | read events as they come, each once, with what was delivered: payload and headers |
//! | [`sweep`] | find payloads that a crash left without a pointer, and write the pointer |
//! | [`metrics`] | deliveries and backlogs over time, for charts; what a month used |
//! | [`logs`] | read the log of a function |
//! | [`describe`] | put a scheme into words |
//! | [`doctor`] | check everything, and say what to do where something is wrong |
//!
//! Long operations report to a [`Progress`], and end early and in order when their [`Stop`] is
//! requested. An error says what to do next: [`Problem`].

mod concurrently;
pub mod describe;
pub mod dlq;
pub mod doctor;
pub mod endpoints;
pub mod events;
mod format;
mod key_ids;
pub mod listen;
pub mod logs;
pub mod metrics;
mod problem;
mod progress;
mod rate_limit;
mod redaction;
pub mod replay;
mod seen;
mod sight;
pub mod stack;
mod stop;
pub mod subscriptions;
pub mod sweep;
mod text;
mod tone;

pub use aws::operator::requests;

pub use self::{
    format::{format_bytes, format_duration, plural},
    problem::{Problem, Result},
    progress::Progress,
    sight::Sight,
    stack::Stack,
    stop::Stop,
    text::{Piece, pieces, steers, visible},
    tone::Tone,
};

/// All messages of a queue: waiting, held by a reader, or delayed.
pub fn in_queue(depth: &aws::operator::Depth) -> u64 {
    let received = depth.visible.saturating_add(depth.in_flight);
    received.saturating_add(depth.delayed)
}

#[cfg(test)]
mod tests {
    use domain::Ref;

    use super::*;

    /// A web server runs an operation on any free thread, so each must be `Send`.
    #[expect(dead_code, reason = "compiling it is the test")]
    fn each_operation_can_go_to_another_thread(
        (stack, stop): (&Stack, &Stop),
        (reference, query): (&Ref, &events::Query),
        (details, budget, cursor): (&events::EventDetails, &events::Budget, &events::Cursor),
        (dlq, selection): (&dlq::Dlq<'_>, &dlq::Selection),
        (pipe, length): (&subscriptions::Pipe<'_>, domain::SignedDuration),
        (options, rotation): (replay::ReplayOptions<'_>, &endpoints::Rotation),
        (place, key_rotation, cache): (
            &subscriptions::KeyPlace,
            subscriptions::KeyRotation,
            &metrics::ChartCache,
        ),
    ) {
        fn goes(_: impl Send) {}
        goes(events::details(stack, reference));
        goes(events::verify(stack, reference));
        goes(events::Search::new(stack, query, None).next());
        goes(events::page(stack, query, None, None, 1, budget));
        goes(events::count_newer(stack, query, cursor, 1, budget));
        goes(events::find_text(stack, "a", None, 1, budget));
        goes(events::way(stack, details, None));
        goes(events::excerpt(stack, details, 1));
        goes(events::kept_headers(stack, details));
        goes(replay::preview(stack, reference, options));
        goes(replay::one(stack, reference, options, true));
        goes(replay::count(stack, query.clone(), options, &()));
        goes(subscriptions::list(stack));
        goes(subscriptions::status(stack, Vec::new()));
        goes(subscriptions::while_stopped(stack, pipe));
        goes(place.list(stack));
        goes(subscriptions::plan_key_rotation(stack, "a", length));
        goes(key_rotation.apply(stack));
        let times = (length, std::time::Duration::ZERO);
        goes(subscriptions::hold(
            stack,
            pipe,
            times,
            &(),
            stop,
            |_, _| Ok::<(), Problem>(()),
        ));
        goes(dlq::list(stack));
        goes(dlq::show(stack, dlq, 1));
        goes(dlq::redrive(stack, dlq, selection, None, &(), stop));
        goes(dlq::purge(stack, dlq, selection, &(), stop));
        goes(endpoints::list(stack));
        goes(endpoints::find(stack, "a"));
        goes(rotation.apply(stack));
        goes(cache.deliveries(stack, metrics::ChartSpan::Hour));
        goes(metrics::usage(stack));
        goes(cache.backlog(stack, "a", metrics::ChartSpan::Hour));
        goes(endpoints::test(stack, "a", None, times.1, &()));
        goes(doctor::examine(stack));
        goes(listen::fetch(stack, reference));
        goes(stop.wait());
    }
}
