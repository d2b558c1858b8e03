//! To be written.

use axum::{Router, extract::State, response::Response, routing::get};

use crate::{
    app::App,
    frame::{Page, Section, page},
    markup::card,
};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/subscriptions", get(show))
}

pub(super) fn changes() -> Router<App> {
    Router::new()
}

async fn show(State(app): State<App>) -> Response {
    let section = Section::Subscriptions;
    let body = card(
        "To be written",
        maud::html! { p { "This page is not there yet." } },
    );
    page(
        &app,
        Page::new("Subscriptions", section, section.command()),
        body,
    )
}
