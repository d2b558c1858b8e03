//! What an endpoint demands of its deliveries: of those that the authorizer did not judge, and of the body, which it
//! does not see.

use super::*;

const PICKY: &str = r#"{"name":"picky","scheme":"standard-webhooks","content_types":["application/json"],"required_headers":["x-tenant"],"min_bytes":20}"#;

fn picky(body: &[u8]) -> Delivery {
    Delivery::signed(PICKY, "msg_1", body).add("X-Tenant", "acme")
}

#[tokio::test]
async fn what_meets_the_demands_is_stored() {
    let world = World::new();
    let (status, _) = picky(EVENT).to(&world.ingest()).await;
    assert_eq!(status, 200);
    world.holds_exactly(EVENT);
}

#[tokio::test]
async fn what_does_not_is_a_403_with_the_authorizers_codes() {
    let short = br#"{"type":"a"}"#;
    for (delivery, expected) in [
        (
            picky(EVENT).set("content-type", "text/plain"),
            "content_type_not_allowed",
        ),
        (picky(EVENT).without("x-tenant"), "required_header_missing"),
        (picky(short), "body_too_small"),
        // A wrong length that is declared, and a right one: the body counts, too.
        (picky(short).add("content-length", "500"), "body_too_small"),
        (picky(EVENT).add("content-length", "3"), "body_too_small"),
    ] {
        assert_eq!(refused(&delivery).await, (403, expected.to_owned()));
    }
}

/// Nothing is spent on it: not even the key is read.
#[tokio::test]
async fn no_key_is_read_for_it() {
    let world = World::new();
    let bare = Delivery::bare(PICKY, "POST");
    let (status, answer) = bare.to(&world.ingest()).await;
    assert_eq!(
        (status, &answer["error"]),
        (403, &json!("content_type_not_allowed"))
    );
    assert_eq!(world.keys.reads(), 0);
}

#[tokio::test]
async fn a_handshake_is_answered_all_the_same() {
    let world = World::new();
    let config = r#"{"name":"asana","scheme":"asana","handshake":true,"content_types":["application/json"],"min_bytes":20}"#;
    let shake = Delivery::bare(config, "POST").add("X-Hook-Secret", "b537207f20cb");
    assert_eq!(shake.at(&world.ingest(), now()).await.status_code, 200);
    world.holds_nothing();
}
