//! What a run makes of a router that waits for its batches to fill, or has several under way at once.

use super::world::World;
use crate::decide::Router;

fn with(parallelization: u32, window_s: u32) -> World {
    let world = World::new();
    world.router.set(Router {
        parallelization,
        window_s,
    });
    world
}

#[tokio::test]
async fn a_run_waits_as_long_as_the_router_does() {
    for window_s in [1, 7, 10] {
        let world = with(10, window_s);
        let found = world.run().await.unwrap();
        assert_eq!(found.outstanding, 0, "{window_s}");
        let expected = u64::from(window_s) * 1_000 + 400;
        assert_eq!(world.lag(), [expected], "{window_s}");
    }
}

#[tokio::test]
async fn a_run_does_not_wait_for_longer_than_a_minute_has() {
    let world = with(10, 10);
    world.routes.set(false);
    world.run().await.unwrap();
    assert_eq!(world.count("receive"), 15);
    assert_eq!(world.lag(), [15_000]);
}

/// One of the batches under way is tried again and again. Events wait behind it, so the alarm must stay on.
#[tokio::test]
async fn a_stuck_batch_is_seen_though_others_get_past_it() {
    let world = with(10, 0);
    for minute in 0..300_u64 {
        let start = world.now.get();
        if minute.is_multiple_of(10) {
            world
                .stuck
                .borrow_mut()
                .insert(domain::Heartbeat::at(start));
        }
        world.run().await.unwrap();
        if minute > 2 {
            let lag = world.lag()[0].as_u64().unwrap();
            assert!(lag >= 120_000, "{minute}: {lag}");
            assert!(lag <= 3_660_000, "{minute}: {lag}");
        }
        let spent = world.now.get().duration_since(start);
        let spent = i64::try_from(spent.as_millis()).unwrap();
        world.pass(60_000 - spent);
    }
}

#[tokio::test]
async fn a_heartbeat_that_is_lost_among_several_batches_is_no_lag_after_an_hour() {
    let world = with(2, 0);
    world.routes.set(false);
    world.run().await.unwrap();
    world.stream.take();
    world.routes.set(true);

    world.pass(3_590_000);
    let found = world.run().await.unwrap();
    assert_eq!(found.outstanding, 1, "it may be in a batch that is stuck");
    world.pass(60_000);
    let found = world.run().await.unwrap();
    assert_eq!((found.outstanding, world.items.borrow().len()), (0, 0));
    assert_eq!(world.lag(), [400]);
}
