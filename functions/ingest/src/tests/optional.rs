//! An event is not refused for a fact that it can do without.

use super::*;

/// Only optional facts are in the body; `type` decides where the type is.
fn config(kind: &str) -> String {
    let event = format!(
        r#"{{"type":{kind},"subject":{{"json":"/subject"}},"ordering_key":{{"json":"/key"}},"occurred_at":{{"json":"/time"}}}}"#
    );
    format!(r#"{{"name":"billing","scheme":"standard-webhooks","event":{event}}}"#)
}

const LITERAL: &str = r#"{"literal":"ping"}"#;

/// The answer's status, and how many facts were left out.
async fn stored(world: &World, delivery: &Delivery) -> (u16, usize) {
    let (response, log) = delivery.reported(&world.ingest(), now()).await;
    let left_out = match log.outcome {
        DeliveryOutcome::Stored(stored) => stored.left_out.facts,
        _ => 0,
    };
    (response.status_code, left_out)
}

#[tokio::test]
async fn a_body_has_to_be_json_only_where_a_needed_fact_is_in_it() {
    let fallback = r#"{"first":[{"json":"/type"},{"literal":"ping"}]}"#;
    let header = r#"{"header":"x-type"}"#;
    for body in [
        &b""[..],
        b"plain text",
        b"<xml/>",
        b"\xff\xfe\x00",
        b"{\"subject\":",
    ] {
        for (kind, count) in [(LITERAL, 3), (header, 3), (fallback, 4)] {
            let world = World::new();
            let delivery = Delivery::signed(&config(kind), "msg_1", body).add("x-type", "ping");
            assert_eq!(stored(&world, &delivery).await, (200, count), "{kind}");
            world.holds_exactly(body);
            let event = world.pointers.all().remove(0).event;
            assert_eq!((&*event.kind, &*event.subject), ("ping", ""));
            assert_eq!((event.ordering_key, event.occurred_at), (None, now()));
        }
        let world = World::new();
        let needed = Delivery::signed(&config(r#"{"json":"/type"}"#), "msg_1", body);
        assert_eq!(stored(&world, &needed).await.0, 400);
        world.holds_nothing();
    }
}

/// Its own bytes are stored, and can be read without it.
#[tokio::test]
async fn a_byte_order_mark_is_stored_and_not_read() {
    let world = World::new();
    let body = b"\xef\xbb\xbf{\"id\":\"evt_1\",\"type\":\"invoice.paid\"}";
    let delivery = Delivery::signed(STRIPE, "", body);
    assert_eq!(stored(&world, &delivery).await, (200, 0));
    world.holds_exactly(body);
    assert_eq!(world.pointers.all().remove(0).event.id, "evt_1");
}

#[tokio::test]
async fn an_id_that_names_no_event_may_be_unusable() {
    let no_id = r#"{"name":"github","scheme":"github","event":{"id":{"json":"/id"}}}"#;
    let custom = |dedupe| {
        format!(
            r#"{{"name":"github","scheme":"github","dedupe":"{dedupe}","event":{{"id":{{"header":"x-id"}}}}}}"#
        )
    };
    let world = World::new();
    let twice = |config: &str| {
        let delivery = Delivery::signed(config, "a", EVENT);
        delivery.add("x-id", "1").add("x-id", "2")
    };
    assert_eq!(stored(&world, &twice(&custom("auto"))).await, (200, 1));
    world.holds_exactly(EVENT);
    assert_eq!(stored(&World::new(), &twice(&custom("id"))).await.0, 400);
    // The signature covers this header.
    let text = Delivery::signed(no_id, "a", b"text");
    assert_eq!(stored(&World::new(), &text).await.0, 400);
}

#[tokio::test]
async fn an_optional_fact_that_is_unusable_is_left_out_and_counted() {
    let long = "9".repeat(5000);
    let bodies = [
        format!(r#"{{"time":"{long}","subject":"s"}}"#).into_bytes(),
        br#"{"time":"1795298390\u0000","subject":"s"}"#.to_vec(),
        br#"{"time":"\ud800","subject":"s"}"#.to_vec(),
        b"{\"time\":\"\xff\",\"subject\":\"s\"}".to_vec(),
        br#"{"time":1795298390,"time":1,"subject":"s"}"#.to_vec(),
    ];
    for body in bodies {
        let world = World::new();
        let delivery = Delivery::signed(&config(LITERAL), "msg_1", &body);
        assert_eq!(stored(&world, &delivery).await, (200, 1));
        world.holds_exactly(&body);
        let event = world.pointers.all().remove(0).event;
        assert_eq!((&*event.subject, event.occurred_at), ("s", now()));
    }
}

#[tokio::test]
async fn an_ordering_key_that_fits_no_store_becomes_its_digest() {
    for key in [
        "\u{8acb}\u{6c42}\u{66f8}".repeat(30),
        "line\nend".to_owned(),
        "k".repeat(4096),
    ] {
        let world = World::new();
        let body = json!({ "key": key }).to_string();
        let delivery = Delivery::signed(&config(LITERAL), "msg_1", body.as_bytes());
        assert_eq!(stored(&world, &delivery).await, (200, 0));
        let digest = domain::Digest::of(&key).to_string();
        let event = world.pointers.all().remove(0).event;
        assert_eq!(event.ordering_key, Some(digest));
    }
}

#[tokio::test]
async fn the_longest_facts_are_taken_in_any_alphabet() {
    let world = World::new();
    let text = |bytes: usize| "\u{8acb}".repeat(bytes / 3);
    let event = r#"{"id":{"json":"/id"},"type":{"json":"/type"},"subject":{"json":"/subject"},"ordering_key":{"json":"/key"}}"#;
    let config = format!(r#"{{"name":"stripe","scheme":"stripe","event":{event}}}"#);
    let body = json!({"id": text(256), "type": text(128), "subject": text(256), "key": text(256)});
    let delivery = Delivery::signed(&config, "", body.to_string().as_bytes());
    assert_eq!(stored(&world, &delivery).await, (200, 0));
}

/// Names are logged, values never.
#[tokio::test]
async fn what_is_left_out_is_named() {
    testkit::listen();
    let body = br#"{"time":"TIMECANARY\n","subject":"SUBJECTCANARY\n"}"#;
    let delivery = Delivery::signed(&config(LITERAL), "msg_1", body);
    assert_eq!(stored(&World::new(), &delivery).await, (200, 2));
    let logged = testkit::logged();
    assert!(logged.contains("subject, occurred_at"), "{logged}");
    assert!(!logged.contains("CANARY"), "{logged}");
}
