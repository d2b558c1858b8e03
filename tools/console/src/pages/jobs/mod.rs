//! Changes that go on: the part that says how far one is, and ending one early. The page of what
//! it changes shows it.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};

use crate::{
    app::App,
    failure::Failure,
    fields::Asked,
    frame::part,
    jobs::{Job, page_of},
    markup::job_box,
};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/jobs/{id}", get(show))
        .route("/jobs/{id}/now", get(now))
}

pub(super) fn changes() -> Router<App> {
    Router::new().route("/jobs/{id}/stop", post(stop))
}

fn find(app: &App, id: &str) -> Result<Arc<Job>, Failure> {
    let found = id.parse().ok().and_then(|id| app.jobs.find(id));
    found.ok_or_else(|| {
        Failure::NotFound(
            "This console has done nothing of that number, or it is long over.".to_owned(),
        )
    })
}

async fn show(State(app): State<App>, Path(id): Path<String>) -> Result<Redirect, Failure> {
    Ok(Redirect::to(&page_of(&*find(&app, &id)?).to_string()))
}

/// The part that changes; nothing if the page has it already.
async fn now(
    State(app): State<App>,
    Path(id): Path<String>,
    Asked(asked): Asked,
) -> Result<Response, Failure> {
    let job = find(&app, &id)?;
    let seen = job.seen();
    if asked.one("seen") == Some(&seen.version.to_string()) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(part(job_box(&job, &seen, app.operate)))
}

async fn stop(State(app): State<App>, Path(id): Path<String>) -> Result<Redirect, Failure> {
    let job = find(&app, &id)?;
    app.log(&format!("{}: ends early: {}", app.caller, job.plan.what));
    job.stop();
    Ok(Redirect::to(&page_of(&job).to_string()))
}
