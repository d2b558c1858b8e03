//! Sweeps over a bucket, an index and a table in memory.

mod attributes;
mod direct;
mod erased;
mod failing;
mod retention;
mod stores;
mod window;
mod world;

use domain::{Digest, ObjectKey, Pointer, SignedDuration, Timestamp};
use testkit::Fault;
use world::{World, at, pointer, pointer_of};

use crate::{Options, Span, Tally};

/// From the hour of the world's payloads to its now.
fn span() -> Span {
    Span {
        since: at("20:30:00"),
        until: at("22:00:00"),
    }
}

fn options() -> Options {
    Options {
        dry_run: false,
        deletes_erased: true,
        older_than: Options::OLDER_THAN,
        pointer_days: world::DAYS,
        stop_at: None,
        announce_at_most: Options::ANNOUNCE_AT_MOST,
    }
}

#[tokio::test]
async fn a_crash_between_payload_and_pointer_is_repaired() {
    let world = World::default();
    let (whole, crashed) = (pointer("evt_1", "1"), pointer("evt_2", "2"));
    world.store(&whole).await;
    world.insert(&whole).await;
    world.store(&crashed).await;

    let tally = world.sweep(span(), options()).await.unwrap();
    let expected = Tally {
        payloads: 2,
        rescued: 1,
        ..Tally::default()
    };
    assert_eq!(tally, expected);
    // The same pointer that `ingest` would have inserted.
    assert!(world.pointers.all().contains(&crashed));
    assert_eq!(world.found(), ["rescued stripe/evt_2"]);

    let again = world.sweep(span(), options()).await.unwrap();
    assert_eq!((again.payloads, again.rescued), (2, 0));
    assert_eq!(world.found(), [""; 0]);
}

#[tokio::test]
async fn a_dry_run_says_the_same_and_writes_nothing() {
    let world = World::default();
    let (kept, other) = (pointer("evt_1", "1"), pointer("evt_1", "other bytes"));
    world.insert(&kept).await;
    for pointer in [&kept, &other, &pointer("evt_2", "2")] {
        world.store(pointer).await;
    }
    let dry = Options {
        dry_run: true,
        ..options()
    };
    let said = world.sweep(span(), dry).await.unwrap();
    let found = world.found();
    assert_eq!(world.pointers.all(), [kept]);
    assert_eq!(world.sweep(span(), options()).await.unwrap(), said);
    assert_eq!(world.found(), found);
    assert_eq!((said.rescued, said.superseded), (1, 1));
}

#[tokio::test]
async fn a_payload_that_came_with_other_bytes_stays_as_it_is() {
    let world = World::default();
    let (first, second) = (pointer("evt_1", "1"), pointer("evt_1", "2"));
    assert_ne!(first.time_bucket(), second.time_bucket());
    world.insert(&second).await;
    world.store(&first).await;
    world.store(&second).await;
    let tally = world.sweep(span(), options()).await.unwrap();
    assert_eq!((tally.superseded, tally.rescued), (1, 0));
    assert_eq!(world.found(), ["superseded stripe/evt_1"]);
    assert_eq!(world.pointers.all(), [second]);
}

/// Stored at the end of an hour; the crash; the retry stored in the next.
#[tokio::test]
async fn the_same_bytes_in_two_hours_are_one_event() {
    let world = World::default();
    let before = pointer_of("stripe", "evt_1", "1", at("20:59:59"));
    let after = pointer_of("stripe", "evt_1", "1", at("21:00:09"));
    assert_ne!(before.object(), after.object());
    world.store(&before).await;
    world.store(&after).await;
    world.insert(&after).await;
    let tally = world.sweep(span(), options()).await.unwrap();
    assert_eq!((tally.payloads, tally.superseded), (2, 1));
    assert_eq!(world.pointers.all(), [after]);
}

/// Neither hour's payload has a pointer: the first one swept gets it.
#[tokio::test]
async fn two_crashes_are_one_event() {
    let world = World::default();
    for time in ["20:59:59", "21:00:09"] {
        let pointer = pointer_of("stripe", "evt_1", "1", at(time));
        world.store(&pointer).await;
    }
    let tally = world.sweep(span(), options()).await.unwrap();
    assert_eq!((tally.rescued, tally.superseded), (1, 1));
    assert_eq!(world.pointers.all().len(), 1);
}

#[tokio::test]
async fn an_event_of_another_endpoint_is_another() {
    let world = World::default();
    let theirs = pointer_of("github", "evt_1", "1", at("21:00:00"));
    let ours = pointer_of("stripe", "evt_1", "1", at("21:00:00"));
    world.insert(&theirs).await;
    world.store(&theirs).await;
    world.store(&ours).await;
    let tally = world.sweep(span(), options()).await.unwrap();
    assert_eq!((tally.payloads, tally.rescued), (2, 1));
    assert!(world.pointers.all().contains(&ours));
}

#[tokio::test]
async fn young_objects_are_left_alone() {
    let world = World::default();
    let pointer = pointer_of("stripe", "evt_1", "1", at("21:45:00"));
    world.store(&pointer).await;
    let tally = world.sweep(span(), options()).await.unwrap();
    assert_eq!((tally.young, tally.rescued), (1, 0));
    assert!(world.pointers.all().is_empty());
    // A millisecond later.
    world.pass(SignedDuration::from_millis(1));
    let tally = world.sweep(span(), options()).await.unwrap();
    assert_eq!((tally.young, tally.rescued), (0, 1));
}

