//! Whole runs, over a stack in memory.

mod destinations;
mod world;

use aws::FailureRecord;
use serde_json::Value;

pub(crate) use self::world::World;
use self::world::{TOPIC, pipe};

fn last(world: &World) -> Value {
    world.published.borrow().last().unwrap().1.clone()
}

#[tokio::test]
async fn a_healthy_stack_says_nothing_and_looks_into_no_dlq() {
    let world = World::new();
    assert_eq!(world.run().await, 0);
    assert!(world.said().is_empty());
    let calls = world.calls.take();
    let count = |name: &str| calls.iter().filter(|call| **call == name).count();
    assert_eq!((count("count"), count("peek"), count("claim")), (8, 0, 0));
}

#[tokio::test]
async fn dead_letters_are_told_once_with_their_refs_and_again_when_they_are_gone() {
    let world = World::new();
    world.dead("invoices-dlq", &["stripe/evt_1", "stripe/evt_2"]);
    let record = FailureRecord {
        state: "failed".to_owned(),
        failure: Some("Reject".to_owned()),
        attempts: 3,
    };
    let key = ("stripe/evt_1".to_owned(), "invoices".to_owned());
    world.records.borrow_mut().insert(key, record);
    assert_eq!(world.run().await, 0);
    let chat = last(&world);
    let description = chat["content"]["description"].as_str().unwrap();
    assert!(
        description.contains("`stripe/evt_1`: rejected, 3 attempts"),
        "{description}"
    );
    assert!(
        description.contains("`stripe/evt_2`: its processor recorded nothing"),
        "{description}"
    );
    assert!(!chat.to_string().contains("4242"), "{chat}");
    assert_eq!(world.said(), ["dlq:invoices began"]);
    for _ in 0..14 {
        world.pass(1);
        assert_eq!(world.run().await, 0);
    }
    assert!(world.said().is_empty(), "once");
    world.dead("invoices-dlq", &[]);
    world.run().await;
    assert_eq!(world.said(), ["dlq:invoices over"]);
    world.pass(1);
    world.run().await;
    assert!(world.said().is_empty(), "once");
}

#[tokio::test]
async fn more_dead_letters_are_told_after_a_quarter_of_an_hour() {
    let world = World::new();
    world.dead("invoices-dlq", &["stripe/evt_1"]);
    world.run().await;
    world.dead("invoices-dlq", &["stripe/evt_1", "stripe/evt_2"]);
    world.pass(14);
    world.run().await;
    assert_eq!(world.said(), ["dlq:invoices began"]);
    world.pass(1);
    world.run().await;
    assert_eq!(world.said(), ["dlq:invoices grew"]);
    // Some are sent back, and as many come: that is news, too.
    world.dead("invoices-dlq", &["stripe/evt_1"]);
    world.pass(1);
    world.run().await;
    world.dead("invoices-dlq", &["stripe/evt_1", "stripe/evt_3"]);
    world.pass(15);
    world.run().await;
    assert_eq!(world.said(), ["dlq:invoices grew"]);
}

#[tokio::test]
async fn what_comes_and_goes_is_told_once_in_a_quarter_of_an_hour() {
    let world = World::new();
    for minute in 0..30 {
        let dead: &[&str] = if minute % 2 == 0 {
            &["stripe/evt_1"]
        } else {
            &[]
        };
        world.dead("invoices-dlq", dead);
        world.run().await;
        world.pass(1);
    }
    let said = world.said();
    let expected = ["dlq:invoices began", "dlq:invoices over"].repeat(2);
    assert_eq!(said, expected);
}

#[tokio::test]
async fn a_count_that_the_queue_itself_does_not_confirm_says_nothing() {
    let world = World::new();
    world.miscounted.set(1);
    assert_eq!(world.run().await, 0);
    assert!(world.said().is_empty());
    world.miscounted.set(0);
    world.dead("invoices-dlq", &["stripe/evt_1"]);
    world.run().await;
    assert_eq!(world.said(), ["dlq:invoices began"]);
}

#[tokio::test]
async fn a_pipe_that_stops_and_runs_again() {
    let world = World::new();
    *world.pipes.borrow_mut() = vec![
        pipe("coatcheck-router", "STARTING"),
        pipe("coatcheck-invoices", "STOPPED"),
    ];
    world.run().await;
    let chat = last(&world);
    assert!(
        chat["content"]["description"]
            .as_str()
            .unwrap()
            .contains("`USER_INITIATED`")
    );
    assert_eq!(
        world.said(),
        ["pipe:coatcheck-invoices began"],
        "one that starts is no news"
    );
    world.pass(1);
    // Neither of them could be described.
    world.pipes.borrow_mut().clear();
    world.run().await;
    assert!(world.said().is_empty());
    *world.pipes.borrow_mut() = vec![pipe("coatcheck-invoices", "RUNNING")];
    world.run().await;
    assert_eq!(world.said(), ["pipe:coatcheck-invoices over"]);
}

