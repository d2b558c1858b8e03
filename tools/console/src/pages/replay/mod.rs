//! Routes an event again: a page that asks, one that says what it will do, and the doing.

mod choice;
mod view;

use axum::{
    Router,
    extract::{Path, State},
    http::{StatusCode, header::LOCATION},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use operator::{events, replay};

use self::choice::Choice;
use super::{
    event::{crumb, named},
    events::event_address,
};
use crate::{
    app::App,
    change::change,
    failure::Failure,
    fields::{Asked, Fields},
    frame::{Page, Section, page},
    markup::shown,
    shell,
};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/replay/{*reference}", get(ask))
}

pub(super) fn changes() -> Router<App> {
    Router::new().route("/replay/{*reference}", post(send))
}

/// Asks to whom, and says what it will do before it is done.
async fn ask(
    State(app): State<App>,
    Path(reference): Path<String>,
    Asked(fields): Asked,
) -> Result<Response, Failure> {
    let reference = named(&reference)?;
    let text = reference.to_string();
    let frame = |command| Page {
        crumb: Some(crumb(&reference, true)),
        lead: Some(maud::html! { span class="ref" { (shown(&text)) } }),
        ..Page::new("Replay", Section::Events, command)
    };
    if fields.one("to").is_none() {
        let details = events::details(&app.stack, &reference).await?;
        let command = format!("coatcheck replay {} --dry-run", shell::word(&text));
        let frame = Page {
            heading: Some(maud::html! { "Replay this event" }),
            ..frame(&command)
        };
        return Ok(page(&app, frame, view::form(&details)));
    }
    let choice = Choice::read(&fields)?;
    let preview = replay::preview(&app.stack, &reference, choice.options()).await?;
    let command = choice.command(&reference);
    let frame = Page {
        heading: Some(view::question(&choice)),
        ..frame(&command)
    };
    Ok(page(
        &app,
        frame,
        view::sure(&reference, &choice, &preview, app.operate),
    ))
}

/// Routes the event again. What it may go to is checked again first.
async fn send(
    State(app): State<App>,
    Path(reference): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let reference = named(&reference)?;
    let choice = Choice::read(&fields)?;
    let to = choice.subscription.as_deref();
    let to = to.unwrap_or("all subscriptions that take it");
    let forced = if choice.force { ", forced" } else { "" };
    let what = format!("replay the event {reference} to {to}{forced}");
    let work = replay::one(&app.stack, &reference, choice.options(), false);
    let outcome = change(&app, &what, work).await?;
    // Not an answer to the POST itself: a reload would replay the event once more.
    let address = event_address(&reference);
    let address = match &outcome.id {
        Some(id) => address.with("replayed", id),
        None => address,
    };
    Ok((StatusCode::SEE_OTHER, [(LOCATION, address.to_string())]).into_response())
}
