//! Payloads of endpoints that keep them for fewer days than their stack.

use super::*;

const ENDPOINT: &str = r#"{"name":"stripe","scheme":"stripe","retention_days":22}"#;

async fn world_with_a_crash() -> (World, Pointer) {
    let world = World::default();
    *world.endpoint.lock().unwrap() = Some(ENDPOINT.to_owned());
    let crashed = pointer("evt_1", "1");
    world.store(&crashed).await;
    (world, crashed)
}

#[tokio::test]
async fn a_pointer_that_comes_late_has_the_days_of_its_endpoint() {
    let (world, mut crashed) = world_with_a_crash().await;
    crashed.expires_at = crashed.received_at + SignedDuration::from_hours(24 * 29);
    let tally = world.sweep(span(), options()).await.unwrap();
    assert_eq!(tally.rescued, 1);
    assert_eq!(world.pointers.all(), [crashed]);
}

/// Its pointer may have been routed, and removed by DynamoDB since; S3 has yet to remove its object.
#[tokio::test]
async fn after_these_days_it_has_expired_also_in_a_dry_run() {
    let (world, _) = world_with_a_crash().await;
    world.pass(SignedDuration::from_hours(24 * 29));
    for dry_run in [true, false] {
        let options = Options {
            dry_run,
            ..options()
        };
        let tally = world.sweep(span(), options).await.unwrap();
        assert_eq!((tally.expired, tally.rescued), (1, 0));
        assert_eq!(world.found(), ["expired stripe/evt_1"]);
    }
    assert!(world.pointers.all().is_empty());
}
