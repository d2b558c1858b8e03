//! Changes to subscriptions, DLQs and endpoints: what a form does, and what it refuses.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};

use super::{Server, Way};

/// The cloud's messages of every DLQ: each is received once, until it is given back.
fn messages(server: &Server, ids: &[&str]) {
    let all: Vec<Value> = ids
        .iter()
        .map(|id| {
            let body = format!(
                r#"{{"type":"invoice.paid","ref":"stripe/{id}","receivedat":"2026-11-26T19:00:00.000Z"}}"#
            );
            json!({ "MessageId": id, "Body": body, "ReceiptHandle": format!("receipt-{id}") })
        })
        .collect();
    let waiting = Mutex::new(all.clone());
    server.cloud.also(move |operation, body| match operation {
        "ReceiveMessage" => {
            let some = std::mem::take(&mut *waiting.lock().unwrap());
            Some(json!({ "Messages": some }))
        }
        "ChangeMessageVisibility" => {
            let receipt = body["ReceiptHandle"].as_str().unwrap();
            let id = receipt.trim_start_matches("receipt-");
            let back = all.iter().find(|one| one["MessageId"] == id);
            waiting.lock().unwrap().extend(back.cloned());
            Some(json!({}))
        }
        "DeleteMessage" | "PurgeQueue" => Some(json!({})),
        "Query" => Some(json!({ "Items": [] })),
        "SendMessage" => Some(json!({ "MessageId": "sent" })),
        _ => None,
    });
}

fn count(server: &Server, operation: &str) -> usize {
    let asked = server.cloud.asked();
    asked.iter().filter(|one| *one == operation).count()
}

async fn operating() -> (Server, String) {
    let server = Server::start(Way::operating()).await;
    let cookie = server.cookie().await;
    (server, cookie)
}

async fn page(server: &Server, cookie: &str, path: &str) -> String {
    let answer = server.get(path, &format!("Cookie: {cookie}\r\n")).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.body
}