#[tokio::test]
async fn what_the_stack_no_longer_has_is_told_and_forgotten() {
    let world = World::new();
    world.dead("invoices-dlq", &["stripe/evt_1"]);
    world.run().await;
    world.said();
    let without = world.description.take().unwrap();
    let without = without.replace(r#""invoices": {"dlq"#, r#""renamed": {"dlq"#);
    *world.description.borrow_mut() = Some(without);
    world.dead("invoices-dlq", &[]);
    world.pass(1);
    world.run().await;
    assert_eq!(world.said(), ["dlq:invoices gone"]);
    world.pass(1);
    world.run().await;
    assert!(world.said().is_empty());
}

#[tokio::test]
async fn an_endpoint_that_refuses_most_and_recovers() {
    let world = World::new();
    world.sum("DeliveriesRejected", None, 40);
    world.sum("DeliveriesRejected", Some("stripe"), 34);
    world.sum("DeliveryBytes", Some("stripe"), 4);
    world.sum("DeliveriesDuplicate", Some("stripe"), 2);
    world.sum("DeliveriesRejected", Some("billing"), 6);
    world.sum("DeliveryBytes", Some("billing"), 600);
    world.run().await;
    assert!(
        world.asked.take().is_empty(),
        "metrics cost money: not in this minute"
    );
    world.pass(2);
    world.run().await;
    let chat = last(&world);
    let description = chat["content"]["description"].as_str().unwrap();
    assert!(
        description.contains("it refused 34 of 40 deliveries"),
        "{description}"
    );
    assert_eq!(world.said(), ["endpoint:stripe began"]);
    assert_eq!(world.asked.take(), [1, 2, 4]);
    // Nothing more arrives: the provider waits. That is not known to be over.
    world.sums.borrow_mut().clear();
    world.pass(5);
    world.run().await;
    assert!(world.said().is_empty());
    assert_eq!(
        world.asked.take(),
        [2, 2],
        "it is asked about because it is open"
    );
    world.sum("DeliveryBytes", Some("stripe"), 3);
    world.pass(5);
    world.run().await;
    assert_eq!(world.said(), ["endpoint:stripe over"]);
}

#[tokio::test]
async fn while_little_is_refused_one_metric_is_asked_for() {
    let world = World::new();
    world.sum("DeliveriesRejected", None, 5);
    world.sum("DeliveriesRejected", Some("stripe"), 5);
    world.pass(2);
    assert_eq!(world.run().await, 0);
    assert_eq!(world.asked.take(), [1]);
    assert!(world.said().is_empty());
}

#[tokio::test]
async fn of_two_runs_at_once_one_tells() {
    let world = World::new();
    world.dead("invoices-dlq", &["stripe/evt_1"]);
    world.run().await;
    // The other run read the memory before this one wrote.
    *world.stale.borrow_mut() = Some(Vec::new());
    assert_eq!(world.run().await, 0);
    assert_eq!(world.said(), ["dlq:invoices began"]);
}

#[tokio::test]
async fn whichever_step_fails_the_message_comes_and_at_most_once_more() {
    for (step, at_once) in [
        ("all", 0),
        ("description", 0),
        ("count", 0),
        ("peek", 0),
        ("claim", 0),
        ("publish", 0),
        ("failure", 1),
        ("put", 1),
    ] {
        let world = World::new();
        world.dead("invoices-dlq", &["stripe/evt_1"]);
        world.fail(&[step]);
        assert_ne!(world.run().await, 0, "{step}: it counts as a failure");
        assert_eq!(world.said().len(), at_once, "{step}");
        world.fail(&[]);
        world.pass(1);
        assert_eq!(world.run().await, 0, "{step}");
        let again = usize::from(step != "failure");
        assert_eq!(world.said(), vec!["dlq:invoices began"; again], "{step}");
        world.pass(1);
        world.run().await;
        assert!(world.said().is_empty(), "{step}");
    }
}

#[tokio::test]
async fn a_topic_that_cannot_be_reached_makes_no_other_repeat_itself() {
    let world = World::new();
    let broken = format!("{TOPIC}-broken");
    *world.topics.borrow_mut() = vec![broken, TOPIC.to_owned()];
    world.dead("invoices-dlq", &["stripe/evt_1"]);
    for _ in 0..3 {
        assert_eq!(world.run().await, 1);
        world.pass(1);
    }
    assert_eq!(world.said(), ["dlq:invoices began"]);
}

#[tokio::test]
async fn a_dlq_that_cannot_be_counted_hides_no_other_and_is_not_over() {
    let world = World::new();
    world.dead("invoices-dlq", &["stripe/evt_1"]);
    world.run().await;
    world.said();
    world.pass(1);
    world.fail(&["count"]);
    *world.pipes.borrow_mut() = vec![pipe("coatcheck-router", "STOPPED")];
    assert_eq!(world.run().await, 8);
    assert_eq!(world.said(), ["pipe:coatcheck-router began"]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_never_ends_is_given_up() {
    let world = World::new();
    world.hanging.borrow_mut().insert("count");
    assert_eq!(world.run().await, 1);
}

#[tokio::test]
async fn an_unreadable_description_is_a_failure() {
    for text in [None, Some("{}"), Some("no json")] {
        let world = World::new();
        *world.description.borrow_mut() = text.map(str::to_owned);
        assert_eq!(world.run().await, 1, "{text:?}");
    }
}
