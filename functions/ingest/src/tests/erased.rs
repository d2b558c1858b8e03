//! Deliveries of events that an operator has erased.

use domain::SignedDuration;

use super::*;

/// 200: a provider that got anything else would try for days, and then turn the endpoint off.
#[tokio::test]
async fn a_delivery_that_comes_after_the_erasure_is_answered_and_gets_no_pointer() {
    let world = World::new();
    let ingest = world.ingest();
    let delivery = Delivery::signed(STANDARD, "msg_1", EVENT);
    assert_eq!(delivery.to(&ingest).await.1["status"], "accepted");
    let pointer = world.pointers.all().remove(0);
    world.pointers.erase(&pointer);
    let changed = [EVENT, b" "].concat();
    for again in [&delivery, &Delivery::signed(STANDARD, "msg_1", &changed)] {
        let (status, answer) = again.to(&ingest).await;
        assert_eq!(
            (status, &answer),
            (200, &json!({"status": "erased", "ref": "billing/msg_1"}))
        );
        assert!(world.pointers.all().is_empty());
    }
    let (_, log) = delivery.reported(&ingest, now()).await;
    let line = log.metrics("coatcheck", ("IngestLatency", std::time::Duration::ZERO));
    let line = line.line(now());
    assert!(line.contains("DeliveriesErased") && !line.contains("DeliveriesDuplicate"));
    // Another event of the same customer is another event.
    let other = Delivery::signed(STANDARD, "msg_2", EVENT);
    assert_eq!(other.to(&ingest).await.1["status"], "accepted");
}

/// Its payload is in the pointer: nothing is written at all.
#[tokio::test]
async fn an_inline_delivery_leaves_nothing() {
    const INLINE: &str =
        r#"{"name":"billing","scheme":"standard-webhooks","inline_max_bytes":4096}"#;
    let world = World::new();
    let ingest = world.ingest();
    let delivery = Delivery::signed(INLINE, "msg_1", EVENT);
    delivery.to(&ingest).await;
    let pointer = world.pointers.all().remove(0);
    world.pointers.erase(&pointer);
    assert_eq!(delivery.to(&ingest).await.1["status"], "erased");
    world.holds_nothing();
}

/// Equal bytes within the window are the erased event; after it they are another one.
#[tokio::test]
async fn within_a_window_equal_bytes_are_the_event_that_was_erased() {
    const HOURLY: &str = r#"{"name":"pay","scheme":"paystack","dedupe_window_s":3600}"#;
    let world = World::new();
    let delivery = Delivery::signed(HOURLY, "", br#"{"event":"charge.success"}"#);
    let status = async |seconds| {
        let at = now() + SignedDuration::from_secs(seconds);
        let response = delivery.at(&world.ingest(), at).await;
        let answer: Value = serde_json::from_str(&response.body).unwrap();
        answer["status"].clone()
    };
    assert_eq!(status(0).await, "accepted");
    let pointer = world.pointers.all().remove(0);
    world.pointers.erase(&pointer);
    // In its own slot, and across the slot's edge.
    for seconds in [1, 120, 3_599] {
        assert_eq!(status(seconds).await, "erased", "{seconds}");
    }
    assert_eq!(status(3_600).await, "accepted");
}
