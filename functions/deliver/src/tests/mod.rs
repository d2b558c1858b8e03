mod breaking;
mod crashes;
mod one_message;
mod order;
mod pacing;
mod world;

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use domain::Timestamp;
use futures_util::future::join_all;
use serde_json::Value;
use tokio::time::sleep;
use world::{World, after, now};

use crate::{
    batch::{Deliver, Report},
    config::BreakerConfig,
    destination::{Destination, Outcome, Outgoing, Reason},
    event::tests::message,
    pace::{Pace, between},
    work::Work,
};

/// What the queue hides a message for.
const HIDDEN: Duration = Duration::from_secs(90);

/// What Lambda lets the function run for.
const RUNS_FOR: Duration = Duration::from_secs(60);

const BREAKER: BreakerConfig = BreakerConfig {
    failures_in_a_row: 5,
    failure_rate: 0.5,
    pause_s: 30,
    longest_pause_s: 900,
};

/// Answers by the event's id and by how often it was asked.
type Answer = dyn Fn(&str, u32) -> Outcome + Send + Sync;

/// A destination that notes what it gets.
#[derive(Clone)]
struct Target {
    got: Arc<Mutex<Vec<(Timestamp, String)>>>,
    answer: Arc<Answer>,
    takes: Duration,
}

impl Target {
    fn new(answer: impl Fn(&str, u32) -> Outcome + Send + Sync + 'static) -> Self {
        Self {
            got: Arc::default(),
            answer: Arc::new(answer),
            takes: Duration::from_millis(20),
        }
    }

    fn well() -> Self {
        Self::new(|_, _| delivered())
    }

    fn got(&self) -> Vec<(Timestamp, String)> {
        self.got.lock().unwrap().clone()
    }

    fn ids(&self) -> Vec<String> {
        self.got().into_iter().map(|(_, id)| id).collect()
    }
}

impl Destination for Target {
    async fn deliver(&self, outgoing: Outgoing<'_>) -> Outcome {
        // What comes before the turn takes its time, and not always the same.
        sleep(Duration::from_millis(fastrand::u64(1..40))).await;
        if let Err(held) = outgoing.turn().await {
            return held;
        }
        let id = outgoing.event.id.clone();
        let before = {
            let mut got = self.got.lock().unwrap();
            got.push((now(), id.clone()));
            got.iter().filter(|(_, other)| *other == id).count()
        };
        sleep(self.takes).await;
        (self.answer)(&id, u32::try_from(before).unwrap())
    }
}

fn delivered() -> Outcome {
    Outcome::Delivered { status: Some(200) }
}

fn unavailable() -> Outcome {
    Outcome::Retry {
        reason: Reason("status"),
        status: Some(503),
        after: None,
        strikes: true,
    }
}

fn not_found() -> Outcome {
    Outcome::Reject {
        reason: Reason("status"),
        status: Some(404),
        answer: b"no such tenant".to_vec(),
    }
}

fn function(world: &World, target: &Target, rate: Option<f64>) -> Deliver<Target, World> {
    Deliver {
        work: Work {
            destination: target.clone(),
            ports: world.clone(),
            retry_for: Duration::from_hours(72),
            remember_for: Duration::from_hours(24),
            now,
        },
        breaker: BREAKER,
        pace: rate.map(Pace::of),
        attempt: Duration::from_secs(30),
        now,
    }
}

/// Puts events with these ids into the queue.
fn send_all(world: &World, count: usize) {
    for place in 0..count {
        let id = format!("evt_{place}");
        world.send(&id, message(&id), "g");
    }
}

/// One invocation with what is in the queue. Lambda deletes what the answer does not name.
async fn invoke(function: &Deliver<Target, World>, world: &World, most: usize) -> Option<Report> {
    let batch = world.receive(most, HIDDEN);
    let ids: Vec<String> = batch["Records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record["messageId"].as_str().unwrap().to_owned())
        .collect();
    if ids.is_empty() {
        return None;
    }
    let batch = serde_json::from_value(batch).unwrap();
    let report = function.handle(batch, after(RUNS_FOR)).await;
    let answer = serde_json::to_value(&report.response).unwrap();
    let again: BTreeSet<&str> = answer["batchItemFailures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|failure: &Value| failure["itemIdentifier"].as_str().unwrap())
        .collect();
    for id in ids.iter().filter(|id| !again.contains(id.as_str())) {
        world.delete(id);
    }
    Some(report)
}

/// So many instances at once, until the queue is empty or the time is over.
async fn run(
    world: &World,
    target: &Target,
    rate: Option<f64>,
    instances: usize,
    most: usize,
    limit: Duration,
) {
    let end = after(limit);
    let instance = async || {
        let function = function(world, target, rate);
        while !world.edit().queue.is_empty() && now() < end {
            if invoke(&function, world, most).await.is_none() {
                let next = world.next_visible().unwrap_or_else(now).min(end);
                let wait = between(now(), next);
                sleep(wait.clamp(Duration::from_millis(50), Duration::from_secs(2))).await;
            }
        }
    };
    join_all((0..instances).map(|_| instance())).await;
}
