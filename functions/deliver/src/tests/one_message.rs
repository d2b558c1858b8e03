//! What becomes of one message, by what the destination answers.

use aws::BreakerState;

use super::{world::Mark, *};
use crate::work::End;

/// One invocation with one event.
async fn once(world: &World, target: &Target) -> End {
    if world.state().queue.is_empty() {
        world.send("m1", message("evt_1"), "g");
    }
    let function = function(world, target, None);
    let report = invoke(&function, world, 10).await.unwrap();
    report.ends.into_iter().next().unwrap()
}

fn mark(world: &World) -> Option<Mark> {
    world.state().marks.get("stripe/evt_1").cloned()
}

/// For how many seconds the message is still hidden.
fn hidden(world: &World) -> i64 {
    world.state().queue[0]
        .visible_at
        .duration_since(now())
        .as_secs()
}

#[tokio::test(start_paused = true)]
async fn delivered_it_is_marked_and_deleted() {
    let (world, target) = (World::default(), Target::well());
    // Its own time, without what came before its turn.
    let takes = target.takes;
    let end = once(&world, &target).await;
    assert!(matches!(end, End::Delivered { took } if took < takes + Duration::from_millis(5)));
    assert_eq!(mark(&world), Some(Mark::Done { replay: None }));
    assert!(world.state().queue.is_empty() && world.state().tries.is_empty());
}

