//! A crash or a fault at any call: at most a repeat, never a loss.

use super::*;

/// The first attempt fails, so that each path is taken.
fn target(last: fn() -> Outcome) -> Target {
    Target::new(move |_, times| if times == 1 { unavailable() } else { last() })
}

/// An event must be where it belongs when the queue is empty.
fn check(world: &World, target: &Target, rejected: bool, at: usize) {
    let state = world.state();
    assert!(state.queue.is_empty(), "at call {at}: it still waits");
    let in_dlq = state.dlq.iter().all(|letter| letter.0 == message("evt_0"));
    assert!(
        in_dlq && state.dlq.is_empty() != rejected,
        "at call {at}: {:?}",
        state.dlq
    );
    assert!(target.got().len() >= 2, "at call {at}");
}

async fn crash(last: fn() -> Outcome, rejected: bool) {
    for at in 1..=40 {
        let (world, target) = (World::default(), target(last));
        send_all(&world, 1);
        world.edit().hangs_at = Some(at);
        // The instance that hangs dies at Lambda's limit, with all that it was about to do.
        let limit = Duration::from_mins(30);
        let dies = run(&world, &target, Some(100.0), 1, 10, limit);
        let _died = tokio::time::timeout(RUNS_FOR, dies).await;
        run(&world, &target, Some(100.0), 1, 10, limit).await;
        check(&world, &target, rejected, at);
    }
}

async fn fault(last: fn() -> Outcome, rejected: bool) {
    for at in 1..=40 {
        let (world, target) = (World::default(), target(last));
        send_all(&world, 1);
        world.edit().fails_at = Some(at);
        run(&world, &target, Some(100.0), 1, 10, Duration::from_mins(30)).await;
        check(&world, &target, rejected, at);
    }
}

#[tokio::test(start_paused = true)]
async fn a_crash_anywhere_loses_nothing() {
    crash(delivered, false).await;
    crash(not_found, true).await;
}

#[tokio::test(start_paused = true)]
async fn a_fault_anywhere_loses_nothing() {
    fault(delivered, false).await;
    fault(not_found, true).await;
}

#[tokio::test(start_paused = true)]
async fn an_event_is_sent_once_however_many_messages_of_it_come_at_once() {
    let (world, target) = (World::default(), Target::well());
    for place in 0..20 {
        world.send(&format!("m{place}"), message("evt_0"), "g");
    }
    run(&world, &target, None, 5, 4, Duration::from_mins(10)).await;
    assert!(world.state().queue.is_empty());
    assert_eq!(target.got().len(), 1);
}
