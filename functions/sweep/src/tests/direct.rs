//! What is found in the direct lane: objects that were not judged, and pointers without their
//! object.

use std::sync::atomic::Ordering;

use domain::DataRef;

use super::*;

/// A pointer of the direct lane: its object has the request's id in its key.
fn direct(request: &str, event: &str) -> Pointer {
    direct_at(request, event, at("21:00:00"))
}

/// The same, received now.
fn direct_at(request: &str, event: &str, at: Timestamp) -> Pointer {
    let mut pointer = pointer_of("stripe", event, "1", at);
    let (shard, hour) = ObjectKey::place_incoming(request, pointer.received_at);
    pointer.dataref = DataRef::Object {
        bucket: "payloads".to_owned(),
        key: ObjectKey::from_stored(format!("incoming/{shard}/{hour}/stripe/{request}")),
    };
    pointer
}

#[tokio::test]
async fn an_object_of_the_direct_lane_that_was_not_judged_is_announced_once_more() {
    let world = World::default();
    let (judged, lost) = (direct("req-a", "evt_1"), direct("req-b", "evt_2"));
    world.store(&judged).await;
    world.insert(&judged).await;
    world.store(&lost).await;
    let dry = Options {
        dry_run: true,
        ..options()
    };
    let said = world.sweep(span(), dry).await.unwrap();
    assert_eq!(world.calls("announce"), 0);
    let tally = world.sweep(span(), options()).await.unwrap();
    let expected = Tally {
        payloads: 2,
        announced: 1,
        ..Tally::default()
    };
    assert_eq!((tally, said), (expected, expected));
    assert_eq!(
        world.found(),
        [format!("announced {}", lost.object().unwrap())]
    );
    assert_eq!(world.calls("announce"), 1);
    // Once is enough, whether `admit` has done its work or not.
    let again = world.sweep(span(), options()).await.unwrap();
    assert_eq!((again.announced, again.waiting), (0, 1));
    world.insert(&lost).await;
    let again = world.sweep(span(), options()).await.unwrap();
    assert_eq!((again.payloads, again.announced, again.waiting), (2, 0, 0));
}

#[tokio::test]
async fn a_young_one_and_a_stranger_among_the_direct_lanes_objects_are_left() {
    let world = World::default();
    let young = direct("req-a", "evt_1");
    world.store(&young).await;
    let patient = Options {
        older_than: SignedDuration::from_hours(2),
        ..options()
    };
    let tally = world.sweep(span(), patient).await.unwrap();
    assert_eq!((tally.young, tally.announced), (1, 0));
    let stranger = young
        .object()
        .unwrap()
        .as_str()
        .replace("stripe/", "stripe/more/");
    world.copy(&young, &stranger).await;
    let tally = world.sweep(span(), options()).await.unwrap();
    assert_eq!((tally.unreadable, tally.announced), (1, 1));
}

fn span_of_two() -> Span {
    Span {
        since: at("20:00:00"),
        until: at("22:00:00"),
    }
}

/// Deliveries of 20:00 and of every minute after that.
async fn backlog(world: &World, count: i64) -> Vec<Pointer> {
    let mut all = Vec::new();
    for minute in 0..count {
        let at = at("20:00:00") + SignedDuration::from_mins(minute);
        let pointer = direct_at(&format!("req-{minute:x}"), &format!("evt_{minute}"), at);
        world.store(&pointer).await;
        all.push(pointer);
    }
    all
}

#[tokio::test]
async fn a_backlog_is_not_multiplied() {
    let world = World::default();
    backlog(&world, 20).await;
    world.queue.store(20, Ordering::Relaxed);
    for _ in 0..4 {
        let tally = world.sweep(span_of_two(), options()).await.unwrap();
        assert_eq!((tally.waiting, tally.announced, tally.left), (20, 0, 0));
        assert_eq!(
            (world.calls("announce"), world.calls("is_announced")),
            (0, 0)
        );
    }
    // `admit` has given them up without a trace: each is announced once.
    world.queue.store(0, Ordering::Relaxed);
    let tally = world.sweep(span_of_two(), options()).await.unwrap();
    assert_eq!((tally.waiting, tally.announced), (0, 20));
    for _ in 0..4 {
        let tally = world.sweep(span_of_two(), options()).await.unwrap();
        assert_eq!((tally.waiting, tally.announced), (20, 0));
    }
    // When that message cannot be there any more, it is announced again.
    world.pass(SignedDuration::from_hours(28 * 24));
    let tally = world.sweep(span_of_two(), options()).await.unwrap();
    assert_eq!((tally.waiting, tally.announced), (0, 20));
}

#[tokio::test]
async fn what_waits_in_the_dlq_is_not_announced() {
    let world = World::default();
    let all = backlog(&world, 2).await;
    world.note_announced(&all[0], world.now() + SignedDuration::from_secs(1));
    let tally = world.sweep(span_of_two(), options()).await.unwrap();
    assert_eq!((tally.waiting, tally.announced), (1, 1));
    assert_eq!(
        world.found(),
        [format!("announced {}", all[1].object().unwrap())]
    );
}

