use std::{any::Any, panic::AssertUnwindSafe, time::Duration};

use domain::Timestamp;
use futures_util::FutureExt;
use tracing::{Instrument, error, info, info_span, warn};

use crate::{
    ClaimStore, Event, Failure, Handler, Outcome, Receipt, ReceiptBook,
    redeem::{redeem, with_causes},
};

/// What a processor works with. `Now` reads the clock.
pub(crate) struct Work<H, Claims, Receipts, Now> {
    pub(crate) handler: H,
    pub(crate) claims: Claims,
    pub(crate) receipts: Receipts,
    pub(crate) receipt_ttl: Duration,
    pub(crate) now: Now,
}

impl<H, Claims, Receipts, Now> Work<H, Claims, Receipts, Now>
where
    H: Handler,
    Claims: ClaimStore,
    Receipts: ReceiptBook,
    Now: Fn() -> Timestamp,
{
    /// Does one event: redeem, handle, record, and say in the log what became of
    /// it. An event without its receipt is not done: it comes again.
    pub(crate) async fn one(&self, event: &Event) -> Result<Outcome, Failure> {
        // Every line that the handler logs carries these.
        let span = info_span!(
            "event",
            "ref" = %event.reference(),
            "type" = event.kind(),
            delivery = event.delivery_id(),
            traceparent = event.traceparent(),
        );
        let outcome = self.steps(event).instrument(span).await;
        self.log(event, &outcome);
        outcome
    }

    async fn steps(&self, event: &Event) -> Result<Outcome, Failure> {
        let payload = redeem(&self.claims, event.claim()).await?;
        let outcome = AssertUnwindSafe(self.handler.handle(event, payload))
            .catch_unwind()
            .await
            .map_err(|panic| panicked(&panic))??;
        self.receipts
            .record(&self.receipt(event, &outcome))
            .await
            .map_err(|error| Failure::Retry(with_causes(&error)))?;
        Ok(outcome)
    }

    fn receipt(&self, event: &Event, outcome: &Outcome) -> Receipt {
        let at = (self.now)();
        let claim = event.claim();
        Receipt {
            reference: event.reference().clone(),
            kind: event.kind().to_owned(),
            sha256: claim.sha256,
            size: claim.size,
            summary: outcome.summary.clone(),
            at,
            age_ms: at.as_millisecond() - event.received_at().as_millisecond(),
            expires_at: at.checked_add(self.receipt_ttl).unwrap_or(Timestamp::MAX),
        }
    }

    fn log(&self, event: &Event, outcome: &Result<Outcome, Failure>) {
        let reference = event.reference();
        let kind = event.kind();
        match outcome {
            Ok(_) => {
                let claim = event.claim();
                info!("ref" = %reference, "type" = kind, sha256 = %claim.sha256, size = claim.size, "processed");
            }
            Err(Failure::Retry(reason)) => {
                warn!("ref" = %reference, "type" = kind, reason, "to be retried");
            }
            Err(Failure::Reject(reason)) => {
                error!("ref" = %reference, "type" = kind, reason, "rejected");
            }
        }
    }
}

/// Its text may show the payload; the panic hook has logged its place.
fn panicked(_: &Box<dyn Any + Send>) -> Failure {
    Failure::retry("the handler panicked")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::{Book, Shelf, at, cloud_event, handler};

    fn event() -> Event {
        Event::decode(&cloud_event("evt_1", b"a payload")).unwrap()
    }

    fn shelf() -> Shelf {
        let mut shelf = Shelf::new();
        shelf.put("evt_1", b"a payload");
        shelf
    }

    fn work<H: Handler>(
        handler: H,
        claims: Shelf,
        receipts: Book,
    ) -> Work<H, Shelf, Book, fn() -> Timestamp> {
        Work {
            handler,
            claims,
            receipts,
            receipt_ttl: Duration::from_hours(24),
            now: || at("2026-11-21T21:00:00Z"),
        }
    }

    #[tokio::test]
    async fn an_event_that_is_done_leaves_a_receipt() {
        let work = work(
            handler(|event, payload| {
                assert_eq!(payload, "a payload");
                Ok(Outcome::done(format!("{} seen", event.id())))
            }),
            shelf(),
            Book::default(),
        );
        work.one(&event()).await.unwrap();
        work.one(&event()).await.unwrap();
        let kept = work.receipts.all();
        let (receipt, deliveries) = &kept[0];
        assert_eq!((kept.len(), *deliveries), (1, 2));
        assert_eq!(receipt.reference.to_string(), "stripe/evt_1");
        assert_eq!(receipt.kind, "invoice.paid");
        assert_eq!(receipt.sha256, event().claim().sha256);
        assert_eq!(receipt.size, 9);
        assert_eq!(receipt.summary, "evt_1 seen");
        assert_eq!(receipt.age_ms, 2_586);
        assert_eq!(receipt.expires_at, at("2026-11-22T21:00:00Z"));
    }

    #[tokio::test]
    async fn what_the_handler_refuses_leaves_none() {
        for failure in [Failure::retry("busy"), Failure::reject("never")] {
            let answer = failure.clone();
            let work = work(
                handler(move |_, _| Err(answer.clone())),
                shelf(),
                Book::default(),
            );
            assert_eq!(work.one(&event()).await, Err(failure));
            assert!(work.receipts.all().is_empty());
        }
    }

    #[tokio::test]
    async fn a_panic_is_a_retry_and_tells_nothing() {
        let work = work(
            handler(|_, payload| panic!("{payload:?}")),
            shelf(),
            Book::default(),
        );
        assert_eq!(
            work.one(&event()).await,
            Err(Failure::retry("the handler panicked"))
        );
    }

    #[tokio::test]
    async fn the_handler_never_sees_a_payload_that_was_not_stored() {
        let mut other = Shelf::new();
        other.put("evt_1", b"b payload");
        let work = work(
            handler(|_, _| unreachable!("handled")),
            other,
            Book::default(),
        );
        assert!(matches!(work.one(&event()).await, Err(Failure::Reject(_))));
    }

    #[tokio::test]
    async fn without_its_receipt_an_event_is_not_done() {
        for book in [Book::busy(), Book::forbidden()] {
            let work = work(handler(|_, _| Ok(Outcome::done("x"))), shelf(), book);
            match work.one(&event()).await {
                Err(Failure::Retry(reason)) => {
                    assert!(reason.contains("dynamodb:UpdateItem"), "{reason}");
                }
                other => panic!("{other:?}"),
            }
        }
    }
}