/// As docs/performance.md says. The payload's one is the destination's own.
#[tokio::test(start_paused = true)]
async fn a_batch_takes_one_call_and_a_delivered_event_two() {
    for (rate, of_batch) in [(None, 1), (Some(100.0), 2)] {
        for events in [1, 10] {
            let (world, target) = (World::default(), Target::well());
            send_all(&world, events);
            let function = function(&world, &target, rate);
            invoke(&function, &world, 10).await.unwrap();
            assert_eq!(target.got().len(), events);
            assert_eq!(world.state().calls, of_batch + 2 * events, "{rate:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn delivered_before_it_is_skipped_unless_a_replay_forces_it() {
    let (world, target) = (World::default(), Target::well());
    once(&world, &target).await;
    assert_eq!(once(&world, &target).await, End::Skipped);
    let replay = message("evt_1").replace(r#""replayid":"""#, r#""replayid":"r1""#);
    world.send("m2", replay.clone(), "g");
    assert_eq!(once(&world, &target).await, End::Skipped);
    let forced = replay.replace(r#""replayforce":"false""#, r#""replayforce":"true""#);
    world.send("m3", forced, "g");
    assert!(matches!(once(&world, &target).await, End::Delivered { .. }));
    assert_eq!(target.got().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_tried_again_later() {
    let (world, target) = (World::default(), Target::new(|_, _| unavailable()));
    assert!(matches!(once(&world, &target).await, End::Failed { .. }));
    assert!((0..=5).contains(&hidden(&world)));
    assert_eq!(
        mark(&world),
        Some(Mark::Failed("Retry: status (HTTP 503)".to_owned()))
    );
    let tries = world.state().tries.clone();
    assert_eq!(tries["stripe/evt_1#"].count, 1);
}

#[tokio::test(start_paused = true)]
async fn the_destination_says_when() {
    let busy = |_: &str, _: u32| Outcome::Retry {
        reason: Reason("status"),
        status: Some(429),
        after: Some(Duration::from_secs(600)),
        strikes: false,
    };
    let (world, target) = (World::default(), Target::new(busy));
    once(&world, &target).await;
    assert!((599..=660).contains(&hidden(&world)), "{}", hidden(&world));
    // It is no sign of ill health.
    assert_eq!(world.state().breaker_writes, 0);
}

#[tokio::test(start_paused = true)]
async fn a_rejected_event_is_in_the_dlq_at_once_with_what_was_answered() {
    let (world, target) = (World::default(), Target::new(|_, _| not_found()));
    assert_eq!(
        once(&world, &target).await,
        End::GivenUp { attempted: true }
    );
    let answer = b"no such tenant".to_vec();
    let expected = (message("evt_1"), "status".to_owned(), Some(404), 1, answer);
    assert_eq!(world.state().dlq, [expected]);
    assert!(world.state().queue.is_empty());
    assert_eq!(
        mark(&world),
        Some(Mark::Failed("Reject: status (HTTP 404)".to_owned()))
    );
}

/// It is received and claimed each time, and asked only at last.
#[tokio::test(start_paused = true)]
async fn a_rejected_event_has_the_tries_that_were_made_and_not_its_holds() {
    let answers = |_: &str, times: u32| match times {
        1..=3 => Outcome::Held {
            after: Duration::from_secs(1),
        },
        4 => unavailable(),
        _ => not_found(),
    };
    let (world, target) = (World::default(), Target::new(answers));
    world.send("m1", message("evt_1"), "g");
    run(&world, &target, None, 1, 10, Duration::from_mins(5)).await;
    let state = world.state();
    assert_eq!((state.dlq[0].2, state.dlq[0].3), (Some(404), 2));
    assert!(state.tries.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_no_event_is_in_the_dlq_at_once() {
    let (world, target) = (World::default(), Target::well());
    world.send("m1", "hello".to_owned(), "g");
    assert_eq!(
        once(&world, &target).await,
        End::GivenUp { attempted: false }
    );
    assert_eq!(world.state().dlq[0].1, "not_an_event");
    assert!(target.got().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_event_is_given_up_after_its_time_and_a_redrive_has_it_again() {
    let (world, target) = (World::default(), Target::new(|_, _| unavailable()));
    world.send("m1", message("evt_1"), "g");
    let began = now();
    let limit = Duration::from_hours(24 * 5);
    run(&world, &target, None, 1, 10, limit).await;
    let lasted = now().duration_since(began).as_hours();
    assert!((72..74).contains(&lasted), "{lasted} hours");
    let (tries, dlq) = (world.state().tries.clone(), world.state().dlq.clone());
    assert!(tries.is_empty());
    assert_eq!(dlq.len(), 1);
    assert_eq!(
        (dlq[0].2, dlq[0].3),
        (Some(503), u32::try_from(target.got().len()).unwrap())
    );
    world.edit().breaker = aws::BreakerRecord::default();
    world.send("m2", message("evt_1"), "g");
    assert!(matches!(once(&world, &target).await, End::Failed { .. }));
}

#[tokio::test(start_paused = true)]
async fn gone_pauses_the_subscription_and_keeps_the_event() {
    let gone = |_: &str, _: u32| Outcome::Gone { answer: Vec::new() };
    let (world, target) = (World::default(), Target::new(gone));
    assert!(matches!(once(&world, &target).await, End::Paused { .. }));
    let state = world.state().breaker.clone();
    assert_eq!(
        (state.state, state.status),
        (BreakerState::Paused, Some(410))
    );
    assert_eq!(world.state().switched, [false]);
    assert_eq!(world.state().queue.len(), 1);
    assert_eq!((world.state().counted, world.state().dlq.len()), (0, 0));
    // What still comes before the mapping is off is held, and the mapping switched off once more.
    sleep(Duration::from_mins(2)).await;
    assert!(matches!(once(&world, &target).await, End::Held { .. }));
    assert_eq!(target.got().len(), 1);
    assert_eq!(world.state().switched, [false, false]);
}

#[tokio::test(start_paused = true)]
async fn a_person_who_resumes_meanwhile_wins() {
    let (world, target) = (World::default(), Target::well());
    world.edit().breaker.state = BreakerState::Paused;
    world.edit().resumed_at_switch = true;
    // Lambda refuses to change it while it is being switched off, and no other batch comes.
    world.edit().busy_switches = 5;
    assert!(matches!(once(&world, &target).await, End::Held { .. }));
    assert_eq!(world.state().switched, [false, true]);
}

#[tokio::test(start_paused = true)]
async fn what_another_instance_works_on_is_held() {
    let (world, target) = (World::default(), Target::well());
    let held = Mark::Held {
        owner: "other".to_owned(),
        until: after(Duration::from_secs(30)),
    };
    world
        .edit()
        .marks
        .insert("stripe/evt_1".to_owned(), held.clone());
    assert!(matches!(once(&world, &target).await, End::Held { .. }));
    assert!(target.got().is_empty());
    assert_eq!((mark(&world), world.state().counted), (Some(held), 0));
}

#[tokio::test(start_paused = true)]
async fn a_destination_that_keeps_no_deadline_is_stopped() {
    let mut target = Target::well();
    target.takes = Duration::from_hours(1);
    let world = World::default();
    let began = now();
    assert!(matches!(once(&world, &target).await, End::Failed { .. }));
    assert!(now().duration_since(began).as_secs() < 60);
    assert_eq!(world.state().breaker_writes, 0);
}
