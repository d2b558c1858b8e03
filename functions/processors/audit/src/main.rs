//! Reference processor (reads a queue of its own): takes note of every event.

use std::process::ExitCode;

use processor::{Bytes, Event, Failure, Handler, Outcome};
use tracing::info;

struct Audit;

impl Handler for Audit {
    async fn handle(&self, event: &Event, payload: Bytes) -> Result<Outcome, Failure> {
        info!("ref" = %event.reference(), "type" = event.kind(), sha256 = %event.claim().sha256, "audited");
        Ok(Outcome::done(summary(event, &payload)))
    }
}

fn summary(event: &Event, payload: &[u8]) -> String {
    format!("{} {} bytes", event.kind(), payload.len())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    processor::run(Audit).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn any_event_of_any_content_is_noted() {
        let event = serde_json::json!({
            "specversion": "1.0",
            "id": "1",
            "source": "/endpoints/partner",
            "type": "scan",
            "subject": "",
            "time": "2026-11-21T20:59:57.000Z",
            "datacontenttype": "application/octet-stream",
            "dataref": "s3://bucket/key",
            "datasha256": "0".repeat(64),
            "datasize": "3",
            "ref": "partner/1",
            "receivedat": "2026-11-21T20:59:57.414Z",
            "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "deliveryid": "d1",
        });
        let event = Event::decode(&event).unwrap();
        let outcome = Audit.handle(&event, Bytes::from_static(b"\xff\x00\xfe"));
        assert_eq!(outcome.await.unwrap().summary, "scan 3 bytes");
    }
}
