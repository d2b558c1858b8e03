use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::parts::{operating, page};
use crate::tests::Server;

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
pub(super) fn hidden(html: &str, name: &str) -> String {
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
