//! Calls that fail, and a time limit that is reached.

use super::*;

#[tokio::test]
async fn one_shard_that_cannot_be_listed_does_not_stop_the_others() {
    let world = World::default();
    for number in 0..40 {
        let text = number.to_string();
        world.store(&pointer(&text, &text)).await;
    }
    let lost = pointer("0", "0").time_bucket();
    world.refuse(move |call| call == format!("list {lost}"));
    let error = world.sweep(span(), options()).await.unwrap_err();
    assert_eq!((error.failed, error.unswept), (1, None));
    assert!(
        error.to_string().starts_with("1 shards of hours"),
        "{error}"
    );
    assert!(error.source.is_some());
    assert_eq!(error.tally.rescued, world.pointers.all().len() as u64);
    assert!((20..40).contains(&error.tally.rescued));
    assert_eq!(world.found_like("failed at list"), 1);

    world.refuse(|_| false);
    let tally = world.sweep(span(), options()).await.unwrap();
    assert_eq!(tally.rescued + error.tally.rescued, 40);
}

#[tokio::test]
async fn without_the_index_nothing_is_taken_for_lost() {
    let world = World::default();
    let known = pointer("evt_1", "1");
    world.store(&known).await;
    world.insert(&known).await;
    world.refuse(|call| call.starts_with("refs"));
    let error = world.sweep(span(), options()).await.unwrap_err();
    assert_eq!((error.failed, world.calls("describe")), (32, 0));
}

/// A late index does no harm: the insertion decides.
#[tokio::test]
async fn a_pointer_that_the_index_lacks_is_not_routed_again() {
    let world = World::default();
    let known = pointer("evt_1", "1");
    world.store(&known).await;
    world.insert(&known).await;
    world.hide_index();
    let tally = world.sweep(span(), options()).await.unwrap();
    assert_eq!((tally.rescued, tally.superseded), (0, 1));
    assert_eq!(world.pointers.all().len(), 1);
}

#[tokio::test]
async fn an_object_that_is_refused_does_not_stop_its_neighbours() {
    let world = World::default();
    let shard = pointer("0", "0").time_bucket();
    let mut neighbours = Vec::new();
    for number in 0..100 {
        let text = number.to_string();
        let pointer = pointer(&text, &text);
        if pointer.time_bucket() == shard {
            world.store(&pointer).await;
            neighbours.push(pointer.object().unwrap().to_string());
        }
    }
    assert!(neighbours.len() > 2);
    // As they are listed.
    neighbours.sort();
    let refused = neighbours.remove(0);
    world.refuse(move |call| call == format!("describe {refused}"));
    let error = world.sweep(span(), options()).await.unwrap_err();
    let rescued = error.tally.rescued;
    assert_eq!((error.failed, rescued), (1, neighbours.len() as u64));
    assert_eq!(world.found_like("failed at describe"), 1);
}

#[tokio::test]
async fn a_busy_store_is_left_in_peace_and_nothing_is_lost() {
    for fault in [Fault::Before, Fault::After, Fault::Refused] {
        let world = World::default();
        for number in 0..10 {
            let text = number.to_string();
            let mut pointer = pointer(&text, "1");
            pointer.event.ordering_key = Some(text);
            world.store(&pointer).await;
        }
        world.faults([Fault::None, fault]);
        let error = world.sweep(span(), options()).await.unwrap_err();
        assert_eq!(error.failed, 1);
        // One shard: it ended there, unless only this one was refused.
        let (rescued, inserted) = match fault {
            Fault::Refused => (9, 9),
            Fault::After => (1, 2),
            _ => (1, 1),
        };
        assert_eq!(error.tally.rescued, rescued, "{fault:?}");
        assert_eq!(world.pointers.all().len(), inserted, "{fault:?}");

        world.sweep(span(), options()).await.unwrap();
        assert_eq!(world.pointers.all().len(), 10, "{fault:?}");
    }
}

#[tokio::test]
async fn when_the_time_is_over_the_rest_is_named() {
    let world = World::default();
    let old = pointer_of("stripe", "evt_1", "1", at("20:45:00"));
    world.store(&old).await;
    world.store(&pointer("evt_2", "2")).await;
    // Each listing takes a minute: the first hour is done after sixteen of each lane.
    world.each_listing_takes(SignedDuration::from_mins(1));
    let options = Options {
        stop_at: Some(world.now() + SignedDuration::from_mins(40)),
        ..options()
    };
    let error = world.sweep(span(), options).await.unwrap_err();
    assert_eq!((error.failed, error.tally.rescued), (0, 1));
    assert_eq!(world.pointers.all(), [old]);
    let rest = Span {
        since: at("21:00:00"),
        until: at("22:00:00"),
    };
    assert_eq!(error.unswept, Some(rest));
    assert_eq!(
        error.to_string(),
        "the run ran out of time; sweep the rest with: coatcheck sweep \
         --since 2026-11-21T21:00:00Z --until 2026-11-21T22:00:00Z"
    );
    assert_eq!(world.calls("list") + world.calls("list-direct"), 40);
    assert_eq!(
        world.sweep(rest, super::options()).await.unwrap().rescued,
        1
    );
}

/// Many payloads without a pointer in one shard: it is not finished.
#[tokio::test]
async fn the_time_is_watched_within_a_shard_too() {
    let world = World::default();
    for number in 0..10 {
        world.store(&pointer(&number.to_string(), "1")).await;
    }
    world.each_insertion_takes(SignedDuration::from_mins(1));
    let options = Options {
        stop_at: Some(world.now() + SignedDuration::from_mins(2)),
        ..options()
    };
    let error = world.sweep(span(), options).await.unwrap_err();
    // Not even the first page.
    assert_eq!(error.tally.rescued, 2);
    assert!(error.unswept.is_some());
}
