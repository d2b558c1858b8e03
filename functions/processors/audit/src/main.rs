//! Reference processor (reads its own queue): records every event.

use std::process::ExitCode;

use processor::{Event, Failure, Handler, Outcome};
use tracing::info;

struct Audit;

impl Handler for Audit {
    async fn handle(&self, event: &Event) -> Result<Outcome, Failure> {
        // Streamed: an audit of any size fits into any memory.
        let mut payload = event.payload_stream().await?;
        let mut bytes = 0;
        while let Some(piece) = payload.next().await? {
            bytes += piece.len();
        }
        info!(sha256 = %event.claim().sha256, "audited");
        Ok(Outcome::done(format!("{} {bytes} bytes", event.kind())))
    }
}

fn main() -> ExitCode {
    processor::run(Audit)
}

#[cfg(test)]
mod tests {
    use processor::testing;

    use super::*;

    #[tokio::test]
    async fn any_event_of_any_content_is_noted() {
        let event = testing::event("scan", &b"\xff\x00\xfe"[..]).unwrap();
        let outcome = Audit.handle(&event).await;
        assert_eq!(outcome.unwrap().summary, "scan 3 bytes");
    }
}
