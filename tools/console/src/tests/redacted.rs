//! Endpoints with `redact`: no page shows a redacted value, unless the console was started for that.

use domain::{Headers, RedactedView, StoredHeaders, Withheld};
use serde_json::{Value, json};

use super::{
    Server, Way,
    cloud::Reply,
    store::{Stored, server_with},
};

const BODY: &[u8] = br#"{"user":{"email":"CANARY@example.com"},"plan":"free"}"#;
const SHOWN: &str = r#"{"user":{"email":"[redacted]"},"plan":"free"}"#;

fn stack() -> String {
    let mut stack: Value = serde_json::from_str(testkit::STACK).unwrap();
    stack["functions"]["redact"] =
        json!({"name": "coatcheck-redact", "log_group": "/aws/lambda/coatcheck-redact"});
    stack["attributes"] = json!(["email"]);
    stack.to_string()
}

/// A console of a stack that redacts; what the function `redact` answers.
async fn redacting(way: Way, view: RedactedView) -> (Server, String, Stored) {
    let stored = Stored::new("evt", "application/json", BODY);
    let way = Way {
        stack: stack(),
        ..way
    };
    let (server, cookie) = server_with(&stored, way).await;
    server.cloud.answers(move |operation, body| {
        let is_invoked = operation.ends_with("/functions/coatcheck-redact/invocations");
        let answer = match operation {
            _ if is_invoked => serde_json::to_value(&view).unwrap(),
            "GetItem" if body["TableName"] == "coatcheck-endpoints" && body["Key"]["name"]["S"] == "stripe" => {
                let config = r#"{"name":"stripe","scheme":"github","redact":["/user","x-user"]}"#;
                json!({ "Item": { "config": { "S": config } } })
            }
            "ReceiveMessage" => {
                let event = json!({"ref": "stripe/evt", "type": "a", "email": "CANARY@example.com"});
                json!({ "Messages": [{ "MessageId": "m1", "ReceiptHandle": "r", "Body": event.to_string() }] })
            }
            "ChangeMessageVisibility" => json!({}),
            _ => return None,
        };
        Some(Reply::Json(answer))
    });
    (server, cookie, stored)
}

fn part() -> RedactedView {
    let headers = Headers::from_pairs([("x-user", "[redacted]"), ("x-id", "seen")]);
    RedactedView::Part {
        content: base64_simd::STANDARD.encode_to_string(SHOWN),
        size: SHOWN.len(),
        headers: StoredHeaders {
            signature: None,
            others: headers,
        },
    }
}

#[tokio::test]
async fn no_page_shows_a_redacted_value_and_none_reads_the_object() {
    let (server, cookie, stored) = redacting(Way::operating(), part()).await;
    for path in [
        stored.path("events"),
        stored.path("payloads"),
        stored.path("replay"),
        "/dlqs/invoices".to_owned(),
        "/events".to_owned(),
    ] {
        let page = server.get(&path, &cookie).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        assert!(!page.body.contains("CANARY"), "{path}: {}", page.body);
    }
    let asked = server.cloud.asked();
    let reads = asked.iter().any(|one| one.contains("/coatcheck-payloads/"));
    assert!(!reads, "{asked:?}");
    let page = server.get(&stored.path("events"), &cookie).await;
    for text in [
        "[redacted]",
        "coatcheck console --reveal",
        "Download what is shown",
        "seen",
    ] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    assert_eq!(
        server.get(&stored.path("payloads"), &cookie).await.body,
        SHOWN
    );
}

#[tokio::test]
async fn a_payload_that_cannot_be_redacted_is_not_shown() {
    let view = RedactedView::Withheld {
        why: Withheld::Unreadable,
        headers: None,
    };
    let (server, cookie, stored) = redacting(Way::default(), view).await;
    let page = server.get(&stored.path("events"), &cookie).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(
        page.body.contains("not sound JSON") && !page.body.contains("CANARY"),
        "{}",
        page.body
    );
    assert_eq!(
        server.get(&stored.path("payloads"), &cookie).await.status,
        404
    );
}

#[tokio::test]
async fn a_console_that_reveals_says_so_and_shows_the_exact_bytes() {
    let way = Way {
        reveal: true,
        ..Way::default()
    };
    let (server, cookie, stored) = redacting(way, part()).await;
    let page = server.get(&stored.path("events"), &cookie).await;
    assert!(page.body.contains("CANARY@example.com"), "{}", page.body);
    assert!(
        page.body.contains("shows what is redacted"),
        "{}",
        page.body
    );
    assert_eq!(
        server
            .get(&stored.path("payloads"), &cookie)
            .await
            .body
            .as_bytes(),
        BODY
    );
}
