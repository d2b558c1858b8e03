//! Small payloads that their pointers hold.

use domain::{DataRef, Digest, SignedDuration};
use testkit::{Failing, Fault};

use super::*;

const INLINE: &str = r#"{"name":"billing","scheme":"standard-webhooks","inline_max_bytes":200}"#;

/// Two bytes that are no text, and as many spaces as it takes.
fn body(bytes: usize) -> Vec<u8> {
    let mut body = br#"{"type":"invoice.paid"}"#.to_vec();
    body.resize(bytes, b' ');
    body
}

/// Invariant 1 for a payload without an object: exactly one pointer, with these bytes.
fn is_held(world: &World, body: &[u8]) {
    let pointers = world.pointers.all();
    assert_eq!(pointers.len(), 1, "pointers");
    assert_eq!(pointers[0].dataref, DataRef::Inline(body.to_vec()));
    assert_eq!(pointers[0].sha256, Digest::of(body));
    assert_eq!(pointers[0].size, body.len() as u64);
}

#[tokio::test]
async fn up_to_the_limit_a_payload_is_in_its_pointer_and_nowhere_else() {
    for (bytes, inline) in [(24, true), (199, true), (200, true), (201, false)] {
        let world = World::new();
        let body = body(bytes);
        let answer = Delivery::signed(INLINE, "msg_1", &body)
            .to(&world.ingest())
            .await;
        assert_eq!((answer.0, &answer.1["status"]), (200, &json!("accepted")));
        if inline {
            is_held(&world, &body);
            assert!(world.payloads.objects().is_empty(), "{bytes}");
        } else {
            world.holds_exactly(&body);
        }
    }
}

#[tokio::test]
async fn bytes_that_are_no_text_and_none_at_all_are_kept_as_they_are() {
    let github = INLINE.replace("standard-webhooks", "github");
    for body in [&[0, 0xff, 0xfe, b'\r', b'\n'][..], &[]] {
        let world = World::new();
        let answer = Delivery::signed(&github, "a", body)
            .to(&world.ingest())
            .await;
        assert_eq!(answer.0, 200, "{answer:?}");
        is_held(&world, body);
    }
}

#[tokio::test]
async fn the_first_bytes_of_an_event_win_inline_too() {
    let world = World::new();
    let ingest = world.ingest();
    let first = body(100);
    for (bytes, status) in [
        (100, "accepted"),
        (100, "duplicate"),
        (150, "duplicate"),
        (300, "duplicate"),
    ] {
        let answer = Delivery::signed(INLINE, "msg_1", &body(bytes))
            .to(&ingest)
            .await;
        assert_eq!(answer.1["status"], status, "{bytes}");
        is_held(&world, &first);
    }
}

/// Whichever came first stays, also when the endpoint's limit has changed since.
#[tokio::test]
async fn a_changed_limit_makes_no_second_event() {
    let small = body(100);
    for (before, after) in [(STANDARD, INLINE), (INLINE, STANDARD)] {
        let world = World::new();
        for (config, status) in [(before, "accepted"), (after, "duplicate")] {
            let answer = Delivery::signed(config, "msg_1", &small)
                .to(&world.ingest())
                .await;
            assert_eq!(answer.1["status"], status);
        }
        if before == INLINE {
            is_held(&world, &small);
        } else {
            world.holds_exactly(&small);
        }
    }
}

#[tokio::test]
async fn a_fault_of_the_table_is_answered_503_and_the_retry_repairs_it() {
    for (fault, second) in [(Fault::Before, "accepted"), (Fault::After, "duplicate")] {
        let world = World::new();
        let pointers = Failing::new(&world.pointers, [fault]);
        // S3 is not asked: it would refuse.
        let payloads = Failing::new(&world.payloads, [Fault::Refused]);
        let ingest = Ingest::new(payloads, pointers, &world.keys, DAYS);
        let delivery = Delivery::signed(INLINE, "msg_1", &body(100));
        assert_eq!(delivery.to(&ingest).await.0, 503);
        assert_eq!(delivery.to(&ingest).await.1["status"], second);
        is_held(&world, &body(100));
    }
}

#[tokio::test]
async fn within_a_window_equal_bytes_are_one_event_inline_too() {
    let config =
        r#"{"name":"pay","scheme":"paystack","dedupe_window_s":3600,"inline_max_bytes":200}"#;
    let world = World::new();
    let paid = br#"{"event":"charge.success","data":{"id":7}}"#;
    let delivery = Delivery::signed(config, "", paid);
    for seconds in [0, 120] {
        let at = now() + SignedDuration::from_secs(seconds);
        assert_eq!(delivery.at(&world.ingest(), at).await.status_code, 200);
        is_held(&world, paid);
    }
}

/// A payload is kept for 30 days, in an object or not; other pointers for 90.
#[tokio::test]
async fn such_a_pointer_lives_as_long_as_a_payload_and_keeps_the_headers() {
    let world = World::new();
    Delivery::signed(INLINE, "msg_1", &body(100))
        .to(&world.ingest())
        .await;
    let pointer = world.pointers.all().remove(0);
    assert_eq!(pointer.expires_at.as_second() - NOW, 30 * 86_400);
    let value = |name: &str| {
        let mut pairs = pointer.headers.iter();
        pairs.find_map(|(have, value)| (have == name).then_some(value))
    };
    let kept = domain::StoredHeaders::read(value).unwrap();
    assert!(
        kept.signature
            .unwrap()
            .get_all("webhook-signature")
            .next()
            .is_some()
    );

    let world = World::new();
    let short = Days {
        pointers: 7,
        payloads: 30,
    };
    let ingest = Ingest::new(&world.payloads, &world.pointers, &world.keys, short);
    Delivery::signed(INLINE, "msg_1", &body(100))
        .to(&ingest)
        .await;
    let pointer = world.pointers.all().remove(0);
    assert_eq!(pointer.expires_at.as_second() - NOW, 7 * 86_400);
}
