//! Whole runs, over an events table, a router and a queue in memory.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use aws::{Message, PipeState};
use domain::{Heartbeat, SignedDuration, StoreError, Timestamp};
use runtime::Metrics;
use serde_json::{Value, json};

use crate::{
    ports::{HeartbeatQueue, HeartbeatStore, PipeStates},
    watch::{Found, Incomplete, Watch},
};

/// Everything around `watch`. A call named in `failing` fails, and does nothing.
struct World {
    now: Cell<Timestamp>,
    items: RefCell<BTreeSet<Heartbeat>>,
    messages: RefCell<BTreeMap<String, Message>>,
    /// What reached the stream and was not routed.
    stream: RefCell<Vec<Heartbeat>>,
    routes: Cell<bool>,
    pipes: RefCell<BTreeMap<String, PipeState>>,
    failing: RefCell<BTreeSet<&'static str>>,
    calls: RefCell<Vec<&'static str>>,
    told: RefCell<Vec<Value>>,
}

impl World {
    fn new() -> Self {
        let world = Self {
            now: Cell::new("2026-11-22T05:00:00Z".parse().unwrap()),
            items: RefCell::default(),
            messages: RefCell::default(),
            stream: RefCell::default(),
            routes: Cell::new(true),
            pipes: RefCell::default(),
            failing: RefCell::default(),
            calls: RefCell::default(),
            told: RefCell::default(),
        };
        for name in ["coatcheck-router", "coatcheck-invoices"] {
            world.pipe(name, "RUNNING", None);
        }
        world
    }

    fn pipe(&self, name: &str, state: &str, reason: Option<&str>) {
        let state = PipeState {
            current: state.to_owned(),
            reason: reason.map(str::to_owned),
            ..PipeState::default()
        };
        self.pipes.borrow_mut().insert(name.to_owned(), state);
    }

    fn call(&self, name: &'static str) -> Result<(), StoreError> {
        self.calls.borrow_mut().push(name);
        if self.failing.borrow().contains(name) {
            return Err(StoreError::Transient {
                operation: name,
                source: "made to fail".into(),
            });
        }
        Ok(())
    }

    fn pass(&self, ms: i64) {
        let later = SignedDuration::from_millis(ms);
        self.now.set(self.now.get().checked_add(later).unwrap());
    }

    /// A running router delivers what is in the stream, 400 ms after it looks.
    fn route(&self) {
        if self.routes.get() {
            for heartbeat in self.stream.take() {
                let body = json!({"source": "/endpoints/-", "type": "coatcheck.heartbeat", "id": heartbeat.id()});
                self.pass(400);
                self.message(&heartbeat.id(), &body.to_string());
            }
        }
    }

    fn message(&self, receipt: &str, body: &str) {
        let message = Message {
            body: body.to_owned(),
            sent_at: Some(self.now.get()),
            receipt: receipt.to_owned(),
        };
        self.messages
            .borrow_mut()
            .insert(receipt.to_owned(), message);
    }

    async fn run(&self) -> Result<Found, Incomplete> {
        self.told.borrow_mut().clear();
        self.calls.borrow_mut().clear();
        let names = ["coatcheck-router", "coatcheck-invoices"];
        let watch = Watch {
            stack: "coatcheck".to_owned(),
            names: names.map(str::to_owned).to_vec(),
            heartbeats: self,
            queue: self,
            pipes: self,
            now: || self.now.get(),
            tell: |metrics: Metrics| {
                let line = metrics.line(self.now.get());
                self.told
                    .borrow_mut()
                    .push(serde_json::from_str(&line).unwrap());
            },
        };
        watch.look().await
    }

    /// The values sent for a metric, by pipe.
    fn metric(&self, name: &str) -> Vec<(Value, Value)> {
        let told = self.told.borrow();
        told.iter()
            .filter(|line| line.get(name).is_some())
            .map(|line| (line["Pipe"].clone(), line[name].clone()))
            .collect()
    }

