//! Routes for what no page has by itself: for tests only.

use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use bytes::Bytes;

use crate::{
    app::App,
    change::change,
    failure::Failure,
    fields::Fields,
    frame::{Page, Section, page, part},
    headers::download,
    markup::shown,
};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/test/page", get(empty))
        .route("/test/download", get(large))
        .route("/test/refused", get(refused))
}

/// Something to change.
pub(super) fn changes() -> Router<App> {
    Router::new()
        .route("/test/change", post(changed))
        .route("/test/slow", post(slow))
}

async fn empty(State(app): State<App>) -> Response {
    let body = maud::html! { p { "empty" } };
    page(
        &app,
        Page::new("Test", Section::Events, "coatcheck test"),
        body,
    )
}

/// Larger than what the sockets on both sides hold.
async fn large() -> Response {
    download(Bytes::from(vec![b'a'; 64 * 1_024 * 1_024]))
}

async fn refused() -> Failure {
    Failure::Problem(operator::Problem::Refused(
        "not <b>now</b>\u{202e}\n  or ever".to_owned(),
    ))
}

async fn changed(State(app): State<App>, fields: Fields) -> Result<Response, Failure> {
    let what = fields.needs("what")?;
    let fails = fields.one("fails").is_some();
    let work = async {
        if fails {
            return Err(operator::Problem::Refused("no\u{1b}[2J".to_owned()));
        }
        Ok(fields.all("message").len())
    };
    let count = change(&app, what, work).await?;
    Ok(part(maud::html! { (shown(&format!("{count} changed"))) }))
}

async fn slow(State(app): State<App>, fields: Fields) -> Result<Response, Failure> {
    let work = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        Ok(())
    };
    change(&app, fields.needs("what")?, work).await?;
    Ok(part(maud::html! { "done" }))
}
