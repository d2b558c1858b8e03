//! While the destination fails, events wait and cost no tries.

use std::sync::atomic::{AtomicUsize, Ordering};

use aws::BreakerState;

use super::*;

/// A destination that is down until a moment.
fn down_until(end: Timestamp) -> Target {
    Target::new(move |_, _| {
        if now() < end {
            unavailable()
        } else {
            delivered()
        }
    })
}

#[tokio::test(start_paused = true)]
async fn nothing_is_lost_and_no_try_counted_while_it_is_open() {
    for (instances, outage) in [(1, 60), (10, 600), (10, 7_200)] {
        let world = World::default();
        let target = down_until(after(Duration::from_secs(outage)));
        send_all(&world, 100);
        run(
            &world,
            &target,
            None,
            instances,
            10,
            Duration::from_hours(48),
        )
        .await;
        assert!(world.state().queue.is_empty() && world.state().dlq.is_empty());
        let ids: BTreeSet<String> = target.ids().into_iter().collect();
        assert_eq!(ids.len(), 100);
        // Every attempt that failed is a try, and nothing else is.
        let failed = target.got().len() - 100;
        assert_eq!(world.state().counted as usize, failed);
        // What was under way when it opened, and the probes: not 100 events again and again.
        assert!(
            failed < instances * 10 + 20,
            "{failed} of {instances} after {outage} s"
        );
        assert_eq!(world.state().breaker.state, BreakerState::Closed);
    }
}

#[tokio::test(start_paused = true)]
async fn one_instance_of_many_probes_at_a_time() {
    let world = World::default();
    let probes = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&probes);
    let mut target = Target::new(move |_, _| {
        counted.fetch_add(1, Ordering::Relaxed);
        unavailable()
    });
    target.takes = Duration::from_secs(5);
    send_all(&world, 200);
    world.edit().breaker = aws::BreakerRecord {
        version: 1,
        state: BreakerState::Open,
        probe_at: Some(now()),
        pause_s: 30,
        ..aws::BreakerRecord::default()
    };
    run(&world, &target, None, 20, 10, Duration::from_secs(20)).await;
    assert_eq!(target.got().len(), 1, "of 20 instances one probes");
    assert_eq!(world.state().breaker.pause_s, 60);
    // 60, 120, 240, 480 and then 900 seconds.
    run(&world, &target, None, 20, 10, Duration::from_secs(3_600)).await;
    assert_eq!(probes.load(Ordering::Relaxed), 7, "{:?}", target.got());
    assert_eq!(world.state().breaker.pause_s, 900);
    let times: Vec<i64> = target.got().iter().map(|(at, _)| at.as_second()).collect();
    assert!(
        times.windows(2).all(|pair| pair[1] - pair[0] >= 60),
        "{times:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_dies_in_its_probe_is_followed_by_another() {
    let (world, target) = (World::default(), Target::well());
    send_all(&world, 1);
    world.edit().breaker = aws::BreakerRecord {
        version: 9,
        state: BreakerState::Probing,
        probe_at: Some(after(Duration::from_secs(60))),
        ..aws::BreakerRecord::default()
    };
    run(&world, &target, None, 2, 10, Duration::from_secs(59)).await;
    assert!(target.got().is_empty());
    run(&world, &target, None, 2, 10, Duration::from_secs(60)).await;
    assert_eq!(target.got().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_probe_is_one_event_and_its_batch_follows_if_it_succeeds() {
    let (world, target) = (World::default(), Target::well());
    send_all(&world, 10);
    world.edit().breaker = aws::BreakerRecord {
        version: 1,
        state: BreakerState::Open,
        probe_at: Some(now()),
        ..aws::BreakerRecord::default()
    };
    let function = function(&world, &target, Some(100.0));
    let report = invoke(&function, &world, 10).await.unwrap();
    assert_eq!(target.got().len(), 10);
    assert_eq!(report.state, Some(BreakerState::Closed));
}

#[tokio::test(start_paused = true)]
async fn what_waits_in_a_batch_is_held_when_it_opens() {
    let (world, target) = (World::default(), Target::new(|_, _| unavailable()));
    send_all(&world, 10);
    let function = function(&world, &target, Some(5.0));
    let report = invoke(&function, &world, 10).await.unwrap();
    assert_eq!(target.got().len(), 5);
    assert_eq!(
        (report.state, world.state().counted),
        (Some(BreakerState::Open), 5)
    );
}

#[tokio::test(start_paused = true)]
async fn a_healthy_destination_costs_no_writes() {
    let (world, target) = (World::default(), Target::well());
    send_all(&world, 100);
    run(&world, &target, None, 3, 10, Duration::from_mins(5)).await;
    assert_eq!((target.got().len(), world.state().breaker_writes), (100, 0));
}

/// What is under way ends as it is answered; what has not begun waits in the queue.
#[tokio::test(start_paused = true)]
async fn gone_loses_nothing_of_what_is_under_way() {
    for _ in 0..20 {
        let world = World::default();
        let target = Target::new(|id, times| match (id, times) {
            ("evt_0", 1) => Outcome::Gone { answer: Vec::new() },
            ("evt_1", 1) => unavailable(),
            ("evt_2", _) => not_found(),
            _ => delivered(),
        });
        send_all(&world, 6);
        let instance = function(&world, &target, None);
        let other = function(&world, &target, None);
        let (report, _) = tokio::join!(invoke(&instance, &world, 3), invoke(&other, &world, 3));
        assert_eq!(report.unwrap().state, Some(BreakerState::Paused));
        let state = world.state();
        assert!(!state.switched.is_empty() && state.switched.iter().all(|on| !on));
        assert_eq!(state.queue[0].id, "evt_0");
        let asked = target.ids();
        for id in (0..6).map(|place| format!("evt_{place}")) {
            let waits = state.queue.iter().any(|message| message.id == id);
            assert!(waits || asked.contains(&id), "{id} is gone");
        }
        // A person resumes it.
        world.edit().breaker = aws::BreakerRecord::default();
        run(&world, &target, None, 2, 10, Duration::from_mins(10)).await;
        let state = world.state();
        assert!(state.queue.is_empty());
        assert_eq!(state.dlq.len(), 1);
        let ids: BTreeSet<String> = target.ids().into_iter().collect();
        assert_eq!(ids.len(), 6);
    }
}
