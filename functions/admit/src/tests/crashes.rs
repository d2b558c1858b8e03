use super::*;

/// Whatever fails in between, the next message repairs it.
#[tokio::test]
async fn after_any_fault_the_next_message_leaves_one_pointer_and_its_object() {
    use Fault::{After, Before, None};
    for (opening, table) in [
        (Before, [None, None]),
        (After, [None, None]),
        (None, [Before, None]),
        (None, [After, None]),
        (None, [None, Before]),
        (None, [None, After]),
    ] {
        let world = World::new();
        let key = world.deliver("billing", "req-a", "msg_1", EVENT);
        world.faults.set([opening]);
        let first = world.admit_with(&key, table).await;
        assert!(
            matches!(first, Err(Undone::Store(_))),
            "{opening:?} {table:?}"
        );
        assert!(world.has(&key));
        world.admit(&key).await.unwrap();
        assert_eq!(
            world.pointer().object(),
            Some(&key),
            "{opening:?} {table:?}"
        );
    }
}

/// A duplicate that could not be deleted, or that was deleted but the answer was lost.
#[tokio::test]
async fn after_any_fault_a_duplicate_still_goes_and_the_first_stays() {
    use Fault::{After, Before, None};
    for faults in [
        [None, Before, None],
        [None, None, Before],
        [None, None, After],
    ] {
        let world = World::new();
        let first = world.deliver("billing", "req-a", "msg_1", EVENT);
        world.admit(&first).await.unwrap();
        let again = world.deliver("billing", "req-b", "msg_1", EVENT);
        world.faults.set(faults);
        assert!(matches!(world.admit(&again).await, Err(Undone::Store(_))));
        world.admit(&again).await.unwrap();
        assert!(world.has(&first) && !world.has(&again));
        assert_eq!(world.pointer().object(), Some(&first));
    }
}

#[tokio::test]
async fn after_any_fault_a_forged_object_still_goes() {
    use Fault::{After, Before, None};
    for faults in [[Before, None], [None, Before], [None, After]] {
        let world = World::new();
        let json = vec![("content-type".to_owned(), "application/json".to_owned())];
        let key = world.store("billing", "req-a", Option::None, json, EVENT);
        world.faults.set(faults);
        assert!(
            matches!(world.admit(&key).await, Err(Undone::Store(_))),
            "{faults:?}"
        );
        world.admit(&key).await.unwrap();
        assert!(!world.has(&key) && world.pointers.all().is_empty());
    }
}

/// S3 reports objects in any order, and some more than once.
#[tokio::test]
async fn in_whatever_order_messages_come_there_is_one_pointer() {
    for order in [[0, 1, 0, 1], [1, 0, 1, 0], [0, 0, 1, 1], [1, 1, 0, 0]] {
        let world = World::new();
        let keys =
            ["req-a", "req-b"].map(|request| world.deliver("billing", request, "msg_1", EVENT));
        for at in order {
            world.admit(&keys[at]).await.unwrap();
        }
        let kept = &keys[order[0]];
        assert_eq!(world.pointer().object(), Some(kept), "{order:?}");
        assert_eq!(keys.iter().filter(|key| world.has(key)).count(), 1);
    }
}
