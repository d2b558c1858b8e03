//! The handler, the bucket and the queues of a case.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use domain::{DataRef, InOrder, ObjectKey, StoreError, format_time};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::case::{Case, Does, Sent};
use crate::{
    Event, Failure, Handler, Outcome,
    dead_letters::Queues,
    fakes::Refusal,
    input::DeadLetter,
    ports::{ClaimBody, ClaimStore},
};

/// Does what the case says, and takes note of what it saw.
pub(super) struct Scripted {
    does: BTreeMap<String, Does>,
    handled: Mutex<Vec<String>>,
    seen: Mutex<BTreeMap<String, Value>>,
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Scripted {
    pub(super) fn new(case: &Case) -> Self {
        Self {
            does: case.handler.clone(),
            handled: Mutex::default(),
            seen: Mutex::default(),
            now: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
        }
    }

    pub(super) fn check(&self, case: &Case) {
        let mut handled = self.handled.lock().unwrap().clone();
        let place = |id: &String| handled.iter().position(|have| have == id).unwrap();
        for (first, second) in &case.before {
            assert!(place(first) < place(second), "{handled:?}");
        }
        if let Some(expected) = &case.handled {
            let mut expected = expected.clone();
            expected.sort();
            handled.sort();
            assert_eq!(handled, expected);
        }
        let seen = self.seen.lock().unwrap();
        for (id, expected) in &case.seen {
            for (name, value) in expected {
                assert_eq!(&seen[id][name], value, "{id} {name}");
            }
        }
        if let Some(most) = case.most_at_once {
            assert_eq!(self.most.load(Ordering::SeqCst), most);
        }
    }

    fn see(&self, event: &Event) {
        let mut seen = self.seen.lock().unwrap();
        seen.insert(event.id().to_owned(), attributes(event));
    }

    async fn act(&self, event: &Event) -> Result<Outcome, Failure> {
        let does = self.does.get(event.id()).cloned().unwrap_or_default();
        match does.does.as_str() {
            "retry" => return Err(Failure::retry(does.reason)),
            "reject" => return Err(Failure::reject(does.reason)),
            "crash" => panic!("{}", does.reason),
            "wait" => std::future::pending().await,
            "block" => std::thread::sleep(Duration::from_secs(1)),
            "pause" => tokio::time::sleep(Duration::from_millis(50)).await,
            "summarise" => return Ok(Outcome::done(does.repeat.repeat(does.times))),
            "ignore_payload" => {
                let _ignored = event.payload().await;
                return Ok(Outcome::done("as if"));
            }
            _ => {}
        }
        let payload = event.payload().await?;
        Ok(Outcome::done(format!("{} bytes", payload.len())))
    }
}

impl Handler for Scripted {
    async fn handle(&self, event: &Event) -> Result<Outcome, Failure> {
        self.handled.lock().unwrap().push(event.id().to_owned());
        self.see(event);
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        let outcome = self.act(event).await;
        self.now.fetch_sub(1, Ordering::SeqCst);
        outcome
    }
}

fn attributes(event: &Event) -> Value {
    let (bucket, key) = match &event.claim().dataref {
        DataRef::Object { bucket, key } => (Some(bucket), Some(key.as_str())),
        DataRef::Inline(_) => (None, None),
    };
    json!({
        "id": event.id(),
        "source": event.source(),
        "type": event.kind(),
        "subject": event.subject(),
        "time": format_time(event.time()),
        "received_at": format_time(event.received_at()),
        "content_type": event.content_type(),
        "ref": event.reference().to_string(),
        "traceparent": event.traceparent(),
        "trace_id": event.trace_id(),
        "replay_id": event.replay_id(),
        "replay_is_forced": event.replay_is_forced(),
        "delivery_id": event.delivery_id(),
        "partition_key": event.partition_key(),
        "attempt": event.attempt(),
        "bucket": bucket,
        "key": key,
        "size": event.claim().size,
        "customer": event.attribute("customer"),
        "amount": event.attribute("amount"),
        "plan": event.attribute("plan"),
        "attribute_ref": event.attribute("ref"),
    })
}

/// The bucket: a text is a payload, an object an error, and what the case leaves out `a payload`.
pub(super) struct Payloads(pub(super) BTreeMap<String, Value>);

impl ClaimStore for Payloads {
    fn open<'a>(
        &'a self,
        _: &'a str,
        key: &'a ObjectKey,
    ) -> BoxFuture<'a, Result<Option<Box<dyn ClaimBody>>, StoreError>> {
        let payload = match self.0.get(key.as_str()) {
            None => Ok(Some("a payload".to_owned())),
            Some(Value::Null) => Ok(None),
            Some(Value::String(payload)) => Ok(Some(payload.clone())),
            Some(error) => Err(match error["error"].as_str() {
                Some("AccessDenied") => Refusal::Forbidden.error("s3:GetObject"),
                _ => Refusal::Busy.error("s3:GetObject"),
            }),
        };
        Box::pin(async {
            Ok(payload?.map(|payload| Box::new(Stored(payload.into())) as Box<dyn ClaimBody>))
        })
    }
}

