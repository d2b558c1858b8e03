use testkit::{Failing, Fault};

use super::*;

/// Whatever fails in between, the retry repairs it.
#[tokio::test]
async fn after_any_fault_the_retry_leaves_one_pointer_and_its_payload() {
    use Fault::{After, Before, None};
    let delivery = Delivery::signed(STANDARD, "msg_1", EVENT);
    for (payload, pointer, first) in [
        (Before, None, 503),
        (After, None, 503),
        (None, Before, 503),
        (None, After, 503),
        (None, None, 200),
    ] {
        let world = World::new();
        let ingest = Ingest::new(
            Failing::new(&world.payloads, [payload]),
            Failing::new(&world.pointers, [pointer]),
            &world.keys,
            DAYS,
        );
        let response = delivery.at(&ingest, now()).await;
        assert_eq!(response.status_code, first, "{payload:?} {pointer:?}");
        assert_eq!(response.headers.contains_key("retry-after"), first == 503);
        assert!(
            world.pointers.all().len() <= world.payloads.objects().len(),
            "a pointer without its payload"
        );
        let (status, answer) = delivery.to(&ingest).await;
        let expected = if pointer == After || first == 200 {
            "duplicate"
        } else {
            "accepted"
        };
        assert_eq!(
            (status, answer["status"].as_str()),
            (200, Some(expected)),
            "{payload:?} {pointer:?}"
        );
        world.holds_exactly(EVENT);
    }
}

#[tokio::test]
async fn a_retry_in_the_next_hour_still_is_one_pointer() {
    let world = World::new();
    let ingest = Ingest::new(
        &world.payloads,
        Failing::new(&world.pointers, [Fault::Before]),
        &world.keys,
        DAYS,
    );
    Delivery::signed(STANDARD, "msg_1", EVENT).to(&ingest).await;
    let later = NOW + 3600;
    let retry = Delivery::signed_at(STANDARD, "msg_1", EVENT, later, SECRET);
    assert_eq!(
        retry
            .at(&ingest, Timestamp::from_second(later).unwrap())
            .await
            .status_code,
        200
    );
    assert_eq!(
        world.payloads.objects().len(),
        2,
        "the first payload is the lifecycle's to remove"
    );
    world.holds_exactly(EVENT);
}

#[tokio::test]
async fn what_no_retry_can_fix_is_a_500() {
    let delivery = Delivery::signed(STANDARD, "msg_1", EVENT);
    let world = World::new();
    let ingest = Ingest::new(
        Failing::new(&world.payloads, [Fault::Refused]),
        &world.pointers,
        &world.keys,
        DAYS,
    );
    let (status, answer) = delivery.to(&ingest).await;
    assert_eq!((status, &answer["error"]), (500, &json!("misconfigured")));
    world.holds_nothing();

    for config in [
        None,
        Some("{}"),
        Some(r#"{"name":"a","scheme":"nobody"}"#),
        Some(r#"{"name":"a","scheme":"github","event":{"ordering_key":{"header":"x-unsigned"}}}"#),
        Some(r#"{"name":"a","scheme":"github","event":{"id":{"json":"no-slash"}}}"#),
    ] {
        let mut delivery = delivery.clone();
        delivery.config = config.map(str::to_owned);
        assert_eq!(
            refused(&delivery).await,
            (500, "misconfigured".to_owned()),
            "{config:?}"
        );
    }
}

#[tokio::test]
async fn keys_that_cannot_be_read_now_are_a_503() {
    let world = World::new();
    let ingest = Ingest::new(
        &world.payloads,
        &world.pointers,
        Failing::new(&world.keys, [Fault::Before]),
        DAYS,
    );
    let delivery = Delivery::signed(STANDARD, "msg_1", EVENT);
    assert_eq!(delivery.to(&ingest).await.0, 503);
    assert_eq!(delivery.to(&ingest).await.0, 200);
}
