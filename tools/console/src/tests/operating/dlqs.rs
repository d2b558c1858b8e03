use std::sync::Mutex;

use serde_json::{Value, json};

use super::parts::{operating, page};
use crate::tests::Server;

/// The cloud's messages of every DLQ: each is received once, until it is given back.
pub(super) fn messages(server: &Server, ids: &[&str]) {
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
    assert_eq!(
        answer.header("location"),
        Some("/dlqs/invoices?job=1"),
        "{answer:?}"
    );
    assert_eq!(
        (
            count(&server, "SendMessage"),
            count(&server, "DeleteMessage")
        ),
        (2, 2)
    );
    assert_eq!(count(&server, "ChangeMessageVisibility"), 1);
    assert_eq!(count(&server, "StartMessageMoveTask"), 0);
    let html = page(&server, &cookie, "/dlqs/invoices?job=1").await;
    assert!(
        html.contains("2 moved out of the DLQ of invoices"),
        "{html}"
    );
    assert!(!html.contains("hx-trigger=\"live-jobs"), "{html}");
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