struct Stored(Bytes);

impl ClaimBody for Stored {
    fn size(&self) -> Option<u64> {
        Some(self.0.len() as u64)
    }

    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, StoreError>> {
        let rest = std::mem::take(&mut self.0);
        Box::pin(async { Ok(Some(rest).filter(|rest| !rest.is_empty())) })
    }
}

type SentTo = (String, String, Option<InOrder>);

/// The dead-letter queues.
pub(super) struct Dlqs {
    fails: BTreeMap<String, String>,
    fifo: Vec<String>,
    sent: Mutex<Vec<SentTo>>,
}

impl Dlqs {
    pub(super) fn new(case: &Case) -> Self {
        Self {
            fails: case.queues_fail.clone(),
            fifo: case.fifo_queues.clone(),
            sent: Mutex::default(),
        }
    }

    pub(super) fn check(&self, case: &Case, input: &Value) {
        let Some(expected) = &case.sent else { return };
        let delivered = |place: usize| match input.get("Records") {
            Some(records) => records[place]["body"].as_str().unwrap().to_owned(),
            None => input.get(place).unwrap_or(input).to_string(),
        };
        let expected = expected.iter();
        let mut expected: Vec<SentTo> = expected
            .map(|sent| match sent {
                Sent::Plain(queue, place) => (queue.clone(), delivered(*place), None),
                Sent::InOrder(queue, place, group, deduplication_id) => {
                    let order = InOrder {
                        group: group.clone(),
                        deduplication_id: deduplication_id.clone(),
                    };
                    (queue.clone(), delivered(*place), Some(order))
                }
            })
            .collect();
        expected.sort();
        let mut sent = self.sent.lock().unwrap().clone();
        sent.sort();
        assert_eq!(sent, expected);
    }
}

impl Queues for &Dlqs {
    type Queue = String;

    async fn find(&self, name: &str) -> Result<Option<String>, StoreError> {
        let is_fifo = |name: &str| self.fifo.iter().any(|fifo| fifo == name);
        let exists = match name.strip_suffix(".fifo") {
            Some(standard) => is_fifo(standard),
            None => !is_fifo(name),
        };
        Ok(exists.then(|| name.to_owned()))
    }

    async fn send(&self, queue: &String, dead_letter: &DeadLetter) -> Result<(), StoreError> {
        match self.fails.get(queue).map(String::as_str) {
            Some("hangs") => std::future::pending().await,
            Some(_) => Err(Refusal::Forbidden.error("sqs:SendMessage")),
            None => {
                let order = queue.ends_with(".fifo").then(|| dead_letter.order.clone());
                let sent = (queue.clone(), dead_letter.body.clone(), order);
                self.sent.lock().unwrap().push(sent);
                Ok(())
            }
        }
    }
}
