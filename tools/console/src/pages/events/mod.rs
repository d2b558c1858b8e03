//! The list of events: the newest first, in pages, by endpoint, type, time and state.

mod filter;
mod rows;
mod view;

use axum::{Router, extract::State, http::HeaderMap, response::Response, routing::get};
use operator::{
    endpoints,
    events::{self, Budget, Cursor, Direction},
};

use self::filter::Filter;
pub(super) use self::rows::{event_address, listing};
use crate::{
    app::App,
    failure::Failure,
    fields::Asked,
    frame::{Page, Section, page},
    markup::part_if_changed,
};

/// Events of a page.
pub(super) const ROWS: usize = 50;

/// Requests for what is newer: two hours.
const NEWER_BUDGET: u32 = 32;

/// More than this is `many`.
const NEWER_AT_MOST: usize = 99;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/events", get(show))
        .route("/parts/newer", get(newer))
}

pub(super) fn changes() -> Router<App> {
    Router::new()
}

async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    Asked(fields): Asked,
) -> Result<Response, Failure> {
    let now = (app.stack.now)();
    let filter = Filter::read(&fields, now)?;
    let query = filter.query(&app.stack)?;
    let budget = Budget::new(Budget::PAGE);
    let (found, names) = futures_util::try_join!(
        events::page(
            &app.stack,
            &query,
            filter.state,
            filter.at.as_ref(),
            ROWS,
            &budget
        ),
        endpoints::names(&app.stack),
    )?;
    let is_live = filter.is_newest();
    // From here on the span has an end, so that its pages do not move.
    let fixed = filter.fixed(now);
    let after = match found.rows.first() {
        Some((event, _)) => {
            Cursor::beyond(event.received_at, event.reference.clone(), Direction::Newer)
        }
        None => Cursor::time(query.until, Direction::Newer),
    };
    let view = view::View {
        filter: &filter,
        fixed: &fixed,
        query: &query,
        has_attributes: !app.stack.description.declared.is_empty(),
        names: &names,
        found: &found,
        newer: is_live.then(|| view::newer_line(&filter, &after, &view::newer(&filter, None))),
        share: shareable(&headers, &fixed.address(fixed.at.as_ref()).to_string()),
    };
    let command = filter.command();
    let live: &[&str] = if is_live { &["events"] } else { &[] };
    let frame = Page {
        live,
        ..Page::new("Events", Section::Events, &command)
    };
    Ok(page(&app, frame, view.body()))
}

/// The address of the page that a query asks for; none if it cannot be read.
#[cfg(fuzzing)]
pub(crate) fn address(fields: &crate::fields::Fields, now: domain::Timestamp) -> Option<String> {
    let filter = Filter::read(fields, now).ok()?;
    // Whatever was read can be said in a shell.
    let _ = filter.command();
    Some(filter.address(filter.at.as_ref()).to_string())
}

/// How many are newer. It inserts nothing, so that you keep your place.
async fn newer(State(app): State<App>, Asked(fields): Asked) -> Result<Response, Failure> {
    let now = (app.stack.now)();
    let filter = Filter::read(&fields, now)?;
    let Some(after) = &filter.at else {
        return Err(Failure::Unreadable(
            "The address names no place.".to_owned(),
        ));
    };
    let span = filter.newest();
    let query = span.query(&app.stack)?;
    let budget = Budget::new(NEWER_BUDGET);
    let counted = events::count_newer(&app.stack, &query, after, NEWER_AT_MOST, &budget).await?;
    let counted = view::newer(&span, Some(counted));
    Ok(part_if_changed(&fields, &counted, |counted| {
        view::newer_line(&span, after, counted)
    }))
}

/// An address that opens the same page for a colleague who runs the console on the same port: at
/// 127.0.0.1, from where it moves to the name of their own session.
fn shareable(headers: &HeaderMap, path: &str) -> Option<String> {
    let host = headers.get("host")?.to_str().ok()?;
    let (_, port) = host.rsplit_once(':')?;
    let port: u16 = port.parse().ok()?;
    Some(format!("http://127.0.0.1:{port}{path}"))
}
