//! In-memory ports and events for this crate's own tests.

use std::{
    collections::{BTreeMap, HashMap},
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use aws::{Attempt, Claimed, Receipt};
use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use domain::{Ref, StoreError, Timestamp};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use crate::{
    Claim, Event, Failure, Handler, Outcome,
    input::{Delivered, Input},
    ports::{ClaimBody, ClaimStore, IdempotencyStore},
    time::Time,
    work::{Idempotency, Work},
};

const NOW: &str = "2026-11-21T21:00:00Z";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// An event as a pipe's template writes it, over this payload.
pub(crate) fn cloud_event(id: &str, payload: &[u8]) -> Value {
    json!({
        "specversion": "1.0",
        "id": id,
        "source": "/endpoints/stripe",
        "type": "invoice.paid",
        "subject": "cus_1",
        "time": "2026-11-21T20:59:50.000Z",
        "datacontenttype": "application/json",
        "dataref": format!("s3://bucket/payloads/{id}"),
        "datasha256": hex::encode(digest(&SHA256, payload)),
        "datasize": payload.len().to_string(),
        "ref": format!("stripe/{id}"),
        "receivedat": "2026-11-21T20:59:57.414Z",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "deliveryid": format!("delivery-of-{id}"),
    })
}

pub(crate) fn ordered_event(id: &str, ordering_key: &str) -> Value {
    let mut event = cloud_event(id, b"a payload");
    event["ref"] = json!(format!("stripe/{ordering_key}/{id}"));
    event
}

/// A message as Lambda hands it over.
pub(crate) fn queue_message(message_id: &str, event: &Value) -> Value {
    json!({
        "messageId": message_id,
        "receiptHandle": "AQEB",
        "body": event.to_string(),
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:coatcheck-audit-inbox",
        "awsRegion": "eu-central-1",
    })
}

struct FromFn<F>(F);

type Handled<'a> = BoxFuture<'a, Result<Outcome, Failure>>;

impl<F> Handler for FromFn<F>
where
    F: for<'a> Fn(&'a Event) -> Handled<'a> + Send + Sync + 'static,
{
    async fn handle(&self, event: &Event) -> Result<Outcome, Failure> {
        (self.0)(event).await
    }
}

/// A handler that does this.
pub(crate) fn handler<F>(handle: F) -> impl Handler
where
    F: for<'a> Fn(&'a Event) -> Handled<'a> + Send + Sync + 'static,
{
    FromFn(handle)
}

/// This handler's work, with an empty book and the clock standing at `NOW`.
pub(crate) fn work<H: Handler>(handler: H) -> Work<H, Book> {
    Work {
        handler,
        idempotency: Some(Idempotency {
            store: Book::default(),
            ttl: Duration::from_hours(24),
        }),
        at_once: 8,
        event_timeout: None,
        keeps_order: false,
        now: || at(NOW),
    }
}

/// An invocation of 30 seconds.
pub(crate) fn time() -> Time {
    Time::new(at(NOW), at("2026-11-21T21:00:30Z"))
}

pub(crate) fn event_over(event: &Value, shelf: Shelf) -> Event {
    Event::decode(event, Arc::new(shelf)).unwrap()
}

pub(crate) fn decode_all(input: &Value, shelf: Shelf) -> Vec<Delivered> {
    let shelf: Arc<dyn ClaimStore> = Arc::new(shelf);
    Input::decode(input, &shelf).unwrap().into_all()
}

/// Why a fake refuses.
#[derive(Clone, Copy)]
enum Refusal {
    Busy,
    Forbidden,
}

impl Refusal {
    fn error(self, operation: &'static str) -> StoreError {
        match self {
            Self::Busy => StoreError::Transient {
                operation,
                source: Box::new(io::Error::other("SlowDown: too much")),
            },
            Self::Forbidden => StoreError::Permanent {
                operation,
                source: Box::new(io::Error::other("AccessDenied: no right")),
            },
        }
    }
}

/// Payloads by id.
pub(crate) struct Shelf {
    payloads: HashMap<String, Bytes>,
    refusal: Option<Refusal>,
    /// Bytes given at a time.
    pub(crate) chunk: usize,
    /// Whether it announces sizes.
    pub(crate) tells_size: bool,
    /// The connection breaks when so many pieces have come.
    pub(crate) breaks_after: Option<usize>,
}

pub(crate) struct ShelfBody {
    rest: Bytes,
    size: Option<u64>,
    chunk: usize,
    breaks_after: Option<usize>,
}

impl Shelf {
    pub(crate) fn new() -> Self {
        Self {
            payloads: HashMap::new(),
            refusal: None,
            chunk: usize::MAX,
            tells_size: true,
            breaks_after: None,
        }
    }

    pub(crate) fn busy() -> Self {
        Self {
            refusal: Some(Refusal::Busy),
            ..Self::new()
        }
    }

    pub(crate) fn forbidden() -> Self {
        Self {
            refusal: Some(Refusal::Forbidden),
            ..Self::new()
        }
    }

