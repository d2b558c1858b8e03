//! Batches of the stream, over queues in memory that refuse and lose answers.

mod world;

use testkit::{busy, refused};

use self::world::{Answer, World, event};

#[tokio::test]
async fn each_queue_gets_what_its_subscription_wants_in_order() {
    let mut world = World::of(&[("all", "*"), ("paid", "invoice.paid")]);
    world.stream(&[
        event("e1", "k1", "invoice.paid"),
        event("e2", "k1", "invoice.voided"),
        event("e3", "k2", "invoice.paid"),
        event("e4", "k1", "invoice.paid"),
    ]);
    world.run().await;
    assert_eq!(world.of_key("all", "k1"), ["e1", "e2", "e4"]);
    assert_eq!(world.of_key("all", "k2"), ["e3"]);
    assert_eq!(world.of_key("paid", "k1"), ["e1", "e4"]);
    assert_eq!(world.of_key("paid", "k2"), ["e3"]);
}

#[tokio::test]
async fn order_holds_whatever_a_queue_refuses_or_its_answer_loses() {
    for seed in 0..200 {
        let mut world = World::of(&[("a", "*"), ("b", "invoice.*"), ("c", "*")]);
        let keys = 7;
        let events: Vec<String> = (0..60)
            .map(|number| {
                let key = format!("k{}", (number * 13 + seed) % keys);
                event(&format!("e{number:02}"), &key, "invoice.paid")
            })
            .collect();
        world.stream(&events);
        world.faults(seed);
        world.run().await;
        for name in ["a", "b", "c"] {
            assert_eq!(world.queue(name).len(), 60, "{name}, seed {seed}");
            for key in 0..keys {
                let got = world.of_key(name, &format!("k{key}"));
                assert!(got.is_sorted(), "{name}, seed {seed}: {got:?}");
            }
        }
        assert!(world.dlq().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_refuses_for_good_does_not_hold_up_the_others() {
    let mut world = World::of(&[("a", "*"), ("b", "*")]);
    world.answer("a", Answer::Always(|| refused("sqs:SendMessageBatch")));
    world.stream(&[event("e1", "k1", "push"), event("e2", "k2", "push")]);
    assert_eq!(world.once().await, ["e1", "e2"]);
    assert!(world.dlq().is_empty());
    assert_eq!(world.queue("b"), ["e1", "e2"]);
    tokio::time::advance(std::time::Duration::from_mins(5)).await;
    assert!(world.once().await.is_empty());
    assert_eq!(world.dlq(), ["e1", "e2"]);
    // Once it takes events again, it is given as long once more.
    world.answer("a", Answer::Takes);
    world.stream(&[event("e3", "k1", "push")]);
    world.run().await;
    assert_eq!(world.queue("a"), ["e3"]);
    world.answer("a", Answer::Always(|| refused("sqs:SendMessageBatch")));
    world.stream(&[event("e4", "k1", "push")]);
    assert_eq!(world.once().await, ["e4"]);
}

#[tokio::test(start_paused = true)]
async fn a_busy_queue_is_waited_for() {
    let mut world = World::of(&[("a", "*")]);
    world.answer("a", Answer::Always(|| busy("sqs:SendMessageBatch")));
    world.stream(&[event("e1", "k1", "push")]);
    for _ in 0..3 {
        assert_eq!(world.once().await, ["e1"]);
        tokio::time::advance(std::time::Duration::from_hours(1)).await;
    }
    assert!(world.dlq().is_empty());
}

/// The queues forget after five minutes what they took; the busy one is waited for much longer.
#[tokio::test(start_paused = true)]
async fn what_a_queue_took_it_does_not_get_again_while_another_is_waited_for() {
    let mut world = World::of(&[("a", "*"), ("b", "*")]);
    world.answer("a", Answer::Always(|| busy("sqs:SendMessageBatch")));
    world.stream(&[event("e1", "k1", "push"), event("e2", "k1", "push")]);
    for _ in 0..5 {
        assert_eq!(world.once().await, ["e1", "e2"]);
        tokio::time::advance(std::time::Duration::from_mins(6)).await;
    }
    world.stream(&[event("e3", "k1", "push")]);
    world.answer("a", Answer::Takes);
    world.run().await;
    assert_eq!(world.queue("b"), ["e1", "e2", "e3"]);
    assert_eq!(world.queue("a"), ["e1", "e2", "e3"]);
    // Of what does not come again nothing is remembered.
    world.stream(&[event("e1", "k1", "push")]);
    tokio::time::advance(std::time::Duration::from_mins(6)).await;
    world.run().await;
    assert_eq!(world.queue("b"), ["e1", "e2", "e3", "e1"]);
}

#[tokio::test(start_paused = true)]
async fn a_new_subscription_is_known_within_half_a_minute_and_a_removed_one_after_a_failure() {
    let mut world = World::of(&[("a", "*")]);
    world.stream(&[event("e1", "k1", "push")]);
    world.run().await;
    world.describe(&[("a", "*"), ("b", "*")]);
    world.stream(&[event("e2", "k1", "push")]);
    world.run().await;
    assert_eq!(world.queue("b"), [""; 0]);
    tokio::time::advance(std::time::Duration::from_secs(30)).await;
    world.stream(&[event("e3", "k1", "push")]);
    world.run().await;
    assert_eq!(world.queue("b"), ["e3"]);
    world.answer("a", Answer::Always(|| refused("sqs:SendMessageBatch")));
    world.describe(&[("b", "*")]);
    world.stream(&[event("e4", "k1", "push")]);
    assert_eq!(world.once().await, ["e4"]);
    assert!(world.once().await.is_empty());
}

#[tokio::test]
async fn without_a_description_nothing_is_taken_for_sent() {
    let mut world = World::of(&[]);
    world.undescribed();
    world.stream(&[event("e1", "k1", "push")]);
    assert!(world.try_once().await.is_err());
}
