use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::{endpoints::hidden, parts::page};
use crate::tests::{Server, Way};

const SECRET: &str =
    r#"{"signing_keys":[{"id":"first","secret":"whsec_aHVudGVyMQ=="}],"header":"hunter2"}"#;

/// A destination, and each value that its secret had.
async fn destination() -> (Server, String, Arc<Mutex<Vec<String>>>) {
    let server = Server::start(Way::delivering()).await;
    let cookie = server.cookie().await;
    let stored = Arc::new(Mutex::new(vec![SECRET.to_owned()]));
    let secret = Arc::clone(&stored);
    server.cloud.also(move |operation, body| {
        let mut stored = secret.lock().unwrap();
        match operation {
            "GetSecretValue" => {
                assert_eq!(body["SecretId"], "coatcheck/subscriptions/crm");
                let version = stored.len().to_string();
                Some(json!({ "SecretString": stored.last(), "VersionId": version }))
            }
            "PutSecretValue" => {
                stored.push(body["SecretString"].as_str().unwrap().to_owned());
                Some(json!({}))
            }
            "GetItem" if body["Key"]["pk"]["S"] == "breaker#crm" => Some(json!({ "Item": {
                "pk": { "S": "breaker#crm" }, "version": { "N": "3" }, "state": { "S": "open" },
                "failures": { "N": "5" }, "pause_s": { "N": "30" }, "reason": { "S": "timeout" },
                "opened_at": { "N": "1795721400000" }, "probe_at": { "N": "1795721430000" },
            } })),
            _ => None,
        }
    });
    (server, cookie, stored)
}

#[tokio::test]
async fn a_destination_shows_its_address_its_pace_its_breaker_and_its_keys() {
    let (server, cookie, _) = destination().await;
    let html = page(&server, &cookie, "/subscriptions/crm").await;
    for part in [
        "https://crm.example.com/hooks",
        "at most 20/s",
        "at most 4 instances",
        "the function <code><bdi>coatcheck-deliver-crm",
        "OPEN",
        "timeout",
        "5 failures in a row",
        "The next probe is at <time",
        "<code><bdi>first",
        "href=\"/subscriptions/crm/rotate\"",
        "href=\"/subscriptions/crm/resume\"",
        "href=\"/subscriptions/crm/pause\"",
        "Send a test event",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    let all = page(&server, &cookie, "/subscriptions").await;
    assert!(all.contains("crm.example.com/hooks"), "{all}");
    let overview = page(&server, &cookie, "/").await;
    for html in [html, all, overview] {
        for secret in ["whsec_", "hunter", "token="] {
            assert!(!html.contains(secret), "{secret}: {html}");
        }
    }
}

#[tokio::test]
async fn its_key_is_rotated_once_and_no_page_has_a_secret() {
    let (server, cookie, stored) = destination().await;
    let path = "/subscriptions/crm/rotate";
    let asking = page(&server, &cookie, path).await;
    assert!(asking.contains("gets another signing key"), "{asking}");
    let mut form = form_urlencoded::Serializer::new(String::new());
    for name in ["nonce", "keys"] {
        form.append_pair(name, &hidden(&asking, name));
    }
    let form = form.append_pair("overlap", "7d").finish();
    for bad in [
        "overlap=7d",
        "overlap=1s&nonce=x&keys=",
        "nonce=x&keys=&overlap=7d",
    ] {
        let answer = server.post(path, &cookie, bad).await;
        assert!([400, 409].contains(&answer.status), "{bad}");
    }
    assert_eq!(stored.lock().unwrap().len(), 1);
    let answer = server.post(path, &cookie, &form).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.body.contains("is in place"), "{}", answer.body);
    assert!(
        answer
            .body
            .contains("coatcheck subscriptions key crm --reveal"),
        "{}",
        answer.body
    );
    let value: Value = serde_json::from_str(stored.lock().unwrap().last().unwrap()).unwrap();
    assert_eq!(value["header"], "hunter2");
    assert_eq!(value["signing_keys"][1]["id"], "first");
    assert!(value["signing_keys"][1]["not_after"].is_string(), "{value}");
    let again = server.post(path, &cookie, &form).await;
    assert_eq!(again.status, 409);
    assert_eq!(stored.lock().unwrap().len(), 2);
    let said = server.said().join("\n");
    assert!(said.contains("rotate the signing key of crm"), "{said}");
    let shown = page(&server, &cookie, "/subscriptions/crm").await;
    for text in [asking, answer.body, shown, said] {
        assert!(
            !text.contains("whsec_") && !text.contains("hunter"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_rotation_is_not_made_over_another_one() {
    let (server, cookie, stored) = destination().await;
    let path = "/subscriptions/crm/rotate";
    let asking = page(&server, &cookie, path).await;
    let other = r#"{"signing_keys":[{"id":"other","secret":"whsec_aHVudGVyMQ=="}]}"#;
    stored.lock().unwrap().push(other.to_owned());
    let mut form = form_urlencoded::Serializer::new(String::new());
    for name in ["nonce", "keys"] {
        form.append_pair(name, &hidden(&asking, name));
    }
    let form = form.append_pair("overlap", "24h").finish();
    let answer = server.post(path, &cookie, &form).await;
    assert!(
        answer.status == 409 && answer.body.contains("other keys now"),
        "{answer:?}"
    );
    assert_eq!(stored.lock().unwrap().len(), 2);
    // One without an HTTP destination has none.
    let none = server
        .get(
            "/subscriptions/paced/rotate",
            &format!("Cookie: {cookie}\r\n"),
        )
        .await;
    assert!(
        none.status == 409 && none.body.contains("no HTTP destination"),
        "{none:?}"
    );
}
