//! No second sees more than the rate, however many instances there are.

use super::*;

/// The most that came within a second, wherever it begins.
fn most_in_a_second(got: &[(Timestamp, String)]) -> usize {
    let mut times: Vec<i64> = got.iter().map(|(at, _)| at.as_microsecond()).collect();
    times.sort_unstable();
    let within = |from: &i64| {
        times
            .iter()
            .filter(|at| (*from..from + 1_000_000).contains(at))
            .count()
    };
    times.iter().map(within).max().unwrap_or_default()
}

/// A backlog, and how long it took.
async fn backlog(events: usize, rate: f64, instances: usize) -> (Target, World, f64) {
    let (world, target) = (World::default(), Target::well());
    send_all(&world, events);
    let began = now();
    // As Terraform sizes it.
    let most = ((rate * 10.0 / instances as f64) as usize).clamp(1, 10);
    run(
        &world,
        &target,
        Some(rate),
        instances,
        most,
        Duration::from_hours(2),
    )
    .await;
    let last = target.got().into_iter().map(|(at, _)| at).max().unwrap();
    let took = last.duration_since(began).as_secs_f64();
    (target, world, took)
}

#[tokio::test(start_paused = true)]
async fn a_backlog_is_delivered_at_the_rate_by_any_number_of_instances() {
    for (events, rate, instances) in [
        (600, 20.0, 1),
        (600, 20.0, 2),
        (600, 20.0, 50),
        (3_000, 200.0, 50),
        (20, 0.5, 2),
    ] {
        let (target, world, took) = backlog(events, rate, instances).await;
        let case = format!("{events} at {rate}/s by {instances}: {took:.1} s");
        assert_eq!(target.got().len(), events, "{case}");
        let most = most_in_a_second(&target.got());
        assert!(
            most as f64 <= (rate * 1.05_f64).ceil(),
            "{case}: {most} in a second"
        );
        // Not much slower either, and nothing was counted as a try or given up.
        assert!(took < events as f64 / rate * 1.15 + 15.0, "{case}");
        assert_eq!((world.state().counted, world.state().dlq.len()), (0, 0));
        println!(
            "{case}, at most {most} in a second, {} reservations",
            world.state().reservations
        );
    }
}

/// What an even share would do: each of the instances that there may be keeps its part of the rate.
#[tokio::test(start_paused = true)]
async fn an_even_share_leaves_unused_what_idle_instances_do_not_send() {
    let (rate, may_be, are) = (20.0, 50.0, 2);
    let interval = Duration::from_secs_f64(1.02 * may_be / rate);
    let began = now();
    let instance = async || {
        for _ in 0..30 {
            sleep(interval).await;
        }
    };
    join_all((0..are).map(|_| instance())).await;
    let share = 60.0 / now().duration_since(began).as_secs_f64();
    let (target, _, took) = backlog(60, rate, 2).await;
    let ours = target.got().len() as f64 / took;
    println!("{share:.2}/s by an even share, {ours:.2}/s by reservations");
    assert!(share < 1.0 && ours > 15.0);
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_does_not_fit_is_held_without_a_try() {
    let (world, target) = (World::default(), Target::well());
    send_all(&world, 10);
    // One every ten seconds, and 27 seconds in which attempts begin.
    let function = function(&world, &target, Some(0.1));
    invoke(&function, &world, 10).await;
    assert_eq!(target.got().len(), 3);
    assert_eq!((world.state().queue.len(), world.state().counted), (7, 0));
    let marks = world.state().marks.len();
    assert_eq!(marks, 3, "what is held was claimed");
}

#[tokio::test(start_paused = true)]
async fn a_full_batch_takes_one_reservation() {
    let (world, target) = (World::default(), Target::well());
    send_all(&world, 10);
    let function = function(&world, &target, Some(10.0));
    invoke(&function, &world, 10).await;
    assert_eq!(target.got().len(), 10);
    let reservations = world.state().reservations;
    assert_eq!(reservations, 1);
}
