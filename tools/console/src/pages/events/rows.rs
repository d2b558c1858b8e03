use domain::Ref;
use maud::{Markup, html};
use operator::events::{EventState, ListedEvent};

use crate::{
    address::Address,
    markup::{bytes, class, shown, shown_at_most, time},
};

/// The page of an event.
pub(crate) fn event_address(reference: &Ref) -> Address {
    Address::to(&["events", &reference.to_string()])
}

/// A table of events.
pub(crate) fn listing(caption: &str, rows: &[(ListedEvent, EventState)]) -> Markup {
    html! {
        table id="list" class="stack" role="table" {
            caption { span class="unseen" { (caption) } }
            thead role="rowgroup" {
                tr role="row" {
                    th scope="col" class="time" role="columnheader" { "Received" }
                    th scope="col" role="columnheader" { "Type" }
                    th scope="col" role="columnheader" { "Event" }
                    th scope="col" role="columnheader" { "Subject" }
                    th scope="col" role="columnheader" { "State" }
                    th scope="col" class="number" role="columnheader" { "Size" }
                }
            }
            tbody role="rowgroup" {
                @for (event, state) in rows { (row(event, state)) }
            }
        }
    }
}

fn row(event: &ListedEvent, state: &EventState) -> Markup {
    let reference = event.reference.to_string();
    html! {
        tr data-row role="row" {
            td class="time" data-label="Received" role="cell" { (time(event.received_at)) }
            td data-label="Type" role="cell" { (shown_at_most(&event.kind, 80)) }
            th scope="row" data-label="Event" role="rowheader" {
                a href=(event_address(&event.reference)) class="ref" { (shown_at_most(&reference, 120)) }
            }
            td data-label="Subject" role="cell" {
                @if !event.subject.is_empty() && event.subject != event.id { (shown_at_most(&event.subject, 80)) }
            }
            td data-label="State" role="cell" { (state_mark(state)) }
            td class="number" data-label="Size" role="cell" { (bytes(event.size)) }
        }
    }
}

/// A state in words, in its colour: one that waits has a mark of its own.
pub(crate) fn state_mark(state: &EventState) -> Markup {
    let tone = match (state, state.tone()) {
        (EventState::Waiting { .. }, _) => "waiting",
        (_, tone) => class(tone),
    };
    html! { span class={ "state " (tone) } { (shown(&state.words())) } }
}
