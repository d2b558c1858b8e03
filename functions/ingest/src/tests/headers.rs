//! Which headers are kept with a payload.

use domain::{Headers, StoredHeaders};
use testkit::MemoryPayloads;

use super::*;

fn stored(payloads: &MemoryPayloads) -> StoredHeaders {
    let object = payloads.objects().into_values().next().unwrap();
    let metadata: Vec<(&str, &str)> = object.metadata.iter().collect();
    let value = |name: &str| {
        let found = metadata.iter().find(|(have, _)| *have == name);
        found.map(|(_, value)| *value)
    };
    StoredHeaders::read(value).unwrap()
}

async fn kept(delivery: &Delivery) -> StoredHeaders {
    let world = World::new();
    let (status, answer) = delivery.to(&world.ingest()).await;
    assert_eq!(status, 200, "{answer}");
    stored(&world.payloads)
}

#[tokio::test]
async fn what_names_the_event_and_what_the_endpoint_names_is_kept_beside_the_signature() {
    let config = r#"{"name":"github","scheme":"github","keep_headers":["x-request-id","x-none","user-agent"]}"#;
    let delivery = Delivery::signed(config, "d-1", b"{}")
        .add("User-Agent", "GitHub-Hookshot/1")
        .add("X-Request-Id", "r-1")
        .add("X-Request-Id", "r-2")
        .add("X-Other", "not kept");
    let kept = kept(&delivery).await;
    let signature = kept.signature.clone().unwrap();
    assert!(matches!(signature.one("x-hub-signature-256"), Ok(Some(_))));
    assert_eq!(signature.iter().count(), 1);
    // First what names the event, then the endpoint's in its order.
    let others = [
        ("x-github-delivery", "d-1"),
        ("x-github-event", "push"),
        ("x-request-id", "r-1"),
        ("x-request-id", "r-2"),
        ("user-agent", "GitHub-Hookshot/1"),
    ];
    assert_eq!(kept.others, Headers::from_pairs(others));
    assert_eq!(kept.all().iter().count(), 6);
}

#[tokio::test]
async fn a_secret_is_never_kept_whatever_the_endpoint_names() {
    let config = r#"{"name":"gitlab","scheme":"gitlab-token","keep_headers":["x-gitlab-token","authorization","cookie","x-api-key","x-gitlab-event-uuid"]}"#;
    let delivery = Delivery::signed(config, "", br#"{"object_kind":"push"}"#)
        .add("Idempotency-Key", "k-1")
        .add("Authorization", "Bearer b-1")
        .add("Cookie", "c-1")
        .add("X-Api-Key", "a-1")
        .add("X-Gitlab-Event-UUID", "u-1");
    let kept = kept(&delivery).await.all();
    let names: Vec<&str> = kept.iter().map(|(name, _)| name).collect();
    assert!(names.contains(&"x-gitlab-event-uuid"), "{names:?}");
    for secret in [SECRET, "b-1", "c-1", "a-1"] {
        assert!(!kept.iter().any(|(_, value)| value.contains(secret)));
    }
    // A fact may not be looked up in credentials either, as far as storing them goes.
    let odd =
        r#"{"name":"gitlab","scheme":"gitlab-token","event":{"id":{"header":"x-gitlab-token"}}}"#;
    let world = World::new();
    Delivery::signed(odd, "", br#"{"object_kind":"push"}"#)
        .to(&world.ingest())
        .await;
    assert_eq!(
        stored(&world.payloads)
            .others
            .get_all("x-gitlab-token")
            .next(),
        None
    );
}

#[tokio::test]
async fn a_long_header_is_left_out_and_never_refuses_a_delivery() {
    let config = r#"{"name":"github","scheme":"github","keep_headers":["x-long","x-short"]}"#;
    let delivery = Delivery::signed(config, "d-1", b"{}")
        .add("X-Long", &"l".repeat(2_048))
        .add("X-Short", "s");
    let kept = kept(&delivery).await.others;
    assert_eq!(kept.one("x-short"), Ok(Some("s")));
    assert_eq!(kept.one("x-long"), Ok(None));
}