#[tokio::test]
async fn an_object_that_is_gone_meanwhile_is_nothing() {
    let world = World::default();
    let pointer = pointer("evt_1", "1");
    world.store(&pointer).await;
    world.lose(&pointer);
    let tally = world.sweep(span(), options()).await.unwrap();
    let expected = Tally {
        payloads: 1,
        ..Tally::default()
    };
    assert_eq!(tally, expected);
    assert!(world.pointers.all().is_empty() && world.found().is_empty());
}

/// Its pointer may have been routed, and removed by DynamoDB since.
#[tokio::test]
async fn an_object_whose_pointer_would_be_expired_is_not_routed() {
    let world = World::default();
    let pointer = pointer("evt_1", "1");
    world.store(&pointer).await;
    world.pass(Options::days(world::DAYS));
    let tally = world.sweep(span(), options()).await.unwrap();
    assert_eq!((tally.expired, tally.rescued), (1, 0));
    assert_eq!(world.found(), ["expired stripe/evt_1"]);
    assert!(world.pointers.all().is_empty());
}

#[tokio::test]
async fn what_belongs_to_no_event_is_counted_and_left() {
    let world = World::default();
    for name in ["event-key", "received-at", "endpoint", "key-id"] {
        let pointer = pointer(name, name);
        world.store(&pointer).await;
        world.forget(&pointer, name);
    }
    let (one, other) = (pointer("evt_1", "1"), pointer("evt_2", "2"));
    world.copy(&one, other.object().unwrap().as_str()).await;
    let place = one.object().unwrap().as_str();
    let place = place.rsplit_once('/').unwrap().0;
    world.copy(&one, &format!("{place}/readme.txt")).await;

    let tally = world.sweep(span(), options()).await.unwrap();
    assert_eq!((tally.payloads, tally.unreadable), (6, 6));
    let found = world.found().join("\n");
    for text in [
        "has no readable event-key",
        "has no readable received-at",
        "another key",
        "readme.txt: its key is not a payload's",
    ] {
        assert!(found.contains(text), "{found}");
    }
    assert!(world.pointers.all().is_empty());
}

#[tokio::test]
async fn any_event_key_is_found_again() {
    let keys = ["a/b#c %\u{7f}", "客户-1", "../..", " ", "%2F", "\u{1F600}"];
    let world = World::default();
    for (place, key) in keys.into_iter().enumerate() {
        let body = place.to_string();
        world.store(&pointer(key, &body)).await;
        let known = pointer(&format!("{key}known"), &format!("{body} known"));
        world.store(&known).await;
        world.insert(&known).await;
    }
    let mut ordered = pointer("evt/1", "ordered");
    ordered.event.ordering_key = Some("cus/1".to_owned());
    world.store(&ordered).await;

    let tally = world.sweep(span(), options()).await.unwrap();
    assert_eq!((tally.payloads, tally.rescued), (13, 7));
    let all = world.pointers.all();
    for key in keys {
        assert!(all.iter().any(|pointer| pointer.event.key.as_str() == key));
    }
    assert!(all.contains(&ordered));
    assert_eq!(world.sweep(span(), options()).await.unwrap().rescued, 0);
}

#[tokio::test]
async fn every_page_is_read() {
    let world = World::default();
    let mut crashed = 0;
    for number in 0..600 {
        let text = number.to_string();
        let pointer = pointer(&format!("evt_{number}"), &text);
        world.store(&pointer).await;
        if number % 7 == 0 {
            crashed += 1;
        } else {
            world.insert(&pointer).await;
        }
    }
    let tally = world.sweep(span(), options()).await.unwrap();
    let expected = Tally {
        payloads: 600,
        rescued: crashed,
        ..Tally::default()
    };
    assert_eq!(tally, expected);
    assert_eq!(world.pointers.all().len(), 600);
    // Each event needs only its own lookup: those already known need none.
    assert_eq!(world.calls("describe"), usize::try_from(crashed).unwrap());
}

#[tokio::test]
async fn an_hour_without_payloads_costs_a_listing_and_a_look_at_the_index() {
    let world = World::default();
    let tally = world.sweep(span(), options()).await.unwrap();
    assert_eq!(tally, Tally::default());
    assert_eq!((world.calls("list"), world.calls("refs")), (32, 32));
    let progress = world.progress();
    assert_eq!(progress.len(), 32);
    assert_eq!((progress[31].done, progress[31].of), (32, 32));
}

#[tokio::test]
async fn only_the_hours_of_the_span_are_swept() {
    let world = World::default();
    for time in ["19:59:59", "20:00:00", "21:59:59", "22:00:00"] {
        let pointer = pointer_of("stripe", time, time, at(time));
        world.store(&pointer).await;
    }
    world.pass(SignedDuration::from_hours(3));
    let tally = world.sweep(span(), options()).await.unwrap();
    assert_eq!(tally.rescued, 2);
}
