//! Schemes that do not just sign the body, through the whole stack.

use bytes::Bytes;
use e2e::{Reply, Sender, Stack};
use serde_json::json;

use crate::support::{JSON, acceptance, fresh, refusal, shared, stored};

/// Signs and sends.
async fn post(
    stack: &Stack,
    provider: &Sender,
    headers: &[(&str, &str)],
    body: impl Into<Bytes>,
) -> Reply {
    let delivery = provider.sign(headers, body).unwrap();
    delivery.send(stack).await.unwrap()
}

/// Signed headers bind the body by its digest: the authorizer verifies the
/// headers, ingest the body.
#[tokio::test]
async fn a_signed_message_is_verified_before_and_after_its_body_is_seen() {
    let stack = shared().await;
    let bank = Sender::of(&stack, "bank").await.unwrap();
    let id = fresh("t");
    let headers = [("x-event-id", id.as_str()), JSON];
    let body = json!({"type": "transfer.settled", "transfer": id}).to_string();
    let delivery = bank.sign(&headers, body.clone()).unwrap();
    let answer = delivery.send(&stack).await.unwrap();
    assert_eq!(answer.body.reference, format!("bank/{id}"), "{answer:?}");
    assert_eq!(acceptance(&answer), (200, "accepted"), "{answer:?}");
    assert_eq!(stored(&stack, "bank", body.as_bytes()).await, 1);

    // With another key the authorizer refuses: ingest would have named the reason.
    let stranger = bank.clone().with_secret(&bank.new_secret().unwrap());
    let answer = post(&stack, &stranger, &headers, body).await;
    assert_eq!(refusal(&answer), (401, "unauthorized"));

    // ingest must refuse good headers over another body.
    let mut forged = delivery;
    forged.body = json!({"type": "transfer.settled", "id": "forged"})
        .to_string()
        .into();
    let answer = forged.send(&stack).await.unwrap();
    assert_eq!(refusal(&answer), (401, "digest_mismatch"));
    assert_eq!(stored(&stack, "bank", &forged.body).await, 0);
}

#[tokio::test]
async fn a_token_is_judged_before_a_body_is_carried() {
    let stack = shared().await;
    let gitlab = Sender::of(&stack, "gitlab").await.unwrap();
    let id = fresh("push");
    let headers = [
        ("idempotency-key", id.as_str()),
        ("x-gitlab-event", "Push Hook"),
        JSON,
    ];
    let body =
        json!({"object_kind": "push", "project": {"path_with_namespace": "a/b"}}).to_string();
    let delivery = gitlab.sign(&headers, body.clone()).unwrap();
    let answer = delivery.send(&stack).await.unwrap();
    assert_eq!(
        (answer.status, answer.body.reference),
        (200, format!("gitlab/{id}"))
    );
    let stranger = gitlab.clone().with_secret("a guess");
    let answer = post(&stack, &stranger, &headers, body).await;
    assert_eq!(refusal(&answer), (401, "unauthorized"));
}

/// The signed URL is the configured one, wherever the request really went.
#[tokio::test]
async fn a_signed_url_is_the_configured_one() {
    let stack = shared().await;
    let square = Sender::of(&stack, "square").await.unwrap();
    let id = fresh("evt");
    let body =
        json!({"event_id": id, "type": "payment.updated", "created_at": "2026-11-22T00:00:00Z"})
            .to_string();
    let answer = post(&stack, &square, &[JSON], body.clone()).await;
    assert_eq!(
        (answer.status, answer.body.reference),
        (200, format!("square/{id}"))
    );
    let config = json!({
        "name": "square", "scheme": "square", "url": "https://another.example/v1/hooks/square",
    });
    let elsewhere = Sender::configured(&config, &square.secret).unwrap();
    let answer = post(&stack, &elsewhere, &[JSON], body).await;
    assert_eq!(refusal(&answer), (401, "signature_mismatch"));
}

#[tokio::test]
async fn slack_is_answered_its_challenge_and_nothing_is_stored() {
    let stack = shared().await;
    let slack = Sender::of(&stack, "slack").await.unwrap();
    let challenge = fresh("challenge").replace('_', "");
    let body = json!({"type": "url_verification", "challenge": challenge}).to_string();
    let delivery = slack.sign(&[JSON], body.clone()).unwrap();
    let answer = delivery.send(&stack).await.unwrap();
    assert_eq!(
        (answer.status, answer.body.message.as_str()),
        (200, challenge.as_str())
    );
    assert_eq!(stored(&stack, "slack", body.as_bytes()).await, 0);

    let event =
        json!({"type": "event_callback", "event_id": fresh("Ev"), "event": {"type": "message"}});
    let delivery = slack.sign(&[JSON], event.to_string()).unwrap();
    assert_eq!(delivery.send(&stack).await.unwrap().body.status, "accepted");
}

#[tokio::test]
async fn meta_is_answered_by_get_if_it_shows_the_token() {
    let stack = shared().await;
    let meta = Sender::of(&stack, "meta").await.unwrap();
    let keys = json!({"keys": [
        {"id": "app", "secret": meta.secret},
        {"id": "page", "secret": "a token of my own", "use": "challenge"},
    ]});
    stack.put_secret("meta", &keys.to_string()).await.unwrap();
    let request = meta.sign(&[JSON], "").unwrap();
    let ask = async |token: &str| {
        let query =
            format!("?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=1158201444");
        let answer = request.get(&stack, &query).await.unwrap();
        (answer.status, answer.body.message)
    };
    assert_eq!(
        ask("a%20token%20of%20my%20own").await,
        (200, "1158201444".to_owned())
    );
    assert_eq!(ask("another").await.0, 401);
    // A request without a challenge is not a delivery either, and reveals nothing to a stranger.
    let answer = request.get(&stack, "").await.unwrap();
    assert_eq!(refusal(&answer), (403, "forbidden"));
    // An endpoint whose provider sends no challenge answers no GET.
    let config = json!({"name": "github", "scheme": "github"});
    let github = Sender::configured(&config, "x").unwrap();
    let answer = github
        .sign(&[JSON], "{}")
        .unwrap()
        .get(&stack, "?hub.challenge=1")
        .await
        .unwrap();
    assert_eq!(refusal(&answer), (403, "forbidden"));

    let body =
        json!({"object": "page", "entry": [{"id": fresh("p"), "changes": [{"field": "feed"}]}]})
            .to_string();
    let answer = post(&stack, &meta, &[JSON], body).await;
    assert_eq!(answer.body.status, "accepted", "{answer:?}");
}
