//! Deliveries of events that an operator has erased.

use super::*;

/// Another key: a published test value's length.
const OTHER: &str = "whsec_b3RoZXJvdGhlcm90aGVyb3RoZXJvdGhlcm90";

#[tokio::test]
async fn a_delivery_that_comes_after_the_erasure_is_deleted_and_gets_no_pointer() {
    let world = World::new();
    let first = world.deliver("billing", "req-a", "msg_1", EVENT);
    world.admit(&first).await.unwrap();
    let pointer = world.pointer();
    world.pointers.erase(&pointer);
    world.lose(&first);
    for (request, body) in [("req-b", EVENT), ("req-c", br#"{"type":"t"}"#)] {
        let again = world.deliver("billing", request, "msg_1", body);
        let admitted = world.admit(&again).await.unwrap();
        assert_eq!(stored(&admitted), Some(Repetition::Erased));
        assert!(!world.has(&again) && world.pointers.all().is_empty());
        // Its message comes again.
        assert_eq!(world.admit(&again).await.unwrap(), Admitted::Gone);
    }
    let other = world.deliver("billing", "req-d", "msg_2", EVENT);
    let admitted = world.admit(&other).await.unwrap();
    assert_eq!(stored(&admitted), Some(Repetition::First));
    assert!(world.has(&other));
}

/// Erased between the delivery's first message, which broke off, and its second.
#[tokio::test]
async fn wherever_it_broke_off_before_the_next_message_deletes_it() {
    use Fault::{After, Before, None};
    for faults in [
        vec![Before],
        vec![After],
        vec![None, Before],
        vec![None, After],
    ] {
        let world = World::new();
        let first = world.deliver("billing", "req-a", "msg_1", EVENT);
        world.admit(&first).await.unwrap();
        world.pointers.erase(&world.pointer());
        world.lose(&first);
        let again = world.deliver("billing", "req-b", "msg_1", EVENT);
        assert!(world.admit_with(&again, faults.clone()).await.is_err());
        assert!(world.has(&again), "{faults:?}");
        let admitted = world.admit(&again).await.unwrap();
        assert_eq!(stored(&admitted), Some(Repetition::Erased), "{faults:?}");
        assert!(!world.has(&again) && world.pointers.all().is_empty());
    }
}

/// Verified and claimed, then the invocation died; then its event was erased, and the key that verifies it is gone.
#[tokio::test]
async fn what_was_good_once_is_not_kept_for_an_operator_if_its_event_was_erased() {
    let world = World::new();
    let first = world.deliver("billing", "req-a", "msg_1", EVENT);
    world.admit(&first).await.unwrap();
    let again = world.deliver("billing", "req-b", "msg_1", EVENT);
    let broken = world.admit_with(&again, [Fault::None, Fault::Before]).await;
    assert!(broken.is_err() && world.has(&again));
    world.keys.set(world::ring(OTHER));
    assert_eq!(kept(&world.admit(&again).await), "signature_mismatch");
    world.pointers.erase(&world.pointer());
    assert_eq!(world.admit(&again).await.unwrap(), Admitted::Gone);
    assert!(!world.has(&again));
}
