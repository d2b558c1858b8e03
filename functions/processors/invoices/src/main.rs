//! Reference processor (Lambda target): says what each Stripe invoice came to.

mod invoice;

use std::process::ExitCode;

use invoice::Invoice;
use processor::{Bytes, Event, Failure, Handler, Outcome};

struct Invoices;

impl Handler for Invoices {
    async fn handle(&self, event: &Event, payload: Bytes) -> Result<Outcome, Failure> {
        if !event.kind().starts_with("invoice.") {
            return Err(Failure::reject("its type is not invoice.*"));
        }
        let invoice = Invoice::read(&payload).map_err(|why| Failure::reject(why.to_string()))?;
        Ok(Outcome::done(invoice.to_string()))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    processor::run(Invoices).await
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &[u8] = br#"{"data":{"object":{"id":"in_1","customer":"cus_1","currency":"usd","amount_paid":4900}}}"#;

    async fn handle(kind: &str, payload: &'static [u8]) -> Result<Outcome, Failure> {
        let event = serde_json::json!({
            "specversion": "1.0",
            "id": "1",
            "source": "/endpoints/any",
            "type": kind,
            "time": "2026-11-21T20:59:57.000Z",
            "datacontenttype": "application/json",
            "dataref": "s3://bucket/key",
            "datasha256": "0".repeat(64),
            "datasize": payload.len(),
            "ref": "any/1",
            "receivedat": "2026-11-21T20:59:57.414Z",
            "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "deliveryid": "d1",
        });
        let event = Event::decode(&event).unwrap();
        Invoices.handle(&event, Bytes::from_static(payload)).await
    }

    #[tokio::test]
    async fn its_own_type_is_summarised_and_the_rest_is_rejected() {
        assert_eq!(
            handle("invoice.paid", GOOD).await.unwrap().summary,
            "invoice in_1 of cus_1: 49.00 usd paid"
        );
        for (kind, payload) in [("customer.created", GOOD), ("invoice.paid", b"no JSON")] {
            let outcome = handle(kind, payload).await;
            assert!(matches!(outcome, Err(Failure::Reject(_))), "{outcome:?}");
        }
    }
}
