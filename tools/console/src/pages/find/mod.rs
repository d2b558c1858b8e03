//! Finds an event by its ref, its id, or the beginning of one, and events by an attribute.

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header::LOCATION},
    response::{IntoResponse as _, Response},
    routing::get,
};
use domain::{Timestamp, format_time};
use maud::{Markup, html};
use operator::{
    Stack, Tone,
    events::{self, Budget, Condition, EventState, FoundEvents, ListedEvent},
    plural,
};

use super::events::{ROWS, event_address, listing};
use crate::{
    address::Address,
    app::App,
    failure::Failure,
    fields::Asked,
    frame::{Page, Section, page},
    markup::{card, notice, shown_at_most, time},
    shell,
};

/// More of what was looked for is not shown.
const SHOWN: usize = 200;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/find", get(show))
}

pub(super) fn changes() -> Router<App> {
    Router::new()
}

async fn show(State(app): State<App>, Asked(fields): Asked) -> Result<Response, Failure> {
    let text = fields.one("q").unwrap_or_default().trim();
    if text.is_empty() {
        let to = Section::Events.address().to_string();
        return Ok((StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response());
    }
    if let Some(list) = by_attributes(&app.stack, text) {
        return Ok((StatusCode::SEE_OTHER, [(LOCATION, list.to_string())]).into_response());
    }
    let before = fields
        .one("before")
        .map(str::parse::<Timestamp>)
        .transpose()
        .map_err(|_| Failure::Unreadable("\"before\" is no time.".to_owned()))?;
    let budget = Budget::new(Budget::PAGE);
    let found = events::find_text(&app.stack, text, before, ROWS, &budget).await?;
    if let ([event], true) = (found.events.as_slice(), found.exact) {
        let to = event_address(&event.reference).to_string();
        return Ok((StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response());
    }
    let states = events::states(&app.stack, &found.events).await?;
    let until = before.unwrap_or_else(|| (app.stack.now)());
    let days = app.stack.description.days.pointers;
    let command = format!("coatcheck events show {}", shell::word(text));
    let frame = Page {
        query: text,
        ..Page::new("Find", Section::Events, &command)
    };
    Ok(page(&app, frame, body(text, found, states, until, days)))
}

/// The list of the events with these attributes, if the text says so: `customer=cus_1`, or several with spaces between. Only
/// a name that an endpoint declares counts: an id may contain `=`, too.
fn by_attributes(stack: &Stack, text: &str) -> Option<Address> {
    let conditions: Vec<Condition> = match conditions(stack, text.split_whitespace()) {
        Some(several) => several,
        // A value may contain spaces.
        None => conditions(stack, [text].into_iter())?,
    };
    let list = Section::Events.address();
    let list = conditions.iter().fold(list, |list, condition| {
        list.with("where", &condition.to_string())
    });
    Some(list.with("since", "90d"))
}

fn conditions<'t>(stack: &Stack, texts: impl Iterator<Item = &'t str>) -> Option<Vec<Condition>> {
    let declared = &stack.description.declared;
    texts
        .map(|text| {
            let condition: Condition = text.parse().ok()?;
            let mut all = declared.values();
            all.any(|of| of.contains_key(&condition.name))
                .then_some(condition)
        })
        .collect()
}

fn body(
    text: &str,
    found: FoundEvents,
    states: Vec<EventState>,
    until: Timestamp,
    days: u32,
) -> Markup {
    let further = found.looked_back_to.map(|to| {
        let to = format_time(to);
        Address::to(&["find"]).with("q", text).with("before", &to)
    });
    let looked_to = found.looked_back_to;
    let searched = html! {
        @match looked_to {
            Some(to) => { "between " (time(to)) " and " (time(until)) },
            None => { "before " (time(until)) },
        }
    };
    let further = html! {
        @if let Some(further) = &further { a href=(further) { "Look further back" } ". " }
    };
    let rows: Vec<(ListedEvent, EventState)> = found.events.into_iter().zip(states).collect();
    if rows.is_empty() {
        return card(
            "Found",
            html! {
                div class="empty" {
                    p { b { "No event is called " code { (shown_at_most(text, SHOWN)) } "." } }
                    p {
                        "Searched: the ref, the id at each endpoint, and refs and ids that begin with it " (searched) ". " (further)
                    }
                    p {
                        "It was never received, or its pointer has expired (after " (days) " days at most). A delivery that was refused has no event."
                    }
                }
            },
        );
    }
    let caption = format!("{} found", plural(rows.len(), "event"));
    html! {
        (notice(Tone::Quiet, false, html! {
            p {
                @if found.exact { (caption) ", each with the whole of " }
                @else { (plural(rows.len(), "event")) " received " (searched) " begin with " }
                code { (shown_at_most(text, SHOWN)) } ". "
                (further)
                @if !found.exact { "The whole ref or id finds an event of any age." }
            }
        }))
        (card("Found", listing(&caption, &rows)))
    }
}