    fn lag(&self) -> Vec<Value> {
        self.metric("RouteLag")
            .into_iter()
            .map(|(_, ms)| ms)
            .collect()
    }

    fn fail(&self, calls: &[&'static str]) {
        *self.failing.borrow_mut() = calls.iter().copied().collect();
    }

    fn count(&self, call: &str) -> usize {
        self.calls
            .borrow()
            .iter()
            .filter(|name| **name == call)
            .count()
    }
}

impl HeartbeatStore for &World {
    async fn put(&self, heartbeat: Heartbeat) -> Result<(), StoreError> {
        self.call("put")?;
        self.items.borrow_mut().insert(heartbeat);
        self.stream.borrow_mut().push(heartbeat);
        Ok(())
    }

    async fn outstanding(&self, _: Timestamp) -> Result<Vec<Heartbeat>, StoreError> {
        self.call("outstanding")?;
        Ok(self.items.borrow().iter().take(100).copied().collect())
    }

    async fn delete(&self, heartbeat: Heartbeat) -> Result<(), StoreError> {
        self.call("delete item")?;
        self.items.borrow_mut().remove(&heartbeat);
        Ok(())
    }
}

impl HeartbeatQueue for &World {
    async fn receive(&self, wait: Duration) -> Result<Vec<Message>, StoreError> {
        self.call("receive")?;
        self.route();
        let messages: Vec<_> = self.messages.borrow().values().take(10).cloned().collect();
        if messages.is_empty() {
            self.pass(i64::try_from(wait.as_millis()).unwrap());
        }
        Ok(messages)
    }

