//! What changes something: it is said on the terminal before and after, and a browser that goes
//! away does not cut it off.

use std::time::Instant;

use axum::{
    extract::{Request, State},
    http::{Method, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{
    app::{App, Console},
    failure::Failure,
    running::Running,
};

/// Does one change, with one line on the terminal before it and one after: when, who, what and
/// the outcome. `what` says how many: `redrive 3 dead letters of invoices`.
pub(crate) async fn change<T>(
    app: &Console,
    what: &str,
    work: impl Future<Output = operator::Result<T>>,
) -> Result<T, Failure> {
    let caller = &app.caller;
    app.log(&format!("{caller}: {what}: starts"));
    let started = Instant::now();
    let outcome = work.await;
    let took = started.elapsed();
    match &outcome {
        Ok(_) => app.log(&format!("{caller}: {what}: done in {took:.1?}")),
        Err(problem) => {
            let why = problem.with_causes();
            app.log(&format!("{caller}: {what}: failed after {took:.1?}: {why}"));
        }
    }
    Ok(outcome?)
}

/// Runs a POST to its end, also if the browser goes away.
pub(crate) async fn to_its_end(
    State((app, running)): State<(App, Running)>,
    request: Request,
    next: Next,
) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let runs = running.begin().await;
    let work = tokio::spawn(async move {
        let _runs = runs;
        next.run(request).await
    });
    work.await.unwrap_or_else(|problem| {
        app.log(&format!("a change broke off: {problem}"));
        let said = "The change broke off. The terminal of the console says how far it came.";
        (StatusCode::INTERNAL_SERVER_ERROR, said).into_response()
    })
}
