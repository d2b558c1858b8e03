//! The overview: the picture of the flow, deliveries over time, what the doctor found.

mod address;
mod charts;
mod doctor;
mod flow;

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use maud::{Markup, html};
use operator::{
    Tone, in_queue,
    metrics::{ChartSpan, Charts},
    plural,
    subscriptions::{Status, TARGET_MISSING},
};

use crate::{
    app::App,
    failure::Failure,
    fields::{Asked, Fields},
    frame::{Page, Section, page},
    markup::{card, notice, part_if_changed, shown},
};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(show))
        .route("/parts/flow", get(flow_part))
        .route("/parts/charts", get(charts_part))
        .route("/parts/doctor", get(doctor_part))
}

pub(super) fn changes() -> Router<App> {
    Router::new()
}

async fn show(State(app): State<App>, Asked(asked): Asked) -> Result<Response, Failure> {
    let span = span(&asked)?;
    let (flow, deliveries) = tokio::join!(
        app.snapshot.flow(&app.stack),
        app.snapshot.deliveries(&app.stack, span),
    );
    let flow = flow?;
    let statuses = flow.statuses(&app.stack.description);
    let charts = deliveries.as_deref().ok();
    let picture = flow::picture(&flow, &statuses, charts, span);
    let body = html! {
        (summary(&statuses))
        @if is_empty(charts) { (first_steps(&flow, span)) }
        (flow::part(&picture, span))
        div class="columns" {
            (charts::part(&charts::body(&deliveries, span), span))
            (doctor::placeholder())
        }
    };
    let frame = Page {
        live: &["flow", "charts", "doctor"],
        ..Page::new("Overview", Section::Overview, "coatcheck doctor")
    };
    Ok(page(&app, frame, body))
}

async fn flow_part(State(app): State<App>, Asked(asked): Asked) -> Result<Response, Failure> {
    let span = span(&asked)?;
    let flow = app.snapshot.flow(&app.stack).await?;
    let deliveries = app.snapshot.deliveries(&app.stack, span).await;
    let statuses = flow.statuses(&app.stack.description);
    let picture = flow::picture(&flow, &statuses, deliveries.as_deref().ok(), span);
    Ok(part_if_changed(&asked, &picture, |picture| {
        flow::part(picture, span)
    }))
}

async fn charts_part(State(app): State<App>, Asked(asked): Asked) -> Result<Response, Failure> {
    let span = span(&asked)?;
    let deliveries = app.snapshot.deliveries(&app.stack, span).await;
    let body = charts::body(&deliveries, span);
    Ok(part_if_changed(&asked, &body, |body| {
        charts::part(body, span)
    }))
}

async fn doctor_part(State(app): State<App>, Asked(asked): Asked) -> Response {
    let again = asked.one("again").is_some();
    let examined = app.snapshot.examined(&app.stack, again).await;
    let body = doctor::body(&examined);
    if again {
        // A person waits for it: they want to see that it looked.
        return doctor::part(&body).into_response();
    }
    part_if_changed(&asked, &body, doctor::part)
}

fn span(asked: &Fields) -> Result<ChartSpan, Failure> {
    Ok(asked.one("span").map_or(Ok(ChartSpan::Hour), str::parse)?)
}

/// Whether it is known that nothing came.
fn is_empty(charts: Option<&Charts>) -> bool {
    charts.is_some_and(|charts| {
        let mut all = charts.received.series.iter().chain(&charts.refused.series);
        all.all(|series| series.total() == 0)
    })
}

/// What a person must know first, in a sentence; nothing if all is well.
fn summary(statuses: &[Status<'_>]) -> Markup {
    let subscriptions = || statuses.iter().filter(|one| one.target.is_some());
    let count = |is: fn(&Status<'_>) -> bool| subscriptions().filter(|one| is(one)).count();
    let missing = count(|one| one.state() == TARGET_MISSING);
    let paused = count(|one| one.state() == "STOPPED" && one.pipe.enabled);
    let dead: u64 = statuses.iter().map(|one| in_queue(&one.dlq)).sum();
    let mut parts = Vec::new();
    let router = statuses.iter().find(|one| one.target.is_none());
    if let Some(router) = router
        && router.meaning().tone != Tone::Good
    {
        parts.push("the router does not run".to_owned());
    }
    let verb = |many: usize| if many == 1 { "has" } else { "have" };
    if missing > 0 {
        let verb = verb(missing);
        parts.push(format!(
            "{} {verb} no target",
            plural_of(missing, "subscription")
        ));
    }
    if paused > 0 {
        let verb = if paused == 1 { "is" } else { "are" };
        parts.push(format!(
            "{} {verb} paused",
            plural_of(paused, "subscription")
        ));
    }
    if dead > 0 {
        let verb = if dead == 1 { "is" } else { "are" };
        parts.push(format!("{} {verb} in DLQs", plural(dead, "event")));
    }
    if parts.is_empty() {
        return html! {};
    }
    let tone = if missing > 0 || router.is_some_and(|one| one.meaning().tone == Tone::Bad) {
        Tone::Bad
    } else {
        Tone::Attention
    };
    let text = format!("{}.", parts.join(", "));
    let (first, rest) = text.split_at(text.chars().next().map_or(0, char::len_utf8));
    let text = format!("{}{rest}", first.to_uppercase());
    notice(tone, false, html! { p { b { (text) } } })
}

fn plural_of(count: usize, noun: &str) -> String {
    plural(u64::try_from(count).unwrap_or(u64::MAX), noun)
}

fn first_steps(flow: &crate::snapshot::Flow, span: ChartSpan) -> Markup {
    let one = flow.endpoints.iter().find(|one| one.enabled);
    let one = one.map_or_else(|| "NAME".to_owned(), |one| one.name.to_string());
    let body = html! {
        p { "This stack has not received a delivery in the last " (span) ". To see one arrive:" }
        ol {
            li {
                "1. Give a provider the URL and the secret of an endpoint: "
                a href=(Section::Endpoints.address()) { "endpoints" } "."
            }
            li { "2. Or send a test: " code { "coatcheck endpoints test " (shown(&one)) } "." }
            li { "3. This page is live. The event appears here within a minute." }
        }
    };
    card("No event so far", body)
}
