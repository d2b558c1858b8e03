//! For how long equal bytes are one event.

use domain::SignedDuration;

use super::*;

const HOURLY: &str = r#"{"name":"pay","scheme":"paystack","dedupe_window_s":3600}"#;
const BODY: &[u8] = br#"{"event":"charge.success","data":{"id":7}}"#;

/// 59 minutes and 57 seconds past the hour: the window's slots are hours.
fn at(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

/// The status and the ref of a response.
async fn send(world: &World, delivery: &Delivery, seconds: i64) -> (String, String) {
    let response = delivery.at(&world.ingest(), at(seconds)).await;
    let answer: Value = serde_json::from_str(&response.body).unwrap();
    let text = |name: &str| answer[name].as_str().unwrap().to_owned();
    (text("status"), text("ref"))
}

#[tokio::test]
async fn equal_bytes_are_one_event_within_the_window_and_another_after_it() {
    let world = World::new();
    let delivery = Delivery::signed(HOURLY, "", BODY);
    let (status, first) = send(&world, &delivery, 0).await;
    assert_eq!(status, "accepted");
    // In its own slot, across the edge of the slot, and up to the window's end.
    for seconds in [1, 120, 3599] {
        let again = send(&world, &delivery, seconds).await;
        assert_eq!(again, ("duplicate".to_owned(), first.clone()), "{seconds}");
    }
    let (status, second) = send(&world, &delivery, 3600).await;
    assert_eq!(status, "accepted");
    assert_ne!(first, second);
    assert_eq!(world.pointers.all().len(), 2);
    let again = send(&world, &delivery, 3600 + 3599).await;
    assert_eq!(again, ("duplicate".to_owned(), second));
}

#[tokio::test]
async fn each_event_has_an_id_of_its_own_and_its_payload() {
    let world = World::new();
    let delivery = Delivery::signed(HOURLY, "", BODY);
    for seconds in [0, 3600] {
        send(&world, &delivery, seconds).await;
    }
    let all = world.pointers.all();
    assert_ne!(all[0].event.id, all[1].event.id);
    for pointer in &all {
        assert_eq!(pointer.event.id, pointer.event.key.as_str());
        let object = &world.payloads.objects()[pointer.object().unwrap().as_str()];
        assert_eq!(object.body, BODY);
    }
}

#[tokio::test]
async fn without_a_window_equal_bytes_are_one_event_for_as_long_as_its_pointer_is_kept() {
    let world = World::new();
    let config = r#"{"name":"pay","scheme":"paystack"}"#;
    let delivery = Delivery::signed(config, "", BODY);
    send(&world, &delivery, 0).await;
    let (status, _) = send(&world, &delivery, 80 * 86_400).await;
    assert_eq!(status, "duplicate");
    world.holds_exactly(BODY);
}

/// Someone who captured it sends it again when the window is over: that is visible.
#[tokio::test]
async fn an_event_whose_bytes_came_before_the_window_is_told() {
    let world = World::new();
    let delivery = Delivery::signed(HOURLY, "", BODY);
    for (seconds, repeats) in [(0, false), (60, false), (3600, true)] {
        let (_, log) = delivery.reported(&world.ingest(), at(seconds)).await;
        let DeliveryOutcome::Stored(stored) = log.outcome else {
            panic!("{log:?}");
        };
        assert_eq!(stored.repeats_bytes, repeats, "{seconds}");
    }
}

/// Under the headers' names too: a window splits further, and merges nothing.
#[tokio::test]
async fn headers_and_a_window_split_events() {
    let config = r#"{"name":"github","scheme":"github","dedupe_window_s":60}"#;
    let world = World::new();
    let one = Delivery::signed(config, "a", BODY);
    let other = one.clone().set("X-GitHub-Delivery", "b");
    for (delivery, seconds, status) in [
        (&one, 0, "accepted"),
        (&other, 1, "accepted"),
        (&one, 59, "duplicate"),
        (&other, 60, "duplicate"),
        (&one, 60, "accepted"),
        (&other, 61, "accepted"),
    ] {
        assert_eq!(send(&world, delivery, seconds).await.0, status, "{seconds}");
    }
}

#[tokio::test]
async fn a_signed_id_has_no_window() {
    let world = World::new();
    let config = r#"{"name":"billing","scheme":"stripe","dedupe_window_s":1,"max_age_s":604800}"#;
    let delivery = Delivery::signed(config, "", EVENT);
    assert_eq!(send(&world, &delivery, 0).await.1, "billing/evt_1");
    assert_eq!(send(&world, &delivery, 500).await.0, "duplicate");
    world.holds_exactly(EVENT);
}

#[tokio::test]
async fn after_any_fault_a_retry_leaves_one_event_in_whatever_slot() {
    use testkit::{Failing, Fault};
    for fault in [Fault::Before, Fault::After] {
        let world = World::new();
        let delivery = Delivery::signed(HOURLY, "", BODY);
        let pointers = Failing::new(&world.pointers, [fault]);
        let ingest = Ingest::new(&world.payloads, &pointers, &world.keys, DAYS);
        assert_eq!(delivery.at(&ingest, at(0)).await.status_code, 503);
        let (status, _) = send(&world, &delivery, 60).await;
        let expected = match fault {
            Fault::After => "duplicate",
            _ => "accepted",
        };
        assert_eq!(status, expected);
        assert_eq!(world.pointers.all().len(), 1);
    }
}
