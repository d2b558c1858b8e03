use testkit::{Failing, Fault};

use super::*;

const NEW: &str = "whsec_bmV3LXNlY3JldC1vZi0yNC1ieXRlcy4u";

fn at(offset: i64) -> Timestamp {
    Timestamp::from_second(NOW + offset).unwrap()
}

fn delivery(id: &str, secret: &str, offset: i64) -> Delivery {
    Delivery::signed_at(STANDARD, id, EVENT, NOW + offset, secret)
}

#[tokio::test]
async fn a_rotation_has_no_gap_and_needs_no_redeploy() {
    let world = World::new();
    let ingest = world.ingest();
    assert_eq!(
        delivery("a", SECRET, 0)
            .at(&ingest, at(0))
            .await
            .status_code,
        200
    );
    world
        .keys
        .set(KeyRing::from_versions(NEW, Some(SECRET)).unwrap());
    // The first delivery under the new key makes the function read the keys
    // again, however recently they were read.
    assert_eq!(
        delivery("b", NEW, 1).at(&ingest, at(1)).await.status_code,
        200
    );
    assert_eq!(
        delivery("c", SECRET, 41)
            .at(&ingest, at(41))
            .await
            .status_code,
        200
    );
    let ids: Vec<_> = world
        .pointers
        .all()
        .into_iter()
        .map(|pointer| pointer.key_id)
        .collect();
    assert_eq!(ids, ["current", "current", "previous"]);
}

#[tokio::test]
async fn forgeries_cost_one_read_of_the_keys_in_thirty_seconds() {
    let world = World::new();
    let ingest = world.ingest();
    for second in 0..60 {
        let answer = delivery("a", NEW, second).at(&ingest, at(second)).await;
        assert_eq!(answer.status_code, 401);
    }
    // The ordinary one, then one at 0 and one at 30 seconds.
    assert_eq!(world.keys.reads(), 3);
}

#[tokio::test]
async fn a_key_past_its_end_is_not_accepted() {
    let end = at(10);
    let text = format!(
        r#"{{"keys":[{{"id":"new","secret":"{NEW}"}},{{"id":"old","secret":"{SECRET}","not_after":"{end}"}}]}}"#
    );
    let world = World::new();
    world.keys.set(KeyRing::from_versions(&text, None).unwrap());
    let ingest = world.ingest();
    assert_eq!(
        delivery("a", SECRET, 9)
            .at(&ingest, at(9))
            .await
            .status_code,
        200
    );
    assert_eq!(
        delivery("b", SECRET, 10)
            .at(&ingest, at(10))
            .await
            .status_code,
        401
    );
    assert_eq!(
        delivery("b", NEW, 10).at(&ingest, at(10)).await.status_code,
        200
    );
    assert_eq!(world.pointers.all()[0].key_id, "old");
}

/// An environment that meets no failed signature does not learn at once that a key has
/// ended or is gone. docs/operations.md promises a minute.
#[tokio::test]
async fn a_replaced_key_is_taken_for_a_minute_at_most_and_its_end_is_kept_by_the_clock() {
    let ended = at(1);
    let ending = format!(
        r#"{{"keys":[{{"id":"new","secret":"{NEW}"}},{{"id":"old","secret":"{SECRET}","not_after":"{ended}"}}]}}"#
    );
    for replaced in [
        KeyRing::from_versions(&ending, Some(SECRET)),
        KeyRing::from_versions(NEW, Some(NEW)),
    ] {
        let world = World::new();
        let ingest = world.ingest();
        let status =
            async |id: &str, offset| delivery(id, SECRET, offset).at(&ingest, at(offset)).await;
        assert_eq!(status("a", 0).await.status_code, 200);
        world.keys.set(replaced.unwrap());
        assert_eq!(status("b", 59).await.status_code, 200);
        assert_eq!(status("c", 60).await.status_code, 401);
        assert_eq!(world.pointers.all().len(), 2);
    }

    // One that knows the end enforces it, however recently it read the keys.
    let world = World::new();
    let end = at(10);
    let text = format!(
        r#"{{"keys":[{{"id":"new","secret":"{NEW}"}},{{"id":"old","secret":"{SECRET}","not_after":"{end}"}}]}}"#
    );
    world.keys.set(KeyRing::from_versions(&text, None).unwrap());
    let ingest = world.ingest();
    for (second, status) in [(8, 200), (9, 200), (10, 401), (11, 401)] {
        let answer = delivery("d", SECRET, second).at(&ingest, at(second)).await;
        assert_eq!(answer.status_code, status, "{second}");
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_used_is_our_mistake_and_is_fixed_without_a_redeploy() {
    let world = World::new();
    world.keys.set(ring("whsec_not base64"));
    let ingest = world.ingest();
    assert_eq!(
        delivery("a", SECRET, 0)
            .at(&ingest, at(0))
            .await
            .status_code,
        500
    );
    world.keys.set(ring(SECRET));
    assert_eq!(
        delivery("a", SECRET, 40)
            .at(&ingest, at(40))
            .await
            .status_code,
        200
    );
}

/// A failed read of the keys does not count: the provider's retry must get its own.
#[tokio::test]
async fn a_rotation_survives_a_store_that_fails_once() {
    let world = World::new();
    let failing = Failing::new(&world.keys, [Fault::None, Fault::Before]);
    let ingest = Ingest::new(&world.payloads, &world.pointers, failing, DAYS);
    let at_once =
        async |delivery: Delivery, offset| delivery.at(&ingest, at(offset)).await.status_code;
    assert_eq!(at_once(delivery("a", SECRET, 0), 0).await, 200);
    world
        .keys
        .set(KeyRing::from_versions(NEW, Some(SECRET)).unwrap());
    assert_eq!(at_once(delivery("b", NEW, 1), 1).await, 503);
    assert_eq!(at_once(delivery("b", NEW, 2), 2).await, 200);
}
