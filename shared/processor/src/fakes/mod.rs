//! In-memory ports and events for this crate's own tests.

mod book;
mod shelf;

use std::{io, sync::Arc, time::Duration};

pub(crate) use book::{Book, Record, State};
use domain::{Digest, StoreError, Timestamp};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
pub(crate) use shelf::Shelf;

use crate::{
    Event, Failure, Handler, Outcome,
    input::{Delivered, Input},
    ports::ClaimStore,
    time::Time,
    work::{Idempotency, Work},
};

pub(crate) const NOW: &str = "2026-11-21T21:00:00Z";

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
        "datasha256": Digest::of(payload),
        "datasize": payload.len().to_string(),
        "ref": format!("stripe/{id}"),
        "receivedat": "2026-11-21T20:59:57.414Z",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "replayid": "",
        "replayforce": "false",
        "deliveryid": format!("delivery-of-{id}"),
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

/// This handler's work, with an empty book and the clock stopped at `NOW`.
pub(crate) fn work<H: Handler>(handler: H) -> Work<H, Book> {
    Work {
        handler,
        idempotency: Some(Idempotency {
            store: Book::default(),
            ttl: Duration::from_hours(24),
            claims: true,
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

/// A fake's reason to refuse.
#[derive(Clone, Copy)]
pub(crate) enum Refusal {
    Busy,
    Forbidden,
}

impl Refusal {
    pub(crate) fn error(self, operation: &'static str) -> StoreError {
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
