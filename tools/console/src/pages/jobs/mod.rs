//! The page of a change that goes on.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use maud::{Markup, html};
use operator::{Tone, plural};

use crate::{
    address::Address,
    app::App,
    failure::Failure,
    fields::Asked,
    frame::{Page, Section, page, part},
    jobs::{Job, Seen, address},
    markup::{button, capital, notice, shown, words},
};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/jobs/{id}", get(show))
        .route("/jobs/{id}/now", get(now))
}

pub(super) fn changes() -> Router<App> {
    Router::new().route("/jobs/{id}/stop", post(stop))
}

fn find(app: &App, id: &str) -> Result<std::sync::Arc<Job>, Failure> {
    let found = id.parse().ok().and_then(|id| app.jobs.find(id));
    found.ok_or_else(|| {
        Failure::NotFound(
            "This console has done nothing of that number, or it is long over.".to_owned(),
        )
    })
}

async fn show(State(app): State<App>, Path(id): Path<String>) -> Result<Response, Failure> {
    let job = find(&app, &id)?;
    let section = Section::of_path(&job.plan.back.to_string());
    let title = capital(&job.plan.what);
    let body = html! {
        (state(&job, &job.seen(), app.operate))
        div class="buttons" { (button("Back", &job.plan.back, "")) }
    };
    Ok(page(
        &app,
        Page::new(&title, section, &job.plan.command),
        body,
    ))
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
    Ok(part(state(&job, &seen, app.operate)))
}

async fn stop(State(app): State<App>, Path(id): Path<String>) -> Result<Response, Failure> {
    let job = find(&app, &id)?;
    job.stop();
    Ok(Redirect::to(&address(&job).to_string()).into_response())
}

fn state(job: &Job, seen: &Seen, operate: bool) -> Markup {
    let id = job.id.to_string();
    let now = Address::to(&["jobs", &id, "now"]).with("seen", &seen.version.to_string());
    let trigger = seen.end.is_none().then_some("every 1s");
    html! {
        div id="job" hx-get=(now) hx-trigger=[trigger] hx-swap="outerHTML" {
            @match &seen.end {
                Some(done) => (notice(done.tone, done.tone == Tone::Bad, html! {
                    @for line in done.text.lines() { p { (words(line)) } }
                })),
                None => (notice(Tone::Attention, false, running(job, seen, operate))),
            }
            @if !seen.notes.is_empty() {
                ul { @for line in &seen.notes { li { (words(line)) } } }
            }
        }
    }
}

fn running(job: &Job, seen: &Seen, operate: bool) -> Markup {
    let stop = Address::to(&["jobs", &job.id.to_string(), "stop"]);
    let doing = if seen.doing.is_empty() {
        "It runs."
    } else {
        &seen.doing
    };
    html! {
        p role="status" { b { (shown(doing)) } }
        @if let Some(of) = seen.of {
            p {
                progress max=(of) value=(seen.done.min(of)) aria-label="Done" {}
                " " (seen.done) " of about " (plural(of, "message"))
            }
        }
        p class="note" { "It goes on if you leave this page, and ends in order if the console ends." }
        @if operate {
            form action=(stop) method="post" { button { "End it now" } }
        }
    }
}

#[cfg(test)]
mod tests {
    use operator::Progress as _;

    use super::*;
    use crate::jobs::{Jobs, Plan};

    #[test]
    fn it_asks_again_until_it_has_ended() {
        let jobs = Jobs::default();
        let plan = Plan {
            subject: "dlq invoices".to_owned(),
            what: "redrive 3 dead letters of invoices".to_owned(),
            back: Address::to(&["dlqs", "invoices"]),
            command: "coatcheck dlq redrive invoices".to_owned(),
        };
        let job = jobs.add(plan).unwrap();
        job.of(3);
        job.done(2);
        job.note("<script>\u{202e}");
        let html = state(&job, &job.seen(), true).into_string();
        assert!(
            html.contains("hx-get=\"/jobs/1/now?seen=3\" hx-trigger=\"every 1s\""),
            "{html}"
        );
        assert!(html.contains("<progress max=\"3\" value=\"2\""), "{html}");
        assert!(html.contains("action=\"/jobs/1/stop\""), "{html}");
        assert!(
            html.contains("&lt;script&gt;") && !html.contains('\u{202e}'),
            "{html}"
        );
        assert!(
            !state(&job, &job.seen(), false)
                .into_string()
                .contains("<form")
        );
        job.end(Tone::Good, "3 moved\nstays: <b>".to_owned());
        let html = state(&job, &job.seen(), true).into_string();
        assert!(
            !html.contains("hx-trigger") && !html.contains("<form"),
            "{html}"
        );
        assert!(
            html.contains("notice good") && html.contains("stays: &lt;b&gt;"),
            "{html}"
        );
    }
}
