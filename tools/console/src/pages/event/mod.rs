//! To be written.

use axum::Router;

use crate::app::App;

pub(super) fn routes() -> Router<App> {
    Router::new()
}

pub(super) fn changes() -> Router<App> {
    Router::new()
}
