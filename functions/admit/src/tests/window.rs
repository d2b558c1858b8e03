//! For how long equal bytes are one event, whenever they are judged.

use super::*;

/// Slots are hours, and deliveries come 3 seconds before the end of one.
fn world() -> World {
    let world = World::new();
    world.configure(
        "dropbox",
        r#""scheme":"dropbox""#,
        r#""dedupe_window_s":3600,"scheme":{"kind":"hmac","hash":"sha256","signature":{"headers":["x-dropbox-signature"],"grammar":"whole","encoding":"hex"},"content":[{"body":true}]}"#,
    );
    world
}

async fn admit(world: &World, key: &domain::ObjectKey) -> Option<Repetition> {
    stored(&world.admit(key).await.unwrap())
}

#[tokio::test]
async fn the_arrival_counts_and_not_the_moment_of_judging() {
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
        let world = world();
        // Two pairs across the edge of a slot. The pairs are more than an hour apart.
        let seconds = [NOW, NOW + 60, NOW + 3_700, NOW + 7_250];
        let requests = ["req-a", "req-b", "req-c", "req-d"];
        let keys: Vec<_> = requests
            .iter()
            .zip(seconds)
            .map(|(request, second)| world.deliver_at("dropbox", request, "", EVENT, second))
            .collect();
        let mut firsts = 0;
        for at in order {
            firsts += u32::from(admit(&world, &keys[at]).await == Some(Repetition::First));
        }
        assert_eq!(firsts, 2, "{order:?}");
        for pointer in world.pointers.all() {
            assert!(world.has(pointer.object().unwrap()));
        }
    }
}

#[tokio::test]
async fn a_message_that_comes_again_finds_its_own_pointer() {
    use Fault::{After, Before, None};
    for faults in [[None, Before], [None, After]] {
        let world = world();
        let key = world.deliver("dropbox", "req-a", "", EVENT);
        assert!(world.admit_with(&key, faults).await.is_err());
        world.admit(&key).await.unwrap();
        assert_eq!(world.admit(&key).await.unwrap(), Admitted::Before);
        assert_eq!(world.pointer().object(), Some(&key));
    }
}

/// The event's payload is gone: a delivery from the next slot replaces it, under the
/// event's own name, and no message and no change turns it into a second event.
#[tokio::test]
async fn a_payload_that_is_gone_is_restored_from_the_next_slot() {
    let world = world();
    let first = world.deliver("dropbox", "req-a", "", EVENT);
    world.admit(&first).await.unwrap();
    let reference = world.pointer().reference();
    world.lose(&first);
    let again = world.deliver_at("dropbox", "req-b", "", EVENT, NOW + 60);
    assert_eq!(admit(&world, &again).await, Some(Repetition::Restored));
    let pointer = world.pointer();
    assert_eq!(
        (pointer.object(), pointer.reference()),
        (Some(&again), reference)
    );
    assert_eq!(pointer.event.id, pointer.event.key.as_str());
    assert_eq!(world.admit(&again).await.unwrap(), Admitted::Before);
    // Named by another rule, under other keys.
    world.configure(
        "dropbox",
        r#""scheme""#,
        r#""max_body_bytes":9000,"scheme""#,
    );
    assert_eq!(world.admit(&again).await.unwrap(), Admitted::Before);
    world.keys.set(world::ring("other"));
    assert_eq!(world.admit(&again).await.unwrap(), Admitted::Before);
    assert_eq!(world.pointer().object(), Some(&again));
}

/// Crashed between the second claim and the pointer.
#[tokio::test]
async fn a_restoration_that_broke_off_is_done_by_the_next_message() {
    use Fault::{After, Before, None};
    for faults in [
        vec![None, None, Before],
        vec![None, None, After],
        vec![None, None, None, Before],
        vec![None, None, None, After],
    ] {
        let world = world();
        let first = world.deliver("dropbox", "req-a", "", EVENT);
        world.admit(&first).await.unwrap();
        world.lose(&first);
        let again = world.deliver_at("dropbox", "req-b", "", EVENT, NOW + 60);
        let broken = world.admit_with(&again, faults.clone()).await;
        assert!(matches!(broken, Err(Undone::Store(_))), "{faults:?}");
        world.admit_at(&again, NOW + 7_200, []).await.unwrap();
        assert_eq!(world.pointer().object(), Some(&again), "{faults:?}");
    }
}