/// Under constant traffic the queue is never empty.
#[tokio::test]
async fn what_was_overtaken_by_an_hour_is_announced_whatever_waits() {
    let world = World::default();
    let all = backlog(&world, 3).await;
    world.queue.store(7, Ordering::Relaxed);
    let judged = direct_at("req-f", "later", at("21:01:30"));
    world.store(&judged).await;
    world.insert(&judged).await;
    let tally = world.sweep(span_of_two(), options()).await.unwrap();
    assert_eq!((tally.waiting, tally.announced), (1, 2));
    let line = |pointer: &Pointer| format!("announced {}", pointer.object().unwrap());
    assert_eq!(world.found(), [line(&all[0]), line(&all[1])]);
}

#[tokio::test]
async fn a_run_announces_only_so_many_the_oldest_first_and_counts_the_rest() {
    let world = World::default();
    let all = backlog(&world, 20).await;
    let few = Options {
        announce_at_most: 3,
        ..options()
    };
    let tally = world.sweep(span_of_two(), few).await.unwrap();
    assert_eq!((tally.announced, tally.left, tally.waiting), (3, 17, 0));
    let mut expected: Vec<String> = all[..3]
        .iter()
        .map(|pointer| format!("announced {}", pointer.object().unwrap()))
        .collect();
    expected.sort();
    assert_eq!(world.found(), expected);
    let tally = world.sweep(span_of_two(), few).await.unwrap();
    assert_eq!((tally.announced, tally.left, tally.waiting), (3, 14, 3));
}

#[tokio::test]
async fn the_standard_lane_comes_first() {
    let world = World::default();
    backlog(&world, 1).await;
    let late = pointer_of("stripe", "evt_late", "1", at("21:30:00"));
    world.store(&late).await;
    world.refuse(|call| call.starts_with("announce"));
    let error = world.sweep(span_of_two(), options()).await.unwrap_err();
    assert_eq!((error.tally.rescued, error.tally.left), (1, 1));
    assert_eq!((error.failed, error.unannounced), (0, true));
    assert_eq!(
        error.to_string(),
        "some objects that admit must judge were not announced to it"
    );
    assert_eq!(world.found_like("failed at announce"), 1);
}

/// If what waits is unknown, nothing is announced, and the run has failed.
#[tokio::test]
async fn without_a_look_at_the_queue_nothing_is_announced() {
    let world = World::default();
    backlog(&world, 3).await;
    world.refuse(|call| call.starts_with("waiting"));
    let error = world.sweep(span_of_two(), options()).await.unwrap_err();
    assert_eq!((error.tally.waiting, error.tally.announced), (3, 0));
    assert!(error.unannounced);
}

#[tokio::test]
async fn a_store_that_fails_is_told_nothing_more() {
    let world = World::default();
    backlog(&world, 3).await;
    for (refused, announced, left) in [
        ("announce", 0, 3),
        ("note_announced", 1, 3),
        ("is_announced", 0, 3),
    ] {
        world.refuse(move |call| call.starts_with(&format!("{refused} ")));
        let error = world.sweep(span_of_two(), options()).await.unwrap_err();
        assert_eq!(
            (error.tally.announced, error.tally.left),
            (announced, left),
            "{refused}"
        );
    }
}

#[tokio::test]
async fn when_the_time_is_over_the_rest_is_left_for_the_next_run() {
    let world = World::default();
    backlog(&world, 3).await;
    world.each_message_takes(SignedDuration::from_mins(1));
    let options = Options {
        stop_at: Some(world.now() + SignedDuration::from_mins(2)),
        ..options()
    };
    let tally = world.sweep(span_of_two(), options).await.unwrap();
    assert_eq!((tally.announced, tally.left), (2, 1));
}

#[tokio::test]
async fn a_pointer_of_the_direct_lane_whose_payload_is_gone_is_told() {
    let world = World::default();
    let (whole, gone) = (direct("req-a", "evt_1"), direct("req-b", "evt_2"));
    for pointer in [&whole, &gone] {
        world.insert(pointer).await;
    }
    world.store(&whole).await;
    let tally = world.sweep(span(), options()).await.unwrap();
    assert_eq!((tally.dangling, tally.announced), (1, 0));
    assert_eq!(
        world.found(),
        [format!("dangling stripe/evt_2 {}", gone.object().unwrap())]
    );
    // Only an object that is not listed costs a call.
    assert_eq!(world.calls("list-direct"), 32 + 1);
    // After a week it may have expired.
    world.pass(SignedDuration::from_hours(7 * 24));
    let tally = world.sweep(span(), options()).await.unwrap();
    assert_eq!(tally.dangling, 0);
}

/// The listing was first, the delivery came next, and its pointer is in the index.
#[tokio::test]
async fn a_pointer_that_is_younger_than_the_listing_is_no_finding() {
    let world = World::default();
    let pointer = direct("req-a", "evt_1");
    world.insert(&pointer).await;
    // Moved to the next delivery, which is not in the index yet.
    let mut led = pointer.clone();
    led.dataref = direct("req-c", "evt_1").dataref;
    world.store(&led).await;
    assert!(world.pointers.lead(&led, pointer.object().unwrap()));
    let tally = world.sweep(span(), options()).await.unwrap();
    assert_eq!(tally.dangling, 0);
}
