//! Endpoints: their URLs and keys, a test, and the rotation of a key.

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
        .route("/endpoints", get(list::show))
        .route("/endpoints/{name}", get(one::show))
        .route("/endpoints/{name}/rotate", get(rotate::ask))
}

pub(super) fn changes() -> Router<App> {
    Router::new()
        .route("/endpoints/{name}/test", post(test::test))
        .route("/endpoints/{name}/rotate", post(rotate::rotate))
}
