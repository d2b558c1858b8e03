//! Subscriptions and the router: their state, and pausing and resuming them.

mod backlog;
mod change;
mod confirm;
mod destination;
mod keys;
mod list;
mod one;
mod parts;
mod rotate;
mod test;

use axum::{
    Router,
    routing::{get, post},
};

use crate::app::App;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/subscriptions", get(list::show))
        .route("/parts/subscriptions", get(list::now))
        .route("/subscriptions/{name}", get(one::show))
        .route("/parts/subscription/{name}", get(one::now))
        .route("/parts/subscription/{name}/backlog", get(backlog::show))
        .route("/subscriptions/{name}/pause", get(confirm::pause))
        .route("/subscriptions/{name}/resume", get(confirm::resume))
        .route("/subscriptions/{name}/rotate", get(rotate::ask))
}

pub(super) fn changes() -> Router<App> {
    Router::new()
        .route("/subscriptions/{name}/pause", post(change::pause))
        .route("/subscriptions/{name}/resume", post(change::resume))
        .route("/subscriptions/{name}/rotate", post(rotate::rotate))
        .route("/subscriptions/{name}/test", post(test::test))
}
