use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::json;

use super::parts::{operating, page};
use crate::tests::Server;

/// A pipe that starts and stops at once.
fn pipe(server: &Server, name: &'static str) -> Arc<Mutex<Vec<String>>> {
    let switched = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&switched);
    let state = Mutex::new("RUNNING");
    server.cloud.also(move |operation, _| {
        let mut state = state.lock().unwrap();
        let of_pipe = format!(" /v1/pipes/coatcheck-{name}");
        let to = match operation.split_once(&of_pipe)? {
            ("POST", "/stop") => "STOPPED",
            ("POST", "/start") => "RUNNING",
            ("GET", "") => return Some(json!({ "CurrentState": *state })),
            _ => return None,
        };
        *state = to;
        seen.lock().unwrap().push(to.to_owned());
        Some(json!({ "CurrentState": to }))
    });
    switched
}

async fn until(what: impl Fn() -> bool) {
    let soon = async {
        while !what() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), soon)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_pipe_that_the_console_holds_runs_again_when_the_console_ends() {
    let (server, cookie) = operating().await;
    let switched = pipe(&server, "ledger");
    let path = "/subscriptions/ledger/pause";
    let answer = server.post(path, &cookie, "for=30m").await;
    assert_eq!(
        answer.header("location"),
        Some("/subscriptions/ledger?job=1"),
        "{answer:?}"
    );
    until(|| *switched.lock().unwrap() == ["STOPPED"]).await;
    let html = page(&server, &cookie, "/subscriptions/ledger?job=1").await;
    assert!(html.contains("hx-trigger=\"live-jobs"), "{html}");
    let again = server.post(path, &cookie, "for=30m").await;
    assert!(
        again.status == 409 && again.body.contains("already busy"),
        "{again:?}"
    );
    server.stop();
    tokio::time::timeout(Duration::from_secs(20), server.task)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(*switched.lock().unwrap(), ["STOPPED", "RUNNING"]);
    let said = server.said.lock().unwrap().join("\n");
    assert!(
        said.contains("ledger runs again: it was ended early"),
        "{said}"
    );
}

#[tokio::test]
async fn resuming_ends_the_pause_that_the_console_holds() {
    let (server, cookie) = operating().await;
    let switched = pipe(&server, "ledger");
    server
        .post("/subscriptions/ledger/pause", &cookie, "for=4h")
        .await;
    until(|| *switched.lock().unwrap() == ["STOPPED"]).await;
    let html = page(&server, &cookie, "/subscriptions/ledger").await;
    assert!(html.contains("Pause ledger for 4 hours"), "{html}");
    let answer = server
        .post("/subscriptions/ledger/resume", &cookie, "")
        .await;
    assert_eq!(
        answer.header("location"),
        Some("/subscriptions/ledger?job=1"),
        "{answer:?}"
    );
    until(|| switched.lock().unwrap().len() == 2).await;
    // Nothing holds it: it is started by itself.
    until(|| server.said().len() >= 4).await;
    let answer = server
        .post("/subscriptions/ledger/resume", &cookie, "")
        .await;
    assert_eq!(
        answer.header("location"),
        Some("/subscriptions/ledger?job=2"),
        "{answer:?}"
    );
    let html = page(&server, &cookie, "/subscriptions/ledger?job=2").await;
    assert!(html.contains("ledger runs already."), "{html}");
}

#[tokio::test]
async fn a_reader_of_the_stream_is_not_stopped_without_an_end() {
    let (server, cookie) = operating().await;
    let switched = pipe(&server, "router");
    for form in ["for=until-resumed", "for=21h", ""] {
        let answer = server
            .post("/subscriptions/router/pause", &cookie, form)
            .await;
        assert!([400, 409].contains(&answer.status), "{form}: {answer:?}");
    }
    assert!(switched.lock().unwrap().is_empty() && server.said().is_empty());
    let form = "for=accept-loss-after-24h";
    let answer = server
        .post("/subscriptions/router/pause", &cookie, form)
        .await;
    assert_eq!(answer.status, 303, "{answer:?}");
    until(|| *switched.lock().unwrap() == ["STOPPED"]).await;
}
