//! Reference processor (Lambda target): says the amount of each Stripe invoice.

mod invoice;

use std::process::ExitCode;

use invoice::Invoice;
use processor::{Event, Failure, Handler, Outcome};

struct Invoices;

impl Handler for Invoices {
    async fn handle(&self, event: &Event) -> Result<Outcome, Failure> {
        if !event.kind().starts_with("invoice.") {
            return Err(Failure::reject("the event's type is not invoice.*"));
        }
        let payload = event.payload().await?;
        let invoice = Invoice::read(&payload).map_err(|why| Failure::reject(why.to_string()))?;
        Ok(Outcome::done(invoice.to_string()))
    }
}

fn main() -> ExitCode {
    processor::run(Invoices)
}

#[cfg(test)]
mod tests {
    use processor::testing;

    use super::*;

    const GOOD: &[u8] = br#"{"data":{"object":{"id":"in_1","customer":"cus_1","currency":"usd","amount_paid":4900}}}"#;

    async fn handle(kind: &str, payload: &'static [u8]) -> Result<Outcome, Failure> {
        Invoices
            .handle(&testing::event(kind, payload).unwrap())
            .await
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