    async fn delete(&self, receipt: &str) -> Result<(), StoreError> {
        self.call("delete message")?;
        self.messages.borrow_mut().remove(receipt);
        Ok(())
    }
}

impl PipeStates for &World {
    async fn state(&self, name: &str) -> Result<PipeState, StoreError> {
        if name == "coatcheck-router" {
            self.call("describe router")?;
        }
        Ok(self.pipes.borrow()[name].clone())
    }
}

#[tokio::test]
async fn a_healthy_stack_is_seen_in_the_run_that_asks() {
    let world = World::new();
    let found = world.run().await.unwrap();
    assert_eq!(
        serde_json::to_value(&found).unwrap(),
        json!({
            "route_lag_ms": 400,
            "outstanding": 0,
            "pipes": [
                {"name": "coatcheck-router", "state": "RUNNING"},
                {"name": "coatcheck-invoices", "state": "RUNNING"},
            ],
        })
    );
    assert_eq!(world.lag(), [400]);
    assert_eq!(
        world.metric("PipeDown"),
        [
            ("coatcheck-router".into(), 0.into()),
            ("coatcheck-invoices".into(), 0.into())
        ]
    );
    assert_eq!(world.count("receive"), 1, "it need not wait any longer");
    assert!(world.items.borrow().is_empty() && world.messages.borrow().is_empty());
}

#[tokio::test]
async fn while_nothing_is_routed_the_lag_grows_and_then_it_is_told_as_it_was() {
    let world = World::new();
    world.routes.set(false);
    for minute in 0..3 {
        let found = world.run().await.unwrap();
        assert_eq!(found.outstanding, minute + 1);
        assert_eq!(world.count("receive"), 5, "about five seconds");
        let open = u64::try_from(minute).unwrap() * 60_000 + 5_000;
        assert_eq!(world.lag(), [open]);
        world.pass(55_000);
    }

    world.routes.set(true);
    let found = world.run().await.unwrap();
    assert_eq!(found.outstanding, 0);
    assert_eq!(world.lag(), [180_400], "what the first one took");
    world.pass(60_000);
    world.run().await.unwrap();
    assert_eq!(world.lag(), [400]);
}

#[tokio::test]
async fn after_a_long_outage_some_are_left_for_the_next_run() {
    let world = World::new();
    world.routes.set(false);
    let start = world.now.get().as_millisecond();
    for n in 0..200 {
        let heartbeat = Heartbeat::at(Timestamp::from_millisecond(start + n).unwrap());
        world.items.borrow_mut().insert(heartbeat);
        world.stream.borrow_mut().push(heartbeat);
    }
    world.routes.set(true);
    world.pass(60_000);
    assert_eq!(world.run().await.unwrap().outstanding, 51);
    assert_eq!(world.run().await.unwrap().outstanding, 0);
}

#[tokio::test]
async fn a_heartbeat_that_is_lost_behind_the_router_is_no_lag() {
    let world = World::new();
    world.routes.set(false);
    world.run().await.unwrap();
    world.stream.take();
    world.pass(55_000);
    assert_eq!(world.run().await.unwrap().outstanding, 2);
    world.routes.set(true);
    let found = world.run().await.unwrap();
    assert_eq!((found.outstanding, world.items.borrow().len()), (0, 0));
    world.pass(60_000);
    world.run().await.unwrap();
    assert_eq!(world.lag(), [400]);
}

#[tokio::test]
async fn a_pipe_that_does_not_run_is_down() {
    let world = World::new();
    world.pipe("coatcheck-invoices", "STOPPED", Some("USER_INITIATED"));
    let found = world.run().await.unwrap();
    assert_eq!(found.pipes[1].state, "STOPPED");
    assert_eq!(
        world.metric("PipeDown"),
        [
            ("coatcheck-router".into(), 0.into()),
            ("coatcheck-invoices".into(), 1.into())
        ]
    );
    for line in world.told.borrow().iter() {
        let told = &line["_aws"]["CloudWatchMetrics"][0]["Dimensions"];
        match line.get("Pipe") {
            Some(_) => assert_eq!(*told, json!([["Stack"], ["Stack", "Pipe"]])),
            None => assert_eq!(*told, json!([["Stack"]])),
        }
    }
}

#[tokio::test]
async fn a_pipe_that_cannot_be_looked_at_fails_the_run_and_hides_nothing_else() {
    let world = World::new();
    world.fail(&["describe router"]);
    assert!(world.run().await.is_err());
    let others = [("coatcheck-invoices".into(), 0.into())];
    assert_eq!(world.metric("PipeDown"), others);
    assert_eq!(world.lag(), [400]);
}

/// Whatever fails, the heartbeat is either still an item or was seen.
#[tokio::test]
async fn no_failure_loses_what_is_outstanding() {
    for call in ["receive", "outstanding", "delete item", "delete message"] {
        let world = World::new();
        world.fail(&[call]);
        assert!(world.run().await.is_err(), "{call}");
        let (item, message) = (
            world.items.borrow().len(),
            world.messages.borrow().len() + world.stream.borrow().len(),
        );
        assert!(
            item <= message,
            "{call}: nothing would ever delete the item"
        );

        world.fail(&[]);
        world.pass(60_000);
        assert_eq!(world.run().await.unwrap().outstanding, 0, "{call}");
        assert!(world.messages.borrow().is_empty(), "{call}");
    }
}

#[tokio::test]
async fn a_lag_that_is_not_known_is_not_told() {
    for calls in [&["outstanding"][..], &["put"]] {
        let world = World::new();
        world.fail(calls);
        assert!(world.run().await.is_err());
        assert_eq!(world.lag(), [0; 0], "{calls:?}");
    }
}

#[tokio::test]
async fn without_a_heartbeat_of_its_own_a_run_still_sees_older_ones() {
    let world = World::new();
    world.routes.set(false);
    world.run().await.unwrap();
    world.pass(55_000);
    world.fail(&["put"]);
    assert!(world.run().await.is_err());
    assert_eq!(world.lag(), [65_000]);
}

#[tokio::test]
async fn what_is_no_heartbeat_is_cleared_away() {
    let world = World::new();
    world.message(
        "0",
        r#"{"id":"evt_1","source":"/endpoints/stripe","type":"invoice.paid"}"#,
    );
    world.message("1", "no json");
    assert_eq!(world.run().await.unwrap().outstanding, 0);
    assert!(world.messages.borrow().is_empty());
    assert_eq!(world.lag(), [400]);
}
