//! Whole runs, over an events table, a router and a queue in memory.

mod delivered;
mod router;
mod world;

use domain::{Heartbeat, Timestamp};
use serde_json::json;

use self::world::World;
use crate::alerts;

#[tokio::test]
async fn a_healthy_stack_is_seen_in_the_run_that_asks() {
    let world = World::new();
    let found = world.run().await.unwrap();
    assert_eq!(
        serde_json::to_value(&found).unwrap(),
        json!({
            "route_lag_ms": 400,
            "outstanding": 0,
            "pipes": [
                {"name": "coatcheck-router", "state": "RUNNING"},
                {"name": "coatcheck-invoices", "state": "RUNNING"},
            ],
            "breakers": [],
        })
    );
    assert_eq!(world.lag(), [400]);
    assert_eq!(
        world.metric("PipeDown"),
        [
            ("coatcheck-router".into(), 0.into()),
            ("coatcheck-invoices".into(), 0.into())
        ]
    );
    assert_eq!(world.count("receive"), 1, "it need not wait any longer");
    assert!(world.items.borrow().is_empty() && world.messages.borrow().is_empty());
}

#[tokio::test]
async fn while_nothing_is_routed_the_lag_grows_and_then_it_is_told_as_it_was() {
    let world = World::new();
    world.routes.set(false);
    for minute in 0..3 {
        let found = world.run().await.unwrap();
        assert_eq!(found.outstanding, minute + 1);
        assert_eq!(world.count("receive"), 5, "about five seconds");
        let open = u64::try_from(minute).unwrap() * 60_000 + 5_000;
        assert_eq!(world.lag(), [open]);
        world.pass(55_000);
    }

    world.routes.set(true);
    let found = world.run().await.unwrap();
    assert_eq!(found.outstanding, 0);
    assert_eq!(world.lag(), [180_400], "what the first one took");
    world.pass(60_000);
    world.run().await.unwrap();
    assert_eq!(world.lag(), [400]);
}

#[tokio::test]
async fn after_a_long_outage_some_are_left_for_the_next_run() {
    let world = World::new();
    world.routes.set(false);
    let start = world.now.get().as_millisecond();
    for n in 0..200 {
        let heartbeat = Heartbeat::at(Timestamp::from_millisecond(start + n).unwrap());
        world.items.borrow_mut().insert(heartbeat);
        world.stream.borrow_mut().push(heartbeat);
    }
    world.routes.set(true);
    world.pass(60_000);
    assert_eq!(world.run().await.unwrap().outstanding, 51);
    assert_eq!(world.run().await.unwrap().outstanding, 0);
}

#[tokio::test]
async fn a_heartbeat_that_is_lost_behind_the_router_is_no_lag() {
    let world = World::new();
    world.routes.set(false);
    world.run().await.unwrap();
    world.stream.take();
    world.pass(55_000);
    assert_eq!(world.run().await.unwrap().outstanding, 2);
    world.routes.set(true);
    let found = world.run().await.unwrap();
    assert_eq!((found.outstanding, world.items.borrow().len()), (0, 0));
    world.pass(60_000);
    world.run().await.unwrap();
    assert_eq!(world.lag(), [400]);
}

#[tokio::test]
async fn a_pipe_that_does_not_run_is_down() {
    let world = World::new();
    world.pipe("coatcheck-invoices", "STOPPED", Some("USER_INITIATED"));
    let found = world.run().await.unwrap();
    assert_eq!(found.pipes[1].state, "STOPPED");
    assert_eq!(
        world.metric("PipeDown"),
        [
            ("coatcheck-router".into(), 0.into()),
            ("coatcheck-invoices".into(), 1.into())
        ]
    );
    for line in world.emitted.borrow().iter() {
        let dimensions = &line["_aws"]["CloudWatchMetrics"][0]["Dimensions"];
        match line.get("Pipe") {
            Some(_) => assert_eq!(*dimensions, json!([["Stack"], ["Stack", "Pipe"]])),
            None => assert_eq!(*dimensions, json!([["Stack"]])),
        }
    }
}

#[tokio::test]
async fn a_pipe_that_cannot_be_looked_at_fails_the_run_and_hides_nothing_else() {
    let world = World::new();
    world.fail(&["describe router"]);
    assert!(world.run().await.is_err());
    let others = [("coatcheck-invoices".into(), 0.into())];
    assert_eq!(world.metric("PipeDown"), others);
    assert_eq!(world.lag(), [400]);
}

/// Whatever fails, the heartbeat is either still an item or was seen.
#[tokio::test]
async fn no_failure_loses_what_is_outstanding() {
    for call in ["receive", "outstanding", "delete item", "delete message"] {
        let world = World::new();
        world.fail(&[call]);
        assert!(world.run().await.is_err(), "{call}");
        let (item, message) = (
            world.items.borrow().len(),
            world.messages.borrow().len() + world.stream.borrow().len(),
        );
        assert!(
            item <= message,
            "{call}: nothing would ever delete the item"
        );

        world.fail(&[]);
        world.pass(60_000);
        assert_eq!(world.run().await.unwrap().outstanding, 0, "{call}");
        assert!(world.messages.borrow().is_empty(), "{call}");
    }
}

#[tokio::test]
async fn a_lag_that_is_not_known_is_not_told() {
    for calls in [&["outstanding"][..], &["put"]] {
        let world = World::new();
        world.fail(calls);
        assert!(world.run().await.is_err());
        assert_eq!(world.lag(), [0; 0], "{calls:?}");
    }
}

#[tokio::test]
async fn without_a_heartbeat_of_its_own_a_run_still_sees_older_ones() {
    let world = World::new();
    world.routes.set(false);
    world.run().await.unwrap();
    world.pass(55_000);
    world.fail(&["put"]);
    assert!(world.run().await.is_err());
    assert_eq!(world.lag(), [65_000]);
}

#[tokio::test]
async fn what_is_no_heartbeat_is_cleared_away() {
    let world = World::new();
    world.message(
        "0",
        r#"{"id":"evt_1","source":"/endpoints/stripe","type":"invoice.paid"}"#,
    );
    world.message("1", "no json");
    assert_eq!(world.run().await.unwrap().outstanding, 0);
    assert!(world.messages.borrow().is_empty());
    assert_eq!(world.lag(), [400]);
}

#[tokio::test(start_paused = true)]
async fn whatever_happens_to_alerts_the_metrics_are_written() {
    for step in ["all", "description", "count"] {
        for hangs in [false, true] {
            let (world, around) = (World::new(), alerts::tests::World::new());
            let steps = if hangs {
                &around.hanging
            } else {
                &around.failing
            };
            steps.borrow_mut().insert(step);
            let outcome = world.run_with(Some(&around)).await;
            assert!(outcome.is_err(), "{step}: the function's alarm fires");
            assert_eq!(world.lag(), [400], "{step}");
            assert_eq!(world.metric("PipeDown").len(), 2, "{step}");
        }
    }
    let (world, around) = (World::new(), alerts::tests::World::new());
    world.fail(&["describe router", "put"]);
    assert!(world.run_with(Some(&around)).await.is_err());
    assert!(world.metric("PipeDown").len() == 1 && around.was_asked());
}
