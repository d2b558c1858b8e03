//! A FIFO queue keeps the order of each group, through every failure.

use aws::BreakerState;

use super::*;
use crate::work::End;

fn ordered(groups: usize, each: usize) -> World {
    let world = World::default();
    world.edit().fifo = true;
    for place in 0..each {
        for group in 0..groups {
            let id = format!("g{group}_{place:03}");
            world.send(&id, message(&id), &format!("g{group}"));
        }
    }
    world
}

/// The first delivery of each event, by group.
fn firsts(ids: &[String], group: usize) -> Vec<&String> {
    let prefix = format!("g{group}_");
    let mut seen = BTreeSet::new();
    let of_group = ids.iter().filter(|id| id.starts_with(&prefix));
    of_group.filter(|id| seen.insert(*id)).collect()
}

#[tokio::test(start_paused = true)]
async fn after_a_failure_the_rest_of_its_group_is_not_attempted() {
    let world = ordered(2, 3);
    let target = Target::new(|id, _| {
        if id == "g0_001" {
            unavailable()
        } else {
            delivered()
        }
    });
    let function = function(&world, &target, None);
    let report = invoke(&function, &world, 10).await.unwrap();
    let mut ids = target.ids();
    ids.sort_unstable();
    assert_eq!(ids, ["g0_000", "g0_001", "g1_000", "g1_001", "g1_002"]);
    let held = report
        .ends
        .iter()
        .filter(|end| matches!(end, End::Held { .. }));
    assert_eq!(held.count(), 1);
    assert_eq!(world.state().counted, 1);
    let left: Vec<String> = world
        .state()
        .queue
        .iter()
        .map(|message| message.id.clone())
        .collect();
    assert_eq!(left, ["g0_001", "g0_002"]);
    // While any of them is hidden, SQS gives out none of the group.
    let visible_at = |place: usize| world.state().queue[place].visible_at;
    assert!(visible_at(1) >= visible_at(0));
    assert!(visible_at(1) < after(Duration::from_secs(10)));
}

/// As the end-to-end suite sees it from outside.
#[tokio::test(start_paused = true)]
async fn an_event_that_fails_twice_holds_up_its_own_group_only() {
    const PAUSE: Duration = Duration::from_secs(40);
    let world = ordered(4, 3);
    let target = Target::new(|id, times| match (id, times) {
        ("g0_000", 1 | 2) => Outcome::Retry {
            reason: Reason("server_error"),
            status: Some(500),
            after: Some(PAUSE),
            strikes: true,
        },
        _ => delivered(),
    });
    let began = now();
    run(&world, &target, None, 2, 10, Duration::from_mins(10)).await;
    let (ids, got) = (target.ids(), target.got());
    assert_eq!(ids.len(), 12 + 2);
    for group in 0..4 {
        let firsts = firsts(&ids, group);
        assert!(firsts.len() == 3 && firsts.is_sorted(), "{firsts:?}");
    }
    for (at, id) in got {
        let waited = between(began, at) >= 2 * PAUSE;
        let is_behind = ["g0_001", "g0_002"].contains(&id.as_str());
        assert!(id == "g0_000" || waited == is_behind, "{id} at {at}");
    }
    assert!(world.state().dlq.is_empty());
}

#[tokio::test(start_paused = true)]
async fn every_group_stays_in_order_while_the_destination_fails_at_random() {
    let world = ordered(5, 20);
    let target = Target::new(|_, _| {
        if fastrand::u8(..) < 90 {
            unavailable()
        } else {
            delivered()
        }
    });
    run(&world, &target, Some(20.0), 3, 10, Duration::from_hours(24)).await;
    assert!(world.state().queue.is_empty() && world.state().dlq.is_empty());
    let ids = target.ids();
    for group in 0..5 {
        let firsts = firsts(&ids, group);
        assert_eq!(firsts.len(), 20);
        assert!(firsts.is_sorted(), "{firsts:?}");
    }
    assert_eq!(world.state().breaker.state, BreakerState::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_poison_event_delays_only_its_own_group_and_only_until_it_is_given_up() {
    let world = ordered(3, 5);
    let target = Target::new(|id, _| {
        if id == "g1_001" {
            not_found()
        } else {
            delivered()
        }
    });
    run(&world, &target, None, 2, 10, Duration::from_mins(10)).await;
    assert_eq!(world.state().dlq.len(), 1);
    let ids = target.ids();
    for group in 0..3 {
        assert!(firsts(&ids, group).is_sorted());
    }
    assert_eq!(ids.len(), 15);
}
