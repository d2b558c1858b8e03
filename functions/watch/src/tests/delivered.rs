//! Subscriptions that `deliver` reads.

use aws::BreakerState::{Closed, Open, Paused};

use super::*;

fn by(name: &str, value: u64) -> (serde_json::Value, serde_json::Value) {
    (name.into(), value.into())
}

#[tokio::test]
async fn a_mapping_is_watched_as_a_pipe_is() {
    let world = World::new();
    world.delivered("crm", "STOPPED", Paused);
    world.delivered("erp", "RUNNING", Open);
    world.delivered("web", "RUNNING", Closed);
    let found = world.run().await.unwrap();
    let found = serde_json::to_value(&found).unwrap();
    assert_eq!(
        found["pipes"][2],
        json!({"name": "coatcheck-crm", "state": "STOPPED"})
    );
    assert_eq!(
        found["breakers"],
        json!([
            {"name": "crm", "state": "paused"},
            {"name": "erp", "state": "open"},
            {"name": "web", "state": "closed"},
        ])
    );
    let down = world.metric("PipeDown");
    let expected = [
        by("coatcheck-crm", 1),
        by("coatcheck-erp", 0),
        by("coatcheck-web", 0),
    ];
    assert_eq!(down[2..], expected);
    // A paused one is not read, so `deliver` could not report it.
    let open = world.metric_by("Subscription", "SubscriptionOpen");
    assert_eq!(open, [by("crm", 1), by("erp", 1), by("web", 0)]);
}

#[tokio::test]
async fn why_a_mapping_stopped_is_looked_up_after_its_state() {
    let world = World::new();
    world.delivered("crm", "STOPPED", Paused);
    world.run().await.unwrap();
    let calls = world.calls.take();
    let place = |name: &str| calls.iter().position(|call| *call == name).unwrap();
    assert!(place("mapping") < place("breaker"), "{calls:?}");
}

#[tokio::test]
async fn one_that_cannot_be_looked_at_fails_the_run_and_hides_nothing_else() {
    for (call, down, open) in [("mapping", 2, 1), ("breaker", 3, 0)] {
        let world = World::new();
        world.delivered("crm", "RUNNING", Closed);
        world.fail(&[call]);
        assert!(world.run().await.is_err(), "{call}");
        assert_eq!(world.metric("PipeDown").len(), down, "{call}");
        let found = world.metric_by("Subscription", "SubscriptionOpen");
        assert_eq!(found.len(), open, "{call}");
        assert_eq!(world.lag(), [400], "{call}");
    }
}
