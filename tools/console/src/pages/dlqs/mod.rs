//! DLQs: what was given up, and sending it back or deleting it.

mod change;
mod confirm;
mod list;
mod one;
mod row;

use axum::{
    Router,
    routing::{get, post},
};

use crate::app::App;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/dlqs", get(list::show))
        .route("/dlqs/{name}", get(one::show))
        .route("/dlqs/{name}/change", get(confirm::show))
}

pub(super) fn changes() -> Router<App> {
    Router::new().route("/dlqs/{name}/change", post(change::change))
}