#[tokio::test]
async fn a_read_only_console_does_not_even_ask() {
    let server = Server::start(Way::default()).await;
    let cookie = server.cookie().await;
    for path in [
        "/subscriptions/invoices/pause",
        "/subscriptions/invoices/resume",
        "/dlqs/invoices/change?do=purge&all=12",
        "/endpoints/stripe/rotate",
    ] {
        let answer = server.get(path, &format!("Cookie: {cookie}\r\n")).await;
        assert_eq!(answer.status, 403, "{path}");
        assert!(answer.body.contains("read-only"), "{path}");
    }
    assert!(server.cloud.asked().is_empty());
    messages(&server, &["m1"]);
    for path in [
        "/subscriptions",
        "/subscriptions/router",
        "/dlqs",
        "/dlqs/invoices",
    ] {
        let html = page(&server, &cookie, path).await;
        for changes in ["/pause\"", "/resume\"", "method=\"post\"", "/change"] {
            assert!(!html.contains(changes), "{path}: {changes}");
        }
        assert!(
            path == "/dlqs" || html.contains("coatcheck console --operate"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn an_unknown_name_is_not_found() {
    let (server, cookie) = operating().await;
    for path in [
        "/subscriptions/x",
        "/dlqs/x",
        "/subscriptions/x/pause",
        "/jobs/7",
        "/jobs/x/now",
    ] {
        let answer = server.get(path, &format!("Cookie: {cookie}\r\n")).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    for path in [
        "/subscriptions/x/pause",
        "/subscriptions/x/resume",
        "/dlqs/x/change",
    ] {
        let form = "for=30m&do=purge&message=m1";
        let answer = server.post(path, &cookie, form).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    assert!(server.said().is_empty(), "{:?}", server.said());
}

#[tokio::test]
async fn only_the_dead_letters_that_were_picked_go_back() {
    let (server, cookie) = operating().await;
    messages(&server, &["m1", "m2", "m3"]);
    let html = page(&server, &cookie, "/dlqs/invoices").await;
    assert!(html.contains("name=\"message\" value=\"m2\""), "{html}");
    let asking = page(
        &server,
        &cookie,
        "/dlqs/invoices/change?message=m1&message=m3&do=redrive",
    )
    .await;
    assert!(
        asking.contains("2 dead letters go") && asking.contains("stripe/m3"),
        "{asking}"
    );
    server.cloud.forget();
    let form = "do=redrive&message=m1&message=m3&rate=";
    let answer = server.post("/dlqs/invoices/change", &cookie, form).await;
    assert_eq!(answer.header("location"), Some("/jobs/1"), "{answer:?}");
    assert_eq!(
        (
            count(&server, "SendMessage"),
            count(&server, "DeleteMessage")
        ),
        (2, 2)
    );
    assert_eq!(count(&server, "ChangeMessageVisibility"), 1);
    assert_eq!(count(&server, "StartMessageMoveTask"), 0);
    let html = page(&server, &cookie, "/jobs/1").await;
    assert!(
        html.contains("2 moved out of the DLQ of invoices"),
        "{html}"
    );
    assert!(!html.contains("hx-trigger=\"every"), "{html}");
    let said = server.said().join("\n");
    assert!(
        said.contains("redrive 2 dead letters of invoices: starts"),
        "{said}"
    );
    assert!(said.contains("2 moved out"), "{said}");
}

#[tokio::test]
async fn what_is_no_longer_as_it_was_confirmed_is_left_alone() {
    let (server, cookie) = operating().await;
    messages(&server, &["m1", "m2"]);
    for form in [
        "do=redrive&message=m1&message=gone",
        "do=purge&message=m1&message=gone",
        // The cloud has 12.
        "do=redrive&all=11",
        "do=purge&all=11&sure=11",
        "do=purge&all=12&sure=11",
    ] {
        let answer = server.post("/dlqs/invoices/change", &cookie, form).await;
        assert_eq!(answer.status, 409, "{form}");
        assert!(
            answer.body.to_lowercase().contains("nothing was d"),
            "{form}"
        );
    }
    for operation in [
        "SendMessage",
        "DeleteMessage",
        "PurgeQueue",
        "StartMessageMoveTask",
    ] {
        assert_eq!(count(&server, operation), 0, "{operation}");
    }
    // Each was given back.
    let form = "do=purge&message=m1&message=m2";
    let answer = server.post("/dlqs/invoices/change", &cookie, form).await;
    assert_eq!(answer.status, 303);
    assert_eq!(
        (
            count(&server, "DeleteMessage"),
            count(&server, "SendMessage")
        ),
        (2, 0)
    );
}

#[tokio::test]
async fn all_are_deleted_once_their_number_was_typed() {
    let (server, cookie) = operating().await;
    messages(&server, &[]);
    let asking = page(&server, &cookie, "/dlqs/invoices/change?do=purge&all=3").await;
    assert!(asking.contains("name=\"all\" value=\"12\""), "{asking}");
    let form = "do=purge&all=12&sure=12";
    let answer = server.post("/dlqs/invoices/change", &cookie, form).await;
    assert_eq!((answer.status, count(&server, "PurgeQueue")), (303, 1));
}

/// Pipes that start and stop at once.
fn pipes(server: &Server) -> Arc<Mutex<Vec<String>>> {
    let switched = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&switched);
    let state = Mutex::new("RUNNING");
    server.cloud.also(move |operation, _| {
        let mut state = state.lock().unwrap();
        let to = match operation {
            "POST /v1/pipes/coatcheck-ledger/stop" => "STOPPED",
            "POST /v1/pipes/coatcheck-ledger/start" => "RUNNING",
            "GET /v1/pipes/coatcheck-ledger" => return Some(json!({ "CurrentState": *state })),
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
    let switched = pipes(&server);
    let path = "/subscriptions/ledger/pause";
    let answer = server.post(path, &cookie, "for=30m").await;
    assert_eq!(answer.header("location"), Some("/jobs/1"), "{answer:?}");
    until(|| *switched.lock().unwrap() == ["STOPPED"]).await;
    let html = page(&server, &cookie, "/jobs/1").await;
    assert!(html.contains("hx-trigger=\"every 1s\""), "{html}");
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
    let switched = pipes(&server);
    server
        .post("/subscriptions/ledger/pause", &cookie, "for=4h")
        .await;
    until(|| *switched.lock().unwrap() == ["STOPPED"]).await;
    let html = page(&server, &cookie, "/subscriptions/ledger").await;
    assert!(html.contains("pause ledger for 4 hours"), "{html}");
    let answer = server
        .post("/subscriptions/ledger/resume", &cookie, "")
        .await;
    assert_eq!(answer.header("location"), Some("/jobs/1"), "{answer:?}");
    until(|| switched.lock().unwrap().len() == 2).await;
    // Nothing holds it: it is started by itself.
    until(|| server.said().len() >= 4).await;
    let answer = server
        .post("/subscriptions/ledger/resume", &cookie, "")
        .await;
    assert_eq!(answer.header("location"), Some("/jobs/2"), "{answer:?}");
    let html = page(&server, &cookie, "/jobs/2").await;
    assert!(html.contains("ledger runs already."), "{html}");
}

#[tokio::test]
async fn a_reader_of_the_stream_is_not_stopped_without_an_end() {
    let (server, cookie) = operating().await;
    let switched = pipes(&server);
    for form in ["for=until-resumed", "for=21h", ""] {
        let answer = server
            .post("/subscriptions/ledger/pause", &cookie, form)
            .await;
        assert!([400, 409].contains(&answer.status), "{form}: {answer:?}");
    }
    assert!(switched.lock().unwrap().is_empty() && server.said().is_empty());
    let form = "for=accept-loss-after-24h";
    let answer = server
        .post("/subscriptions/ledger/pause", &cookie, form)
        .await;
    assert_eq!(answer.status, 303, "{answer:?}");
    until(|| *switched.lock().unwrap() == ["STOPPED"]).await;
}

/// An endpoint and its secret.
fn endpoint(server: &Server) -> Arc<Mutex<Vec<String>>> {
    let stored = Arc::new(Mutex::new(vec![
        "hunter1-hunter1-hunter1-hunter1".to_owned(),
    ]));
    let secret = Arc::clone(&stored);
    server.cloud.also(move |operation, body| match operation {
        "GetItem" if body["Key"]["name"]["S"] == "github" => {
            let config = r#"{"name":"github","scheme":"github"}"#;
            Some(json!({ "Item": { "config": { "S": config } } }))
        }
        "GetSecretValue" if body["VersionStage"] == "AWSCURRENT" => {
            let stored = secret.lock().unwrap();
            Some(json!({ "SecretString": stored.last(), "VersionId": "v" }))
        }
        "GetSecretValue" => Some(json!({ "SecretString": "" })),
        "PutSecretValue" => {
            let text = body["SecretString"].as_str().unwrap().to_owned();
            secret.lock().unwrap().push(text);
            Some(json!({}))
        }
        _ => None,
    });
    stored
}

/// The value of a hidden field.
fn hidden(html: &str, name: &str) -> String {
    let (_, after) = html
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap();
    after.split('"').next().unwrap().to_owned()
}

fn form(html: &str) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for name in ["nonce", "keys"] {
        form.append_pair(name, &hidden(html, name));
    }
    form.append_pair("overlap", "24h").finish()
}

#[tokio::test]
async fn a_key_is_rotated_once_and_its_secret_is_in_one_answer() {
    let (server, cookie) = operating().await;
    let stored = endpoint(&server);
    let asking = page(&server, &cookie, "/endpoints/github/rotate").await;
    assert!(asking.contains("gets another key"), "{asking}");
    assert_eq!(stored.lock().unwrap().len(), 1);
    let form = form(&asking);
    let answer = server
        .post("/endpoints/github/rotate", &cookie, &form)
        .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let ring: Value = serde_json::from_str(stored.lock().unwrap().last().unwrap()).unwrap();
    let secret = ring["keys"][0]["secret"].as_str().unwrap().to_owned();
    assert!(
        answer.body.contains(&format!(">{secret}</pre>")),
        "{}",
        answer.body
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(!answer.body.contains("hunter1"), "{}", answer.body);
    let again = server
        .post("/endpoints/github/rotate", &cookie, &form)
        .await;
    assert_eq!(again.status, 409);
    assert_eq!(stored.lock().unwrap().len(), 2);
    for path in ["/endpoints/github", "/endpoints/github/rotate"] {
        assert!(
            !page(&server, &cookie, path).await.contains(&secret),
            "{path}"
        );
    }
    let said = server.said().join("\n");
    assert!(
        said.contains("rotate the key of github") && !said.contains(&secret),
        "{said}"
    );
}

#[tokio::test]
async fn a_rotation_is_not_made_over_another_one() {
    let (server, cookie) = operating().await;
    let stored = endpoint(&server);
    let asking = page(&server, &cookie, "/endpoints/github/rotate").await;
    let other = r#"{"keys":[{"id":"other","secret":"hunter2-hunter2-hunter2-hunter2"}]}"#;
    stored.lock().unwrap().push(other.to_owned());
    let answer = server
        .post("/endpoints/github/rotate", &cookie, &form(&asking))
        .await;
    assert!(
        answer.status == 409 && answer.body.contains("other keys now"),
        "{answer:?}"
    );
    for form in [
        "overlap=24h",
        "overlap=0s&nonce=x&keys=",
        "nonce=x&keys=&overlap=24h",
    ] {
        let answer = server.post("/endpoints/github/rotate", &cookie, form).await;
        assert!([400, 409].contains(&answer.status), "{form}");
    }
    assert_eq!(stored.lock().unwrap().len(), 2);
    assert!(server.said().is_empty());
}
