//! A stack in memory whose calls fail, or never end, on request.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
};

use aws::{BreakerRecord, BreakerState, FailureRecord, Remembered, SumOf};
use domain::{Ref, SignedDuration, StoreError, Timestamp};
use serde_json::Value;

use crate::{
    alerts::{Alerts, DeadLetters, Memory, Outlet, StackParts, Sums, watched::SAMPLE},
    failures::Failures,
    watch::{BreakerFinding, Findings, PipeFinding},
};

pub(super) const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:oncall";

/// Everything around the alerts. A call named in `failing` fails, one in `hanging` never ends.
pub(crate) struct World {
    pub(super) now: Cell<Timestamp>,
    pub(super) topics: RefCell<Vec<String>>,
    pub(super) description: RefCell<Option<String>>,
    pub(super) endpoints: RefCell<Vec<String>>,
    /// The texts of the messages of each DLQ, by its URL.
    pub(super) dlqs: RefCell<BTreeMap<String, Vec<String>>>,
    /// How many more messages SQS counts than there are.
    pub(super) miscounted: Cell<u64>,
    pub(super) records: RefCell<BTreeMap<(String, String), FailureRecord>>,
    pub(super) memory: RefCell<BTreeMap<String, Remembered>>,
    /// What the next read of the memory returns: as it was before another run wrote.
    pub(super) stale: RefCell<Option<Vec<Remembered>>>,
    pub(super) sums: RefCell<BTreeMap<(String, Option<String>), u64>>,
    pub(super) pipes: RefCell<Vec<PipeFinding>>,
    /// Of the subscription `crm`; none: it could not be read.
    pub(super) breaker: RefCell<Option<BreakerRecord>>,
    /// Topics and messages.
    pub(super) published: RefCell<Vec<(String, Value)>>,
    pub(crate) failing: RefCell<BTreeSet<&'static str>>,
    pub(crate) hanging: RefCell<BTreeSet<&'static str>>,
    pub(super) calls: RefCell<Vec<&'static str>>,
    pub(super) asked: RefCell<Vec<usize>>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            // Not a minute at which metrics are asked for.
            now: Cell::new("2026-11-22T05:00:00Z".parse().unwrap()),
            topics: RefCell::new(vec![TOPIC.to_owned()]),
            description: RefCell::new(Some(SAMPLE.to_owned())),
            endpoints: RefCell::new(vec!["billing".to_owned(), "stripe".to_owned()]),
            dlqs: RefCell::default(),
            miscounted: Cell::new(0),
            records: RefCell::default(),
            memory: RefCell::default(),
            stale: RefCell::default(),
            sums: RefCell::default(),
            pipes: RefCell::new(vec![
                pipe("coatcheck-router", "RUNNING"),
                pipe("coatcheck-invoices", "RUNNING"),
                pipe("coatcheck-crm", "RUNNING"),
            ]),
            breaker: RefCell::new(Some(BreakerRecord::default())),
            published: RefCell::default(),
            failing: RefCell::default(),
            hanging: RefCell::default(),
            calls: RefCell::default(),
            asked: RefCell::default(),
        }
    }

    pub(crate) fn alerts<N: Fn() -> Timestamp>(
        &self,
        now: N,
    ) -> Alerts<&Self, &Self, &Self, &Self, &Self, N> {
        Alerts {
            topics: self.topics.borrow().clone(),
            pipes: ["coatcheck-router", "coatcheck-invoices"]
                .map(str::to_owned)
                .to_vec(),
            delivered: vec!["crm".to_owned()],
            parts: self,
            dlqs: self,
            memory: self,
            outlet: self,
            sums: self,
            now,
        }
    }

    /// One run; returns the number of failures.
    pub(super) async fn run(&self) -> usize {
        let breaker = self.breaker.borrow().clone();
        let findings = Findings {
            route_lag_ms: None,
            outstanding: 0,
            pipes: self.pipes.take(),
            breakers: breaker.map(finding).into_iter().collect(),
        };
        let Failures(count) = self.alerts(|| self.now.get()).send(&findings).await;
        *self.pipes.borrow_mut() = findings.pipes;
        count
    }

    pub(super) fn pass(&self, minutes: i64) {
        let later = SignedDuration::from_mins(minutes);
        self.now.set(self.now.get().checked_add(later).unwrap());
    }

    pub(super) fn dead(&self, dlq: &str, refs: &[&str]) {
        let bodies = refs.iter().map(|reference| {
            format!(r#"{{"ref":"{reference}","type":"invoice.paid","amount":4242}}"#)
        });
        let url = format!("https://sqs/{dlq}");
        self.dlqs.borrow_mut().insert(url, bodies.collect());
    }

    /// Its mapping, and its breaker, which opened at five.
    pub(super) fn crm(&self, mapping: &str, state: BreakerState) {
        *self.pipes.borrow_mut() = vec![pipe("coatcheck-crm", mapping)];
        let opened_at = "2026-11-22T05:00:00Z".parse().ok();
        *self.breaker.borrow_mut() = Some(BreakerRecord {
            state,
            opened_at: opened_at.filter(|_| state != BreakerState::Closed),
            reason: Some("timeout".to_owned()),
            ..BreakerRecord::default()
        });
    }

    pub(super) fn sum(&self, metric: &str, endpoint: Option<&str>, value: u64) {
        let key = (metric.to_owned(), endpoint.map(str::to_owned));
        self.sums.borrow_mut().insert(key, value);
    }

    pub(super) fn fail(&self, calls: &[&'static str]) {
        *self.failing.borrow_mut() = calls.iter().copied().collect();
    }

    /// What was published since the last time: trouble and news.
    pub(super) fn said(&self) -> Vec<String> {
        let all = self.published.take();
        all.iter()
            .map(|(_, chat)| {
                let context = &chat["metadata"]["additionalContext"];
                let word = |name: &str| context[name].as_str().unwrap().to_owned();
                format!("{} {}", word("trouble"), word("news"))
            })
            .collect()
    }

    pub(crate) fn was_asked(&self) -> bool {
        !self.calls.borrow().is_empty()
    }

    async fn call(&self, name: &'static str) -> Result<(), StoreError> {
        self.calls.borrow_mut().push(name);
        if self.hanging.borrow().contains(name) {
            std::future::pending::<()>().await;
        }
        if self.failing.borrow().contains(name) {
            return Err(testkit::busy(name));
        }
        Ok(())
    }
}

pub(super) fn pipe(name: &str, state: &str) -> PipeFinding {
    PipeFinding {
        name: name.to_owned(),
        state: state.to_owned(),
        reason: (state == "STOPPED").then(|| "USER_INITIATED".to_owned()),
    }
}

fn finding(record: BreakerRecord) -> BreakerFinding {
    BreakerFinding {
        name: "crm".to_owned(),
        state: record.state.word(),
        record,
    }
}

impl StackParts for &World {
    async fn description(&self) -> Result<Option<String>, StoreError> {
        self.call("description").await?;
        Ok(self.description.borrow().clone())
    }

    async fn endpoints(&self) -> Result<Vec<String>, StoreError> {
        self.call("endpoints").await?;
        Ok(self.endpoints.borrow().clone())
    }
}

impl DeadLetters for &World {
    async fn count(&self, url: &str) -> Result<u64, StoreError> {
        self.call("count").await?;
        let there = self.dlqs.borrow().get(url).map_or(0, Vec::len) as u64;
        Ok(there + self.miscounted.get())
    }

    async fn peek(&self, url: &str) -> Result<Vec<String>, StoreError> {
        self.call("peek").await?;
        let dlqs = self.dlqs.borrow();
        Ok(dlqs
            .get(url)
            .into_iter()
            .flatten()
            .take(10)
            .cloned()
            .collect())
    }

    async fn failure(
        &self,
        reference: &Ref,
        processor: &str,
    ) -> Result<Option<FailureRecord>, StoreError> {
        self.call("failure").await?;
        let key = (reference.to_string(), processor.to_owned());
        Ok(self.records.borrow().get(&key).cloned())
    }
}

impl Memory for &World {
    async fn all(&self) -> Result<Vec<Remembered>, StoreError> {
        self.call("all").await?;
        let stale = self.stale.take();
        Ok(stale.unwrap_or_else(|| self.memory.borrow().values().cloned().collect()))
    }

    async fn put(&self, alert: &Remembered, _: Timestamp) -> Result<bool, StoreError> {
        let step = if alert.claimed_until.is_some() {
            "claim"
        } else {
            "put"
        };
        self.call(step).await?;
        let mut memory = self.memory.borrow_mut();
        let before = memory.get(&alert.key).map_or(0, |one| one.version);
        let first = before + 1 == alert.version;
        if first {
            memory.insert(alert.key.clone(), alert.clone());
        }
        Ok(first)
    }
}

impl Outlet for &World {
    async fn publish(&self, topic_arn: &str, _: &str, by_protocol: &str) -> Result<(), StoreError> {
        self.call("publish").await?;
        if topic_arn.ends_with("broken") {
            return Err(testkit::busy("publish"));
        }
        let texts: Value = serde_json::from_str(by_protocol).unwrap();
        let chat = serde_json::from_str(texts["default"].as_str().unwrap()).unwrap();
        self.published
            .borrow_mut()
            .push((topic_arn.to_owned(), chat));
        Ok(())
    }
}

impl Sums for &World {
    async fn of(
        &self,
        metrics: &[SumOf],
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<u64>, StoreError> {
        self.call("sums").await?;
        self.asked.borrow_mut().push(metrics.len());
        assert_eq!(until.duration_since(from), SignedDuration::from_mins(15));
        let sums = self.sums.borrow();
        let sum = |one: &SumOf| {
            // Bytes are no count; how many deliveries had some is.
            let counted = if one.metric == "DeliveryBytes" {
                "SampleCount"
            } else {
                "Sum"
            };
            assert_eq!(one.statistic, counted, "{one:?}");
            let key = (one.metric.to_owned(), one.endpoint.clone());
            sums.get(&key).copied().unwrap_or_default()
        };
        Ok(metrics.iter().map(sum).collect())
    }
}