    pub(crate) fn put(&mut self, id: &str, payload: &'static [u8]) {
        self.payloads
            .insert(format!("payloads/{id}"), Bytes::from_static(payload));
    }
}

impl ClaimStore for Shelf {
    fn open<'a>(
        &'a self,
        claim: &'a Claim,
    ) -> BoxFuture<'a, Result<Option<Box<dyn ClaimBody>>, StoreError>> {
        Box::pin(async {
            if let Some(refusal) = self.refusal {
                return Err(refusal.error("s3:GetObject"));
            }
            let Some(payload) = self.payloads.get(&claim.key) else {
                return Ok(None);
            };
            let body: Box<dyn ClaimBody> = Box::new(ShelfBody {
                rest: payload.clone(),
                size: self.tells_size.then_some(payload.len() as u64),
                chunk: self.chunk,
                breaks_after: self.breaks_after,
            });
            Ok(Some(body))
        })
    }
}

impl ClaimBody for ShelfBody {
    fn size(&self) -> Option<u64> {
        self.size
    }

    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, StoreError>> {
        Box::pin(async {
            match &mut self.breaks_after {
                Some(0) => {
                    return Err(StoreError::Transient {
                        operation: "s3:GetObject",
                        source: Box::new(io::Error::other("connection reset")),
                    });
                }
                Some(left) => *left -= 1,
                None => {}
            }
            if self.rest.is_empty() {
                return Ok(None);
            }
            Ok(Some(self.rest.split_to(self.chunk.min(self.rest.len()))))
        })
    }
}

/// What is known of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    InProgress { lease_until: Timestamp },
    Completed(Receipt),
    Failed(Failure),
}

#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) state: State,
    pub(crate) attempts: u32,
    pub(crate) last: Attempt,
}

/// Records by ref. Clones are the same book.
#[derive(Clone, Default)]
pub(crate) struct Book {
    records: Arc<Mutex<BTreeMap<String, Record>>>,
    refusal: Arc<Mutex<Option<Refusal>>>,
}

impl Book {
    pub(crate) fn busy() -> Self {
        Self::refusing(Refusal::Busy)
    }

    pub(crate) fn forbidden() -> Self {
        Self::refusing(Refusal::Forbidden)
    }

    fn refusing(refusal: Refusal) -> Self {
        Self {
            refusal: Arc::new(Mutex::new(Some(refusal))),
            ..Self::default()
        }
    }

    /// From now on every call is refused.
    pub(crate) fn get_busy(&self) {
        *self.refusal.lock().unwrap() = Some(Refusal::Busy);
    }

    pub(crate) fn get_well(&self) {
        *self.refusal.lock().unwrap() = None;
    }

    pub(crate) fn record(&self, reference: &str) -> Option<Record> {
        self.records.lock().unwrap().get(reference).cloned()
    }

    pub(crate) fn put(&self, reference: &str, record: Record) {
        let mut records = self.records.lock().unwrap();
        records.insert(reference.to_owned(), record);
    }

    fn answer(&self) -> Result<(), StoreError> {
        match *self.refusal.lock().unwrap() {
            Some(refusal) => Err(refusal.error("dynamodb:UpdateItem")),
            None => Ok(()),
        }
    }

    /// Sets the state if this owner was the last to claim.
    fn set(&self, reference: &Ref, owner: &str, state: State) -> Result<bool, StoreError> {
        self.answer()?;
        let mut records = self.records.lock().unwrap();
        let record = records.get_mut(&reference.to_string());
        Ok(match record.filter(|record| record.last.owner == owner) {
            Some(record) => {
                record.state = state;
                true
            }
            None => false,
        })
    }
}

impl IdempotencyStore for Book {
    async fn claim(&self, attempt: &Attempt) -> Result<Claimed, StoreError> {
        self.answer()?;
        let mut records = self.records.lock().unwrap();
        let reference = attempt.reference.to_string();
        let attempts = match records.get(&reference) {
            None => 0,
            Some(record) => match &record.state {
                State::Completed(receipt) => {
                    let summary = receipt.summary.clone();
                    return Ok(Claimed::Completed { summary });
                }
                State::InProgress { lease_until } if *lease_until >= attempt.at => {
                    return Ok(Claimed::InProgress);
                }
                State::InProgress { .. } | State::Failed(_) => record.attempts,
            },
        };
        let record = Record {
            state: State::InProgress {
                lease_until: attempt.lease_until,
            },
            attempts: attempts + 1,
            last: attempt.clone(),
        };
        records.insert(reference, record);
        Ok(Claimed::Ours {
            attempts: attempts + 1,
        })
    }

    async fn complete(
        &self,
        reference: &Ref,
        owner: &str,
        receipt: &Receipt,
    ) -> Result<bool, StoreError> {
        self.set(reference, owner, State::Completed(receipt.clone()))
    }

    async fn fail(
        &self,
        reference: &Ref,
        owner: &str,
        _: Timestamp,
        failure: &Failure,
    ) -> Result<bool, StoreError> {
        self.set(reference, owner, State::Failed(failure.clone()))
    }
}
