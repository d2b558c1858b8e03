//! One event: what it is, its way, its payload, and its proof.

mod curl;
mod download;
mod named;
mod payload;
mod proof;
mod way;
mod what;

use axum::{
    Router,
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
    routing::{get, post},
};
use domain::{Ref, Timestamp};
use maud::html;
use operator::{Tone, events, replay::began_at};

pub(super) use self::{
    named::named,
    what::{read_only, replay_address},
};
use self::{
    payload::FIRST,
    proof::{Proof, Verdict},
    way::Live,
};
use super::events::event_address;
use crate::{
    app::{App, Console},
    failure::Failure,
    fields::Asked,
    frame::{Page, Section, page, part},
    markup::{notice, part_if_changed, shown, shown_at_most},
    shell,
};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/events/{*reference}", get(show))
        .route("/payloads/{*reference}", get(download::payload))
        .route("/parts/way", get(follow))
        .route("/verify/{*reference}", post(verify))
}

pub(super) fn changes() -> Router<App> {
    Router::new()
}

async fn show(
    State(app): State<App>,
    Path(reference): Path<String>,
    Asked(fields): Asked,
) -> Result<Response, Failure> {
    let reference = named(&reference)?;
    let replayed = fields.one("replayed").filter(|id| began_at(id).is_some());
    whole(&app, &reference, Verdict::OnArrival, replayed).await
}

/// What leads back to the list from a page about an event.
pub(super) fn crumb(reference: &Ref, to_event: bool) -> maud::Markup {
    let endpoint = reference.endpoint.as_str();
    html! {
        a href=(Section::Events.address()) { "Events" }
        " / "
        @if to_event {
            a href=(event_address(reference)) { (shown_at_most(&reference.to_string(), 120)) }
        } @else {
            a href=(Section::Events.address().with("endpoint", endpoint)) { (endpoint) }
        }
    }
}

async fn whole(
    app: &Console,
    reference: &Ref,
    verdict: Verdict,
    replayed: Option<&str>,
) -> Result<Response, Failure> {
    let stack = &app.stack;
    let details = events::details(stack, reference).await?;
    let (way, excerpt, headers) = futures_util::try_join!(
        events::way(stack, &details, replayed.and_then(began_at)),
        events::excerpt(stack, &details, FIRST),
        events::kept_headers(stack, &details),
    )?;
    let steps = way::steps(&details, &way);
    let live = Live::begin(&way, (stack.now)(), replayed);
    let text = reference.to_string();
    let kind = details.attribute("type");
    let proof = Proof {
        details: &details,
        headers: &headers,
        verdict: &verdict,
    };
    let body = html! {
        @if let Some(id) = replayed {
            (notice(Tone::Good, true, html! {
                p { b { "The event was sent again, as " (id) "." } }
                p { "Its new try appears below, as soon as its processor has ended it." }
            }))
        }
        div class="head" {
            (what::actions(app, &details, &headers))
            @if !app.operate { (read_only("replay events")) }
        }
        div class="wide-left" {
            div {
                (way::card(reference, &steps, &live))
                (payload::card(&details, &excerpt))
            }
            div {
                (what::card(&details))
                (proof.card())
            }
        }
    };
    let title = format!("{kind}, {text}");
    let title: String = title.chars().take(120).collect();
    let command = format!("coatcheck events show {}", shell::word(&text));
    let parts: &[&str] = if live.is_on() { &["event"] } else { &[] };
    let frame = Page {
        crumb: Some(crumb(reference, false)),
        heading: Some(shown_at_most(kind, 200)),
        lead: Some(html! { span class="ref" { (shown(&text)) } }),
        live: parts,
        ..Page::new(&title, Section::Events, &command)
    };
    Ok(page(app, frame, body))
}

/// The way again, while the page follows its event.
async fn follow(State(app): State<App>, Asked(fields): Asked) -> Result<Response, Failure> {
    let reference = named(fields.needs("ref")?)?;
    let until: Timestamp = fields
        .needs("until")?
        .parse()
        .map_err(|_| Failure::Unreadable("\"until\" is no time.".to_owned()))?;
    let now = (app.stack.now)();
    let details = events::details(&app.stack, &reference).await?;
    let replayed = fields.one("replayed");
    let way = events::way(&app.stack, &details, replayed.and_then(began_at)).await?;
    let live = Live::goes_on(&way, now, until, replayed);
    let steps = way::steps(&details, &way);
    if !live.is_on() {
        // Whatever the page has: it must stop asking.
        return Ok(part(way::card(&reference, &steps, &live)));
    }
    Ok(part_if_changed(&fields, &steps, |steps| {
        way::card(&reference, steps, &live)
    }))
}

/// Verifies the stored bytes again. It changes nothing, so a console that only reads has it too.
async fn verify(
    State(app): State<App>,
    Path(reference): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let reference = named(&reference)?;
    let verdict = {
        let _one_of_few = download::permit(&app)?;
        let again = events::verify(&app.stack, &reference).await?;
        Verdict::Again(again, (app.stack.now)())
    };
    if !headers.contains_key("hx-request") {
        return whole(&app, &reference, verdict, None).await;
    }
    let details = events::details(&app.stack, &reference).await?;
    Ok(part(verdict.markup(&details)))
}
