//! A processor that fails in whatever way the event's type asks for. For the
//! end-to-end suite; never part of a stack.

use std::{process::ExitCode, thread, time::Duration};

use processor::{Event, Failure, Handler, Outcome};
use tracing::info;

/// Longer than any limit that the suite sets.
const EVER: Duration = Duration::from_mins(5);

/// An error that would run in a page, and steer a terminal.
const HOSTILE: &str =
    "<script>window.ran=7</script> \"><img src=x onerror=window.ran=8> \u{1b}[31m \u{202e}";

struct Trial;

impl Handler for Trial {
    #[expect(clippy::panic, reason = "what it is there for")]
    async fn handle(&self, event: &Event) -> Result<Outcome, Failure> {
        match event.kind() {
            "console.slow" => tokio::time::sleep(Duration::from_secs(3)).await,
            "console.rejected-once" if event.attempt() == Some(1) => {
                return Err(Failure::reject("asked to be rejected once"));
            }
            "console.hostile" => return Err(Failure::reject(HOSTILE)),
            "trial.retry" => return Err(Failure::retry("asked to be retried")),
            "console.rejected" | "trial.reject" => {
                return Err(Failure::reject("asked to be rejected"));
            }
            "trial.panic" => panic!("asked to panic"),
            "trial.hang" => tokio::time::sleep(EVER).await,
            "trial.block" => thread::sleep(EVER),
            "ordered.slow" => tokio::time::sleep(Duration::from_secs(1)).await,
            "ordered.flaky" if event.attempt() == Some(1) => {
                return Err(Failure::retry("asked to fail once"));
            }
            _ => {}
        }
        let payload = event.payload().await?;
        info!(attempt = event.attempt(), "effect");
        if event.kind() == "trial.killed" && event.attempt() == Some(1) {
            // After the effect, before the mark.
            std::process::abort();
        }
        Ok(Outcome::done(format!(
            "{} {} bytes",
            event.kind(),
            payload.len()
        )))
    }
}

fn main() -> ExitCode {
    processor::run(Trial)
}
