//! In-memory ports and events for this crate's own tests.

use std::{
    collections::{BTreeMap, HashMap},
    io,
    sync::Mutex,
};

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use domain::{StoreError, Timestamp};
use serde_json::{Value, json};

use crate::{Claim, ClaimBody, ClaimStore, Event, Failure, Handler, Outcome, Receipt, ReceiptBook};

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

impl<F> Handler for FromFn<F>
where
    F: Fn(&Event, Bytes) -> Result<Outcome, Failure> + Send + Sync,
{
    async fn handle(&self, event: &Event, payload: Bytes) -> Result<Outcome, Failure> {
        (self.0)(event, payload)
    }
}

pub(crate) fn handler<F>(handle: F) -> impl Handler
where
    F: Fn(&Event, Bytes) -> Result<Outcome, Failure> + Send + Sync,
{
    FromFn(handle)
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
    type Body = ShelfBody;

    async fn open(&self, claim: &Claim) -> Result<Option<ShelfBody>, StoreError> {
        if let Some(refusal) = self.refusal {
            return Err(refusal.error("s3:GetObject"));
        }
        Ok(self.payloads.get(&claim.key).map(|payload| ShelfBody {
            rest: payload.clone(),
            size: self.tells_size.then_some(payload.len() as u64),
            chunk: self.chunk,
            breaks_after: self.breaks_after,
        }))
    }
}

impl ClaimBody for ShelfBody {
    fn size(&self) -> Option<u64> {
        self.size
    }

    async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
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
    }
}

/// Receipts with the number of deliveries, by ref.
#[derive(Default)]
pub(crate) struct Book {
    receipts: Mutex<BTreeMap<String, (Receipt, u32)>>,
    refusal: Option<Refusal>,
}

impl Book {
    pub(crate) fn busy() -> Self {
        Self {
            refusal: Some(Refusal::Busy),
            ..Self::default()
        }
    }

    pub(crate) fn forbidden() -> Self {
        Self {
            refusal: Some(Refusal::Forbidden),
            ..Self::default()
        }
    }

    pub(crate) fn all(&self) -> Vec<(Receipt, u32)> {
        self.receipts.lock().unwrap().values().cloned().collect()
    }
}

impl ReceiptBook for Book {
    async fn record(&self, receipt: &Receipt) -> Result<(), StoreError> {
        if let Some(refusal) = self.refusal {
            return Err(refusal.error("dynamodb:UpdateItem"));
        }
        let mut receipts = self.receipts.lock().unwrap();
        let entry = receipts
            .entry(receipt.reference.to_string())
            .or_insert_with(|| (receipt.clone(), 0));
        *entry = (receipt.clone(), entry.1 + 1);
        Ok(())
    }
}
