//! What several of these pages have.

use maud::{Markup, html};
use operator::{
    stack::Subscription,
    subscriptions::{OPEN, PAUSED, Pipe, Status, status},
};

use crate::{
    address::Address,
    app::Console,
    failure::Failure,
    frame::Section,
    markup::{button, pipe_state, shown},
};

/// Its state now.
pub(super) async fn read<'a>(app: &'a Console, name: &str) -> Result<Status<'a>, Failure> {
    let pipe = Pipe::named(&app.stack.description, name)?;
    let mut rows = status(&app.stack, vec![pipe]).await?;
    rows.pop().ok_or_else(|| Failure::NotFound(name.to_owned()))
}

/// What the pages of one are about, for the jobs that change it.
pub(super) fn subject(name: &str) -> String {
    format!("reader of {name}")
}

/// The way back: to all, or to this one.
pub(super) fn crumb(one: Option<&str>) -> Markup {
    html! {
        a href=(Section::Subscriptions.address()) { "Subscriptions" }
        @if let Some(name) = one {
            " / " a href=(Address::to(&["subscriptions", name])) { (shown(name)) }
        }
    }
}

/// Its state in a word.
pub(super) fn state_of(row: &Status<'_>) -> Markup {
    pipe_state(row.state(), row.meaning().tone)
}

/// Leads to the question whether to pause or to resume it. While its breaker is open, it can be both.
pub(super) fn change_button(row: &Status<'_>, size: &str) -> Markup {
    let name = row.pipe.owner;
    let to = |what| Address::to(&["subscriptions", name, what]);
    let resume = || button("Resume …", &to("resume"), format!("{size} primary").trim());
    let pause = || button("Pause …", &to("pause"), size);
    match row.status.current.as_str() {
        "STOPPED" | "START_FAILED" | "STOPPING" | PAUSED => resume(),
        OPEN => html! { (resume()) " " (pause()) },
        _ => pause(),
    }
}

/// Where the events go.
pub(super) fn target(subscription: Option<&Subscription>) -> Markup {
    let Some(one) = subscription else {
        return html! { "the stack's topic" };
    };
    let place = one.target.place();
    let short = match place.split_once("://") {
        Some((_, address)) => address,
        None => place.rsplit(':').next().unwrap_or_default(),
    };
    let rate = one.deliver.as_ref().and_then(|deliver| deliver.rate_per_s);
    html! {
        @match &one.target.processor {
            Some(processor) => { "processor " (shown(processor)) },
            None => { (shown(&one.target.kind)) " " (shown(short)) },
        }
        @if let Some(rate) = rate { ", at most " (rate) "/s" }
    }
}

/// Which types it takes.
pub(super) fn types(subscription: Option<&Subscription>) -> Markup {
    let all = ["*".to_owned()];
    let types = subscription.map_or(&all[..], |one| &one.types);
    html! {
        @for (at, one) in types.iter().enumerate() {
            @if at > 0 { ", " }
            code { (shown(one)) }
        }
    }
}

/// From which endpoints.
pub(super) fn endpoints(subscription: Option<&Subscription>) -> Markup {
    match subscription.and_then(|one| one.endpoints.as_ref()) {
        Some(some) => shown(&some.join(", ")),
        None => html! { "all" },
    }
}

/// Rows for the tests of these pages.
#[cfg(test)]
pub(super) mod samples {
    use operator::{
        dlq::Depth,
        stack::StackDescription,
        subscriptions::{Pipe, PipeState, Status, TargetState},
    };

    pub(crate) fn row<'a>(
        description: &'a StackDescription,
        name: &str,
        state: &str,
        dead: u64,
    ) -> Status<'a> {
        let pipe = Pipe::named(description, name).unwrap();
        let depth = |visible| Depth {
            visible,
            kept_s: 1_209_600,
            ..Depth::default()
        };
        Status {
            pipe,
            status: PipeState {
                current: state.to_owned(),
                desired: None,
                reason: Some("<i>no right</i>".to_owned()),
            },
            breaker: None,
            target: description
                .subscriptions
                .get(name)
                .map(|one| (one, TargetState::Exists)),
            queue: pipe.queue_url.map(|_| depth(12)),
            dead_letters: pipe.dead_letters_url.map(|_| depth(0)),
            dlq: depth(dead),
        }
    }
}
