use domain::Ref;
use maud::{Markup, html};
use operator::{
    Tone,
    events::EventDetails,
    replay::{ReplayPreview, ReplayTarget},
};

use super::choice::Choice;
use crate::{
    markup::{bytes, notice, shown, time},
    pages::{
        event::{read_only, replay_address},
        events::event_address,
    },
};

/// One of several answers.
fn radio(name: &str, value: &str, is_chosen: bool, text: &str, small: &str) -> Markup {
    html! {
        label class="choice" {
            input type="radio" name=(name) value=(value) checked[is_chosen];
            span { (shown(text)) small { (small) } }
        }
    }
}

/// To whom, and whether forced.
pub(super) fn form(details: &EventDetails) -> Markup {
    let reference = &details.reference;
    let names = &details.subscriptions;
    if names.is_empty() {
        return notice(
            Tone::Quiet,
            false,
            html! {
                p { b { "No subscription takes this event, so a replay goes nowhere." } }
                p { a href=(event_address(reference)) { "Back to the event" } }
            },
        );
    }
    html! {
        form action=(replay_address(reference)) method="get" class="card" {
            fieldset class="choices" {
                legend { "To" }
                (radio("to", "", true, "all subscriptions that take it", &format!("{}: through the stream, in order", names.join(", "))))
                @for name in names {
                    (radio("to", name, false, name, "into its queue; no other subscription is touched"))
                }
            }
            fieldset class="choices" {
                legend { "A processor that has completed it" }
                (radio("force", "no", true, "skips it", "for events that failed, or never came"))
                (radio("force", "yes", false, "handles it once more", "exactly once more, however often this replay is delivered"))
            }
            div class="buttons" {
                button class="primary" { "Preview" }
                a href=(event_address(reference)) class="button" { "Cancel" }
            }
        }
    }
}

pub(super) fn question(choice: &Choice) -> Markup {
    html! {
        "Replay this event to "
        @match &choice.subscription {
            Some(name) => (shown(name)),
            None => "all subscriptions that take it",
        }
        "?"
    }
}

/// What will happen, and the button that does it.
pub(super) fn sure(
    reference: &Ref,
    choice: &Choice,
    preview: &ReplayPreview,
    operate: bool,
) -> Markup {
    let to = choice.subscription.as_deref();
    let address = replay_address(reference);
    html! {
        form action=(address) method="post" class="card" {
            (notice(Tone::Attention, false, html! {
                p { b { "1 event goes " @if preview.to.len() == 1 { "to one subscription" } @else { "to " (preview.to.len()) " subscriptions" } ", once more." } }
                ul {
                    @for target in &preview.to { li { (effect(target, choice.force)) } }
                    li {
                        "The payload is there until " (time(preview.payload_until)) ": " (bytes(preview.size)) "."
                    }
                }
            }))
            input type="hidden" name="to" value=(to.unwrap_or_default());
            input type="hidden" name="force" value=(if choice.force { "yes" } else { "no" });
            div class="buttons" {
                @if operate {
                    button class="primary" {
                        "Replay to "
                        @match to {
                            Some(name) => (shown(name)),
                            None => "all",
                        }
                    }
                }
                a href=(address) class="button" { "Change" }
                a href=(event_address(reference)) class="button" { "Cancel" }
            }
            @if !operate { (read_only("replay events")) }
        }
    }
}

fn effect(target: &ReplayTarget, force: bool) -> Markup {
    let failed = target.record.as_ref();
    let failed = failed.filter(|record| record.failure.is_some());
    html! {
        b { (shown(&target.subscription)) } ": " (shown(&target.effect(force))) ". "
        @if target.by_queue { "It goes straight into its queue. " }
        @if let Some(record) = failed {
            "The last try failed: " (shown(record.reason.as_deref().unwrap_or_default())) ". "
            "If the event is in its DLQ too, it stays there."
        }
    }
}
