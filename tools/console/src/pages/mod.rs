//! The pages: a folder for each, and the table of routes. Handlers read; only what `changes()`
//! of a page returns may change something.

mod dlqs;
mod endpoints;
mod event;
mod events;
mod find;
mod jobs;
mod overview;
mod replay;
#[cfg(test)]
mod sample;
mod subscriptions;

#[cfg(fuzzing)]
pub(crate) use self::events::address as events_address;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, Request, State},
    http::Method,
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::{
    app::App,
    assets,
    change::to_its_end,
    failure::{Failure, in_frame},
    guard::{Guard, guard},
    headers, live,
    running::Running,
};

/// All routes, behind the guard.
pub(crate) fn router(app: &App, watched: &Arc<Guard>, running: &Running) -> Router {
    let mut router = reads();
    if app.operate {
        router = router.merge(changes());
    }
    router
        .method_not_allowed_fallback(wrong_method)
        .fallback(nothing_here)
        .layer(from_fn_with_state(Arc::clone(app), in_frame))
        .layer(from_fn(counted))
        .layer(from_fn_with_state(
            (Arc::clone(app), running.clone()),
            to_its_end,
        ))
        .layer(from_fn_with_state(Arc::clone(watched), guard))
        .layer(from_fn(headers::on_every_answer))
        .with_state(Arc::clone(app))
}

fn reads() -> Router<App> {
    let router = Router::new();
    #[cfg(test)]
    let router = router.merge(sample::routes());
    router
        .route("/assets/{*name}", get(asset))
        .merge(live::routes())
        .merge(overview::routes())
        .merge(events::routes())
        .merge(find::routes())
        .merge(event::routes())
        .merge(replay::routes())
        .merge(subscriptions::routes())
        .merge(dlqs::routes())
        .merge(endpoints::routes())
        .merge(jobs::routes())
}

fn changes() -> Router<App> {
    let router = Router::new();
    #[cfg(test)]
    let router = router.merge(sample::changes());
    router
        .merge(overview::changes())
        .merge(events::changes())
        .merge(find::changes())
        .merge(event::changes())
        .merge(replay::changes())
        .merge(subscriptions::changes())
        .merge(dlqs::changes())
        .merge(endpoints::changes())
        .merge(jobs::changes())
}

/// The footer of each page says how many requests it took.
async fn counted(request: Request, next: Next) -> Response {
    operator::requests::counted(next.run(request)).await
}

async fn asset(Path(name): Path<String>) -> Result<Response, Failure> {
    let missing = || Failure::NotFound("There is no such file.".to_owned());
    assets::file(&name).ok_or_else(missing)
}

/// Without `--operate` the routes that change something do not exist.
async fn nothing_here(State(app): State<App>, method: Method) -> Response {
    if method == Method::POST && !app.operate {
        return Failure::ReadOnly.into_response();
    }
    Failure::NotFound("There is no such page.".to_owned()).into_response()
}

async fn wrong_method(State(app): State<App>) -> Response {
    if app.operate {
        Failure::WrongMethod.into_response()
    } else {
        Failure::ReadOnly.into_response()
    }
}
