//! What `deliver` reads: a mapping that stops, a destination that fails, and one that is gone.

use aws::BreakerState::{Closed, Open, Paused, Probing};

use super::*;

#[tokio::test]
async fn a_mapping_that_stops_and_runs_again() {
    let world = World::new();
    world.crm("STOPPING", Closed);
    world.run().await;
    assert!(world.said().is_empty(), "it passes by itself");
    world.crm("STOPPED", Closed);
    world.run().await;
    let title = last(&world)["content"]["title"].clone();
    assert_eq!(title, "coatcheck: the mapping of crm is STOPPED");
    assert_eq!(world.said(), ["pipe:coatcheck-crm began"]);
    world.pass(1);
    world.crm("RUNNING", Closed);
    world.run().await;
    assert_eq!(world.said(), ["pipe:coatcheck-crm over"]);
}

#[tokio::test]
async fn a_destination_that_fails_for_five_minutes_is_told_once_and_again_when_it_is_well() {
    let world = World::new();
    for minute in 0..20 {
        let state = if minute % 2 == 0 { Open } else { Probing };
        world.crm("RUNNING", state);
        assert_eq!(world.run().await, 0);
        let expected: &[&str] = if minute == 5 {
            let chat = last(&world);
            let description = chat["content"]["description"].as_str().unwrap();
            assert!(description.contains("`timeout`"), "{description}");
            &["breaker:crm began"]
        } else {
            &[]
        };
        assert_eq!(world.said(), expected, "{minute}");
        world.pass(1);
    }
    world.crm("RUNNING", Closed);
    world.run().await;
    assert_eq!(world.said(), ["breaker:crm over"]);
    world.pass(1);
    world.run().await;
    assert!(world.said().is_empty());
}

#[tokio::test]
async fn a_destination_that_fails_is_named_again_once_a_day() {
    let world = World::new();
    world.crm("RUNNING", Open);
    world.pass(5);
    world.run().await;
    world.pass(24 * 60);
    world.run().await;
    assert_eq!(world.said(), ["breaker:crm began", "breaker:crm lasts"]);
}

#[tokio::test]
async fn a_destination_that_is_gone_is_told_at_once_and_not_also_as_a_mapping_that_stopped() {
    let world = World::new();
    world.crm("STOPPED", Paused);
    world.run().await;
    let steps = last(&world)["content"]["nextSteps"].to_string();
    assert!(steps.contains("subscriptions resume crm"), "{steps}");
    assert_eq!(world.said(), ["gone:crm began"]);
    world.pass(1);
    // `terraform apply` started it again.
    world.crm("RUNNING", Paused);
    world.run().await;
    assert!(world.said().is_empty());
    world.pass(1);
    world.crm("RUNNING", Closed);
    world.run().await;
    assert_eq!(world.said(), ["gone:crm over"]);
}

#[tokio::test]
async fn one_that_failed_and_then_said_that_it_is_gone_is_told_as_both() {
    let world = World::new();
    world.crm("RUNNING", Open);
    world.pass(5);
    world.run().await;
    world.crm("STOPPED", Paused);
    world.pass(1);
    world.run().await;
    assert_eq!(world.said(), ["breaker:crm began", "gone:crm began"]);
    world.crm("RUNNING", Closed);
    world.pass(1);
    world.run().await;
    assert_eq!(world.said(), ["breaker:crm over", "gone:crm over"]);
}

#[tokio::test]
async fn a_breaker_that_could_not_be_read_is_neither_news_nor_over() {
    let world = World::new();
    world.crm("STOPPED", Paused);
    world.run().await;
    world.said();
    world.crm("RUNNING", Paused);
    world.breaker.take();
    world.pass(1);
    world.run().await;
    assert!(world.said().is_empty());
    // A mapping that is stopped for a reason that is not known is told as that.
    world.crm("STOPPED", Paused);
    world.breaker.take();
    world.run().await;
    assert_eq!(world.said(), ["pipe:coatcheck-crm began"]);
}
