//! A processor in Rust that takes note of every event: put your work in place of `handle`.

use std::process::ExitCode;

use coatcheck_processor::{Event, Failure, Handler, Outcome};

struct Audit;

impl Handler for Audit {
    async fn handle(&self, event: &Event) -> Result<Outcome, Failure> {
        let payload = event.payload().await?;
        let summary = format!("{} {} bytes", event.kind(), payload.len());
        // What the endpoint declares under `attributes`, if this delivery had it.
        Ok(Outcome::done(match event.attribute("customer") {
            Some(customer) => format!("{summary} of {customer}"),
            None => summary,
        }))
    }
}

fn main() -> ExitCode {
    coatcheck_processor::run(Audit)
}

#[cfg(test)]
mod tests {
    use coatcheck_processor::testing;

    use super::*;

    #[tokio::test]
    async fn an_event_is_summarised() {
        let event = testing::event("polyglot.x", r#"{"a":1}"#).unwrap();
        let outcome = Audit.handle(&event).await.unwrap();
        assert_eq!(outcome.summary, "polyglot.x 7 bytes");
    }

    #[tokio::test]
    async fn its_customer_is_named() {
        let event = testing::event_with("polyglot.x", "{}", &[("customer", "50%")]).unwrap();
        let outcome = Audit.handle(&event).await.unwrap();
        assert_eq!(outcome.summary, "polyglot.x 2 bytes of 50%");
    }
}
