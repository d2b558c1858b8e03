//! Payloads whose event key has a window. The sweep knows no endpoint: the key holds all it needs.

use std::num::NonZeroU32;

use domain::EventKey;

use super::*;

/// Whatever names the events of an endpoint with a window of an hour.
fn keys() -> [EventKey; 2] {
    let attributes = [("customer", "cus_1"), ("status", "paid")];
    [
        EventKey::of_digest(Digest([0xab; 32]), None),
        EventKey::of_attributes("invoice.paid", attributes),
    ]
}

#[tokio::test]
async fn an_orphan_is_judged_by_when_it_came() {
    for key in keys() {
        is_judged_by_when_it_came(&key).await;
    }
}

async fn is_judged_by_when_it_came(key: &EventKey) {
    // What `ingest` makes of a delivery.
    let windowed = |time: &str| {
        let window_s = NonZeroU32::new(3600).unwrap();
        let key = key.clone().within(window_s, at(time));
        pointer_of("pay", key.as_str(), "body", at(time))
    };
    // The event came at ten to nine; the orphans have the same key.
    let world = World::default();
    let event = windowed("20:50:00");
    world.store(&event).await;
    world.insert(&event).await;
    let within = windowed("21:40:00");
    let later = windowed("21:50:00");
    world.store(&within).await;
    let tally = world.sweep(span(), options()).await.unwrap();
    assert_eq!((tally.superseded, tally.rescued), (1, 0));
    assert_eq!(world.pointers.all(), std::slice::from_ref(&event));

    let world = World::default();
    world.store(&event).await;
    world.insert(&event).await;
    world.pass(SignedDuration::from_mins(30));
    world.store(&later).await;
    let tally = world.sweep(span(), options()).await.unwrap();
    assert_eq!((tally.superseded, tally.rescued), (0, 1));
    // The same pointer that `ingest` would have inserted.
    assert!(world.pointers.all().contains(&later));
}
