//! A backlog goes to a destination no faster than it can bear, and all of it arrives.

use std::time::Instant;

use super::*;
use crate::{kills::Kills, support::alone};

const SUBSCRIPTION: &str = "http-paced";
/// What `http-paced` has, and the most that any second may see: 5 % more.
const RATE: usize = 20;
const MOST: usize = 21;

/// The most requests that any second sees, wherever it begins.
fn busiest_second(requests: &[Request]) -> usize {
    let mut times: Vec<Instant> = requests.iter().map(|request| request.at).collect();
    times.sort();
    let within = |begin: &Instant| {
        let end = *begin + Duration::from_secs(1);
        times.iter().filter(|at| *at >= begin && **at < end).count()
    };
    times.iter().map(within).max().unwrap_or_default()
}

/// 600 events take half a minute. `COATCHECK_BACKLOG=10000` makes a long trial of it.
#[tokio::test]
async fn a_backlog_never_exceeds_the_rate_and_loses_nothing() {
    let stack = alone().await;
    let Some(destination) = destination(&stack).await else {
        return;
    };
    #[expect(
        clippy::disallowed_methods,
        reason = "a person asks for a longer trial"
    )]
    let count = std::env::var("COATCHECK_BACKLOG").map_or(600, |count| count.parse().unwrap());
    let references = backlog(&stack, SUBSCRIPTION, "http.paced", count).await;
    let before = destination.requests("/http-paced").len();
    operate(&stack, &["subscriptions", "resume", SUBSCRIPTION]).await;
    let at_least = Duration::from_secs((count / RATE) as u64);
    let all = destination.wait_for("/http-paced", before + count, 5 * at_least + PATIENCE);
    let requests = all.await.unwrap().split_off(before);
    let busiest = busiest_second(&requests);
    let took = requests[requests.len() - 1].at - requests[0].at;
    eprintln!("{count} events in {took:?}, at most {busiest} in a second");
    assert!(busiest <= MOST, "{busiest} requests in one second");
    let arrivals = arrivals(&requests);
    for reference in &references {
        assert_eq!(arrivals.get(reference), Some(&1), "{reference}");
    }
    assert_eq!(dead_letters(&stack, SUBSCRIPTION).await, 0);
}

/// An event whose function dies may come twice, with the same `webhook-id`. It comes.
#[tokio::test]
async fn kills_of_the_function_lose_nothing() {
    let stack = alone().await;
    let Some(destination) = destination(&stack).await else {
        return;
    };
    let references = backlog(&stack, SUBSCRIPTION, "http.paced", 200).await;
    let before = destination.requests("/http-paced").len();
    let kills = Kills::begin(&stack, &["deliver-http-paced"]).unwrap();
    operate(&stack, &["subscriptions", "resume", SUBSCRIPTION]).await;
    let hit = wait_for("a kill that hits", PATIENCE, async || {
        Ok((kills.hits() > 2).then_some(()))
    });
    hit.await.unwrap();
    let (killed, hits) = kills.end().await;
    assert!(hits > 0, "{killed} killed");
    // A message comes back when its visibility timeout is over.
    let what = format!("all events after {hits} kills");
    wait_for(&what, Duration::from_mins(5), async || {
        let requests = destination.requests("/http-paced").split_off(before);
        let arrivals = arrivals(&requests);
        Ok(references
            .iter()
            .all(|one| arrivals.contains_key(one))
            .then_some(()))
    })
    .await
    .unwrap();
    let requests = destination.requests("/http-paced").split_off(before);
    let busiest = busiest_second(&requests);
    assert!(busiest <= MOST, "{busiest} requests in one second");
    assert_eq!(dead_letters(&stack, SUBSCRIPTION).await, 0);
}
