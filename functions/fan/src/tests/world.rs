use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use aws::FifoMessage;
use domain::StoreError;
use serde_json::{Value, json};
use testkit::busy;
use tokio::time::Instant;

use crate::{
    event::Event,
    fan::{Failure, Fan},
    ports::{DescriptionStore, Senders},
};

/// An event as the pipe's template builds it.
pub(super) fn event(id: &str, key: &str, kind: &str) -> String {
    json!({
        "specversion": "1.0", "id": id, "type": kind, "source": "/endpoints/stripe", "ref": format!("stripe/{id}"),
        "partitionkey": key, "deliveryid": id,
    })
    .to_string()
}

/// How long a FIFO queue recognises a repetition.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html>
const RECOGNISES: Duration = Duration::from_mins(5);

/// How a queue answers.
#[derive(Clone, Copy)]
pub(super) enum Answer {
    Takes,
    Always(fn() -> StoreError),
}

/// A FIFO queue, as far as `fan` sees it.
#[derive(Default)]
struct Fifo {
    /// When it took what it recognises.
    seen: HashMap<String, Instant>,
    /// Deduplication id and group.
    got: Vec<(String, String)>,
}

#[derive(Default)]
struct Cloud {
    description: RefCell<Option<String>>,
    queues: RefCell<BTreeMap<String, Fifo>>,
    answers: RefCell<BTreeMap<String, Answer>>,
    dlq: RefCell<Vec<String>>,
    /// Not 0: some sends fail, and some of those have been done.
    chance: Cell<u64>,
}

pub(super) struct World {
    cloud: &'static Cloud,
    fan: Fan<&'static Cloud, &'static Cloud>,
    /// What the pipe has not got through yet.
    stream: Vec<String>,
}

fn url(name: &str) -> String {
    format!("https://queue/{name}.fifo")
}

impl DescriptionStore for &Cloud {
    async fn read(&self) -> Result<Option<String>, StoreError> {
        Ok(self.description.borrow().clone())
    }
}

impl Cloud {
    /// A small generator: the tests name its seed.
    fn roll(&self, sides: u64) -> u64 {
        let mut state = self.chance.get();
        if state == 0 {
            return u64::MAX;
        }
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        self.chance.set(state);
        state % sides
    }
}

impl Senders for &Cloud {
    async fn send(
        &self,
        url: &str,
        messages: &[FifoMessage<'_>],
    ) -> Result<Vec<usize>, StoreError> {
        if let Some(Answer::Always(problem)) = self.answers.borrow().get(url) {
            return Err(problem());
        }
        if self.roll(8) == 0 {
            return Err(busy("lost on the way"));
        }
        let mut queues = self.queues.borrow_mut();
        let queue = queues.entry(url.to_owned()).or_default();
        let mut left = Vec::new();
        for (place, message) in messages.iter().enumerate() {
            match self.roll(12) {
                0 => {
                    left.push(place);
                    continue;
                }
                // Taken, though the answer says that it was not.
                1 => left.push(place),
                _ => {}
            }
            queue.seen.retain(|_, at| at.elapsed() < RECOGNISES);
            let id = message.deduplication_id;
            if !queue.seen.contains_key(id) {
                queue.seen.insert(id.to_owned(), Instant::now());
                let id = message.deduplication_id.to_owned();
                queue.got.push((id, message.group.to_owned()));
            }
        }
        if self.roll(10) == 0 {
            return Err(busy("the answer was lost"));
        }
        Ok(left)
    }

    async fn give_up(&self, message: &str) -> Result<(), StoreError> {
        let event: Value = serde_json::from_str(message).unwrap();
        let id = event["id"].as_str().unwrap().to_owned();
        self.dlq.borrow_mut().push(id);
        Ok(())
    }
}

impl World {
    /// With these ordered subscriptions, each to one type.
    pub(super) fn of(subscriptions: &[(&str, &str)]) -> Self {
        testkit::listen();
        let cloud: &'static Cloud = Box::leak(Box::default());
        let world = Self {
            cloud,
            fan: Fan::new(cloud, cloud),
            stream: Vec::new(),
        };
        world.describe(subscriptions);
        world
    }

    pub(super) fn describe(&self, subscriptions: &[(&str, &str)]) {
        let described = subscriptions.iter().map(|(name, kind)| {
            let one = json!({"ordered": true, "types": [kind], "endpoints": null, "queue_url": url(name)});
            ((*name).to_owned(), one)
        });
        let described: serde_json::Map<_, _> = described.collect();
        *self.cloud.description.borrow_mut() =
            Some(json!({ "subscriptions": described }).to_string());
    }

    pub(super) fn undescribed(&self) {
        *self.cloud.description.borrow_mut() = None;
    }

    pub(super) fn stream(&mut self, events: &[String]) {
        self.stream.extend_from_slice(events);
    }

    pub(super) fn answer(&self, name: &str, answer: Answer) {
        self.cloud.answers.borrow_mut().insert(url(name), answer);
    }

    pub(super) fn faults(&self, seed: u64) {
        self.cloud.chance.set(seed + 1);
    }

    /// One call by the pipe, which goes on from the first event that the answer names. Returns these.
    pub(super) async fn try_once(&mut self) -> Result<Vec<String>, Failure> {
        let events: Vec<Event<'_>> = self
            .stream
            .iter()
            .map(|message| Event::read(message).unwrap())
            .collect();
        let answer = self.fan.handle(&events).await?;
        let answer = serde_json::to_value(&answer).unwrap();
        let failures = answer["batchItemFailures"].as_array().unwrap();
        let again: Vec<String> = failures
            .iter()
            .map(|failure| failure["itemIdentifier"].as_str().unwrap().to_owned())
            .collect();
        let first = events
            .iter()
            .position(|event| again.contains(&event.facts.delivery_id))
            .unwrap_or(events.len());
        self.stream.drain(..first);
        Ok(again)
    }

    pub(super) async fn once(&mut self) -> Vec<String> {
        self.try_once().await.unwrap()
    }

    /// Until all is sent.
    pub(super) async fn run(&mut self) {
        for _ in 0..1_000 {
            self.once().await;
            if self.stream.is_empty() {
                return;
            }
        }
        panic!("{} events are never sent", self.stream.len());
    }

    /// The events that the subscription's queue got.
    pub(super) fn queue(&self, name: &str) -> Vec<String> {
        let queues = self.cloud.queues.borrow();
        let got = queues.get(&url(name)).map(|queue| &queue.got[..]);
        let ids = got.unwrap_or_default().iter().map(|(id, _)| id.clone());
        ids.collect()
    }

    pub(super) fn of_key(&self, name: &str, key: &str) -> Vec<String> {
        let queues = self.cloud.queues.borrow();
        let got = queues.get(&url(name)).map(|queue| &queue.got[..]);
        let got = got.unwrap_or_default().iter();
        got.filter(|(_, group)| group == key)
            .map(|(id, _)| id.clone())
            .collect()
    }

    pub(super) fn dlq(&self) -> Vec<String> {
        self.cloud.dlq.borrow().clone()
    }
}
