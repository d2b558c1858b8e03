//! What must not be lost: no verdict of today deletes what was admitted yesterday,
//! and nothing that may be genuine is deleted.

use domain::{KeyRing, ObjectKey};

use super::{
    world::{ring, ring_since, signed},
    *,
};

const OTHER: &str = "whsec_b3RoZXJvdGhlcm90aGVyb3RoZXJvdGhlcm90";

/// A message that comes again is judged by what is true then.
#[tokio::test]
async fn what_was_admitted_stays_whatever_has_changed_since() {
    type Change = fn(&World);
    let changes: [(&str, Change); 5] = [
        ("the keys are replaced", |world| {
            world.keys.set(ring_since(OTHER, NOW + 60));
        }),
        ("the keys are said to be old", |world| {
            world.keys.set(ring(OTHER));
        }),
        ("the type is elsewhere", |world| {
            world.configure("billing", "/type", "/nowhere");
        }),
        ("another scheme", |world| {
            world.configure("billing", "standard-webhooks", "github");
        }),
        ("the event is named otherwise", |world| {
            world.configure("billing", r#"{"type""#, r#"{"id":{"json":"/id"},"type""#);
        }),
    ];
    for (what, change) in changes {
        let world = World::new();
        let key = world.deliver("billing", "req-a", "msg_1", EVENT);
        world.admit(&key).await.unwrap();
        change(&world);
        let again = world.admit(&key).await;
        assert_eq!(again.unwrap(), Admitted::Before, "{what}");
        assert_eq!(world.pointer().object(), Some(&key), "{what}");
    }
}

/// Under the new name another object is the event's: the one that was admitted under the
/// old name is not a duplicate to delete.
#[tokio::test]
async fn what_was_admitted_under_another_name_is_no_duplicate() {
    let world = World::new();
    let first = world.deliver("billing", "req-a", "msg_1", EVENT);
    world.admit(&first).await.unwrap();
    let other = world.deliver("billing", "req-b", "msg_2", EVENT);
    world.configure("billing", r#"{"type""#, r#"{"id":{"json":"/id"},"type""#);
    let admitted = world.admit(&other).await.unwrap();
    assert_eq!(stored(&admitted), Some(Repetition::First));
    assert_eq!(world.admit(&first).await.unwrap(), Admitted::Before);
    assert!(world.has(&first) && world.has(&other));
    assert_eq!(world.pointers.all().len(), 2);
}

/// Crashed between claim and pointer, and then named differently.
#[tokio::test]
async fn a_claim_without_a_pointer_is_taken_over_when_its_invocation_is_over() {
    let world = World::new();
    let key = world.deliver("billing", "req-a", "msg_1", EVENT);
    let broken = world
        .admit_at(&key, NOW, [Fault::None, Fault::Before])
        .await;
    assert!(matches!(broken, Err(Undone::Store(_))));
    world.configure("billing", r#"{"type""#, r#"{"id":{"json":"/id"},"type""#);
    let soon = world.admit_at(&key, NOW + 299, []).await;
    assert!(matches!(soon, Err(Undone::AtWork)), "{soon:?}");
    world.admit_at(&key, NOW + 300, []).await.unwrap();
    assert_eq!(world.pointer().reference().to_string(), "billing/in_1");
    assert_eq!(world.pointers.claims(), 1);
}

/// Crashed between claim and pointer, and then no longer valid.
#[tokio::test]
async fn what_was_good_once_is_kept() {
    let world = World::new();
    let key = world.deliver("billing", "req-a", "msg_1", EVENT);
    let broken = world.admit_with(&key, [Fault::None, Fault::Before]).await;
    assert!(matches!(broken, Err(Undone::Store(_))));
    world.keys.set(ring(OTHER));
    assert_eq!(kept(&world.admit(&key).await), "signature_mismatch");
    world.keys.set(ring(SECRET));
    world.admit(&key).await.unwrap();
    assert_eq!(world.pointer().object(), Some(&key));
}

/// Its endpoint was of the standard lane when the event came first.
#[tokio::test]
async fn a_duplicate_of_an_event_whose_pointer_holds_its_payload_is_not_needed() {
    for (first, repetition) in [
        (EVENT, Repetition::Duplicate),
        (&b"{}"[..], Repetition::Conflicting),
    ] {
        let world = World::new();
        let key = world.deliver("billing", "req-a", "msg_1", EVENT);
        world.admit(&key).await.unwrap();
        let mut pointer = world.pointer();
        pointer.sha256 = domain::Digest::of(first);
        let object = pointer.object().unwrap().clone();
        let inline = pointer.with_inline(
            first,
            &domain::Metadata::default(),
            domain::SignedDuration::ZERO,
        );
        let table = &world.pointers;
        let led = crate::Claims::lead(&table, &inline, &object);
        assert!(led.await.unwrap());
        let again = world.deliver("billing", "req-b", "msg_1", EVENT);
        let admitted = world.admit(&again).await.unwrap();
        assert_eq!(stored(&admitted), Some(repetition));
        assert!(!world.has(&again), "its bytes are in the pointer");
        let pointers = world.pointers.all();
        assert_eq!(pointers, [inline], "it stays as it is");
    }
}

#[tokio::test]
async fn a_duplicate_takes_the_place_of_a_payload_that_is_gone() {
    let world = World::new();
    let first = world.deliver("billing", "req-a", "msg_1", EVENT);
    world.admit(&first).await.unwrap();
    world.lose(&first);
    let again = world.deliver("billing", "req-b", "msg_1", EVENT);
    let admitted = world.admit(&again).await.unwrap();
    assert_eq!(stored(&admitted), Some(Repetition::Restored));
    assert_eq!(world.pointer().object(), Some(&again));
    assert_eq!(world.admit(&again).await.unwrap(), Admitted::Before);
    // A third one is a duplicate like any other.
    let third = world.deliver("billing", "req-c", "msg_1", EVENT);
    let admitted = world.admit(&third).await.unwrap();
    assert_eq!(stored(&admitted), Some(Repetition::Duplicate));
    assert!(world.has(&again) && !world.has(&third));
}

#[tokio::test]
async fn what_is_verified_and_cannot_be_named_is_kept_until_the_configuration_can() {
    let broken = &EVENT[..EVENT.len() - 1];
    let untyped = br#"{"id":"in_1"}"#;
    let long = "i".repeat(257);
    for (id, body, why) in [
        ("msg_1", broken, "json_malformed"),
        ("msg_1", &untyped[..], "type_missing"),
        (&long, EVENT, "id_too_long"),
    ] {
        let world = World::new();
        let key = world.deliver("billing", "req-a", id, body);
        let admitted = world.admit(&key).await;
        assert_eq!(kept(&admitted), why);
        assert_eq!(
            admitted.unwrap_err().again_after(1),
            None,
            "at once to a person"
        );
        assert!(world.has(&key) && world.pointers.all().is_empty(), "{why}");
    }
    let world = World::new();
    let named = r#"{"name":"billing","#;
    world.configure("billing", named, &format!(r#"{named}"min_bytes":900,"#));
    let key = world.deliver("billing", "req-a", "msg_1", EVENT);
    assert_eq!(kept(&world.admit(&key).await), "body_too_small");
    let world = World::new();
    world.configure("billing", "/type", "/typo");
    let key = world.deliver("billing", "req-a", "msg_1", EVENT);
    assert_eq!(kept(&world.admit(&key).await), "type_missing");
    world.configure("billing", "/data/customer", "/data");
    world.admit(&key).await.unwrap();
    assert_eq!(world.pointer().event.kind, "invoice.paid");
}

#[tokio::test]
async fn a_body_over_the_endpoints_limit_is_kept_until_the_limit_is_raised() {
    let world = World::new();
    let key = world.deliver("small", "req-a", "", EVENT);
    assert_eq!(kept(&world.admit(&key).await), "body_too_large");
    world.configure("small", ":20", ":2000");
    world.admit(&key).await.unwrap();
    assert_eq!(world.pointer().object(), Some(&key));
}

/// Two rotations, and a message that was in a dead-letter queue meanwhile.
#[tokio::test]
async fn keys_that_are_gone_condemn_nothing() {
    for since in [NOW + 1, NOW + 1000] {
        let world = World::new();
        let key = world.deliver("billing", "req-a", "msg_1", EVENT);
        world.keys.set(ring_since(OTHER, since));
        assert_eq!(kept(&world.admit(&key).await), "signature_mismatch");
        assert!(world.has(&key));
    }
    let world = World::new();
    let key = world.deliver("billing", "req-a", "msg_1", EVENT);
    // No one knows its time.
    world.keys.set(KeyRing::from_versions(OTHER, None).unwrap());
    assert_eq!(kept(&world.admit(&key).await), "signature_mismatch");
    assert!(world.has(&key));
    world.keys.set(ring_since(OTHER, NOW));
    assert_eq!(
        reason(&world.admit(&key).await.unwrap()),
        "signature_mismatch"
    );
    assert!(!world.has(&key));
}

fn json() -> Vec<(String, String)> {
    vec![("content-type".to_owned(), "application/json".to_owned())]
}

/// Not even the form of the headers is judged by a later scheme.
#[tokio::test]
async fn another_configuration_condemns_nothing() {
    let world = World::new();
    let forged = world.store("billing", "req-a", None, json(), EVENT);
    world.configure("billing", r#""lane""#, r#""handshake":true,"lane""#);
    assert_eq!(kept(&world.admit(&forged).await), "signature_missing");
    assert!(world.has(&forged));
    let world = World::new();
    let other = world.store("billing", "req-b", None, json(), EVENT);
    let admitted = world.admit(&other).await.unwrap();
    assert_eq!(reason(&admitted), "signature_missing");
}

/// Forged deliveries cost at most one read of the secret in 30 seconds, and do not cause
/// the loss of a genuine one that comes within them.
#[tokio::test]
async fn only_keys_that_were_read_after_it_came_condemn_a_delivery() {
    let world = World::new();
    world.keys.set(ring(OTHER));
    let pointers = &world.pointers;
    let admit = crate::Admit::new(&world, pointers, world.directory(), &world.keys, 90);
    let at = |second| Timestamp::from_second(second).unwrap();
    let forged = world.store(
        "billing",
        "req-a",
        None,
        signed("billing", "msg_0", EVENT),
        b"{}",
    );
    let judged = admit.admit("payloads", &forged, at(NOW)).await.unwrap();
    assert_eq!(reason(&judged), "signature_mismatch");
    // Before the next one comes, its signing key is added.
    world.keys.set(ring_since(SECRET, NOW - 1));
    let good = world.deliver_at("billing", "req-b", "msg_1", EVENT, NOW + 1);
    let reads = world.keys.reads();
    let early = admit.admit("payloads", &good, at(NOW + 2)).await;
    assert!(matches!(early, Err(Undone::KeysTooOld)), "{early:?}");
    assert_eq!(world.keys.reads(), reads);
    let later = admit.admit("payloads", &good, at(NOW + 32)).await.unwrap();
    assert_eq!(reason(&later), "stored");
    assert_eq!(world.pointer().object(), Some(&good));
}

/// The key is put back and the message sent back at once, to a function that read the keys
/// a moment before.
#[tokio::test]
async fn a_key_that_is_put_back_is_found_within_half_a_minute() {
    let world = World::new();
    world.keys.set(ring_since(OTHER, NOW + 60));
    let pointers = &world.pointers;
    let admit = crate::Admit::new(&world, pointers, world.directory(), &world.keys, 90);
    let at = |second| Timestamp::from_second(NOW + second).unwrap();
    let key = world.deliver("billing", "req-a", "msg_1", EVENT);
    let judged = admit.admit("payloads", &key, at(100)).await;
    assert_eq!(kept(&judged), "signature_mismatch");
    world.keys.set(ring_since(SECRET, NOW + 105));
    let early = admit.admit("payloads", &key, at(110)).await;
    assert!(matches!(early, Err(Undone::KeysTooOld)), "{early:?}");
    let later = admit.admit("payloads", &key, at(140)).await.unwrap();
    assert_eq!(reason(&later), "stored");
}

#[tokio::test]
async fn the_sweep_is_told_of_a_message_that_stays() {
    let world = World::new();
    // It is judged, and its message gone.
    let good = world.deliver("billing", "r-1", "evt_1", EVENT);
    world.attend(&good, 1).await.unwrap();
    assert_eq!(world.pointers.announced(), []);
    // It goes into the dead-letter queue at once.
    let unnamed = world.deliver("billing", "r-2", "evt_2", b"{}");
    world.attend(&unnamed, 1).await.unwrap_err();
    assert_eq!(world.pointers.announced(), [unnamed]);
    // The last invocation died, or a store was busy.
    let again = world.deliver("billing", "r-3", "evt_3", EVENT);
    world.attend(&again, 2).await.unwrap();
    world.attend(&again, 3).await.unwrap();
    assert_eq!(world.pointers.announced()[1..], [again]);
    // The sweep would announce nothing that is elsewhere.
    let elsewhere = ObjectKey::from_stored("payloads/a".to_owned());
    world.attend(&elsewhere, 1).await.unwrap_err();
    assert_eq!(world.pointers.announced().len(), 2);
}

#[tokio::test]
async fn a_note_that_cannot_be_written_delays_nothing() {
    let world = World::new();
    let key = world.deliver("billing", "r-1", "evt_1", EVENT);
    world.pointers.faults.set([Fault::Before]);
    assert!(world.attend(&key, 2).await.is_ok());
    assert_eq!(world.pointers.all().len(), 1);
}
