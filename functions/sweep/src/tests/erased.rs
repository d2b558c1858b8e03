//! Payloads of events that an operator has erased.

use super::*;

/// A delivery that came after the erasure: `ingest` stored its payload and found the tombstone. And a copy that a retry
/// had left in another hour.
async fn world_with_an_erased_event() -> (World, [Pointer; 2], Pointer) {
    let world = World::default();
    let late = pointer("evt_1", "1");
    let copy = pointer_of("stripe", "evt_1", "other bytes", at("20:45:00"));
    let kept = pointer("evt_2", "2");
    world.pointers.erase(&late);
    for one in [&late, &copy, &kept] {
        world.store(one).await;
    }
    world.insert(&kept).await;
    (world, [late, copy], kept)
}

fn has(world: &World, pointer: &Pointer) -> bool {
    let key = pointer.object().unwrap().as_str();
    world.payloads.objects().contains_key(key)
}

#[tokio::test]
async fn they_are_deleted_and_routed_never_again() {
    let (world, erased, kept) = world_with_an_erased_event().await;
    let tally = world.sweep(span(), options()).await.unwrap();
    assert_eq!((tally.erased, tally.rescued, tally.superseded), (2, 0, 0));
    assert_eq!(world.found_like("erased stripe/evt_1"), 2);
    assert!(erased.iter().all(|one| !has(&world, one)) && has(&world, &kept));
    assert_eq!(world.pointers.all(), [kept]);
    let again = world.sweep(span(), options()).await.unwrap();
    assert_eq!((again.payloads, again.erased), (1, 0));
}

/// The policy of those who sweep by hand cannot delete a payload.
#[tokio::test]
async fn by_hand_and_in_a_dry_run_they_are_only_reported() {
    let by_hand = Options {
        deletes_erased: false,
        ..options()
    };
    let dry = Options {
        dry_run: true,
        ..options()
    };
    for options in [by_hand, dry] {
        let (world, erased, _) = world_with_an_erased_event().await;
        let tally = world.sweep(span(), options).await.unwrap();
        assert_eq!((tally.erased, tally.rescued), (2, 0), "{options:?}");
        assert_eq!(world.calls("erase"), 0);
        assert!(erased.iter().all(|one| has(&world, one)));
    }
}

/// `ingest` may be about to write the pointer of another event with the same key: that it is young says nothing here, but
/// a look costs nothing either, a quarter of an hour later.
#[tokio::test]
async fn young_ones_wait_and_one_that_cannot_be_deleted_does_not_stop_the_others() {
    let (world, erased, _) = world_with_an_erased_event().await;
    let patient = Options {
        older_than: SignedDuration::from_hours(2),
        ..options()
    };
    let tally = world.sweep(span(), patient).await.unwrap();
    assert_eq!((tally.erased, tally.young), (0, 2));

    let refused = erased[0].object().unwrap().to_string();
    world.refuse(move |call| call == format!("erase {refused}"));
    let incomplete = world.sweep(span(), options()).await.unwrap_err();
    assert_eq!(incomplete.tally.erased, 1);
    assert!(has(&world, &erased[0]) && !has(&world, &erased[1]));
}
