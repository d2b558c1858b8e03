//! An events table, a router and a queue in memory, whose calls fail on request.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use aws::{BreakerRecord, BreakerState, Endpoints, IssuerKeys, Message, PipeState};
use domain::{Heartbeat, SignedDuration, StoreError, Timestamp};
use outbound::Fetcher;
use runtime::Metrics;
use serde_json::{Value, json};

use crate::{
    alerts,
    decide::Router,
    key_sets::KeySets,
    ports::{Delivered, HeartbeatQueue, HeartbeatStore, PipeStates},
    run::run,
    watch::{Findings, Incomplete, Watch},
};

/// Everything around `watch`. A call named in `failing` fails, and does nothing.
pub(super) struct World {
    pub(super) now: Cell<Timestamp>,
    pub(super) items: RefCell<BTreeSet<Heartbeat>>,
    pub(super) messages: RefCell<BTreeMap<String, Message>>,
    /// What reached the stream and was not routed.
    pub(super) stream: RefCell<Vec<Heartbeat>>,
    pub(super) routes: Cell<bool>,
    pub(super) router: Cell<Router>,
    /// What a batch that is stuck holds back.
    pub(super) stuck: RefCell<BTreeSet<Heartbeat>>,
    pub(super) pipes: RefCell<BTreeMap<String, PipeState>>,
    /// The subscriptions that `deliver` reads: the state of the mapping, and the breaker.
    pub(super) delivered: RefCell<BTreeMap<String, (PipeState, BreakerRecord)>>,
    pub(super) failing: RefCell<BTreeSet<&'static str>>,
    pub(super) calls: RefCell<Vec<&'static str>>,
    pub(super) emitted: RefCell<Vec<Value>>,
}

impl World {
    pub(super) fn new() -> Self {
        let world = Self {
            now: Cell::new("2026-11-22T05:00:00Z".parse().unwrap()),
            items: RefCell::default(),
            messages: RefCell::default(),
            stream: RefCell::default(),
            routes: Cell::new(true),
            router: Cell::new(Router {
                parallelization: 1,
                window_s: 0,
            }),
            stuck: RefCell::default(),
            pipes: RefCell::default(),
            delivered: RefCell::default(),
            failing: RefCell::default(),
            calls: RefCell::default(),
            emitted: RefCell::default(),
        };
        for name in ["coatcheck-router", "coatcheck-invoices"] {
            world.pipe(name, "RUNNING", None);
        }
        world
    }

    pub(super) fn pipe(&self, name: &str, state: &str, reason: Option<&str>) {
        let state = PipeState {
            current: state.to_owned(),
            reason: reason.map(str::to_owned),
            ..PipeState::default()
        };
        self.pipes.borrow_mut().insert(name.to_owned(), state);
    }

    pub(super) fn delivered(&self, name: &str, mapping: &str, breaker: BreakerState) {
        let mapping = PipeState {
            current: mapping.to_owned(),
            ..PipeState::default()
        };
        let breaker = BreakerRecord {
            state: breaker,
            ..BreakerRecord::default()
        };
        let both = (mapping, breaker);
        self.delivered.borrow_mut().insert(name.to_owned(), both);
    }

    pub(super) fn call(&self, name: &'static str) -> Result<(), StoreError> {
        self.calls.borrow_mut().push(name);
        if self.failing.borrow().contains(name) {
            return Err(testkit::busy(name));
        }
        Ok(())
    }

    pub(super) fn pass(&self, ms: i64) {
        let later = SignedDuration::from_millis(ms);
        self.now.set(self.now.get().checked_add(later).unwrap());
    }

    /// A running router delivers what is in the stream and its batch, 400 ms after it looks. Its
    /// batch is never full: it waits for its window.
    pub(super) fn route(&self) {
        if self.routes.get() {
            let window = SignedDuration::from_secs(self.router.get().window_s.into());
            let due = |heartbeat: &Heartbeat| {
                self.now.get().duration_since(heartbeat.written_at()) >= window
                    && !self.stuck.borrow().contains(heartbeat)
            };
            let (due, wait) = self.stream.take().into_iter().partition(due);
            self.stream.replace(wait);
            let due: Vec<Heartbeat> = due;
            for heartbeat in due {
                let body = json!({"source": "/endpoints/-", "type": "coatcheck.heartbeat", "id": heartbeat.id()});
                self.pass(400);
                self.message(&heartbeat.id(), &body.to_string());
            }
        }
    }

    pub(super) fn message(&self, receipt: &str, body: &str) {
        let message = Message {
            body: body.to_owned(),
            sent_at: Some(self.now.get()),
            receipt: receipt.to_owned(),
        };
        self.messages
            .borrow_mut()
            .insert(receipt.to_owned(), message);
    }

    pub(super) async fn run(&self) -> Result<Findings, Incomplete> {
        self.run_with(None).await
    }

    /// A run with alerts, over a world of theirs.
    pub(super) async fn run_with(
        &self,
        around: Option<&alerts::tests::World>,
    ) -> Result<Findings, Incomplete> {
        self.emitted.borrow_mut().clear();
        self.calls.borrow_mut().clear();
        let names = ["coatcheck-router", "coatcheck-invoices"];
        let now = || self.now.get();
        let alerts = around.map(|around| around.alerts(now));
        let watch = Watch {
            stack: "coatcheck".to_owned(),
            delivered: self.delivered.borrow().keys().cloned().collect(),
            names: names.map(str::to_owned).to_vec(),
            router: self.router.get(),
            heartbeats: self,
            queue: self,
            pipes: self,
            by_deliver: self,
            now,
            emit: |metrics: Metrics| {
                let line = metrics.line(self.now.get());
                self.emitted
                    .borrow_mut()
                    .push(serde_json::from_str(&line).unwrap());
            },
        };
        let no_keys = None::<&KeySets<Endpoints, IssuerKeys, Fetcher, _, fn(Metrics)>>;
        run(&watch, alerts.as_ref(), no_keys).await
    }

    /// The values sent for a metric, by pipe.
    pub(super) fn metric(&self, name: &str) -> Vec<(Value, Value)> {
        self.metric_by("Pipe", name)
    }

    pub(super) fn metric_by(&self, dimension: &str, name: &str) -> Vec<(Value, Value)> {
        let emitted = self.emitted.borrow();
        emitted
            .iter()
            .filter(|line| line.get(name).is_some())
            .map(|line| (line[dimension].clone(), line[name].clone()))
            .collect()
    }

    pub(super) fn lag(&self) -> Vec<Value> {
        self.metric("RouteLag")
            .into_iter()
            .map(|(_, ms)| ms)
            .collect()
    }

    pub(super) fn fail(&self, calls: &[&'static str]) {
        *self.failing.borrow_mut() = calls.iter().copied().collect();
    }

    pub(super) fn count(&self, call: &str) -> usize {
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

impl Delivered for &World {
    async fn mapping(&self, subscription: &str) -> Result<PipeState, StoreError> {
        self.call("mapping")?;
        Ok(self.delivered.borrow()[subscription].0.clone())
    }

    async fn breaker(&self, subscription: &str) -> Result<BreakerRecord, StoreError> {
        self.call("breaker")?;
        Ok(self.delivered.borrow()[subscription].1.clone())
    }
}
