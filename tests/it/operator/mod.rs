//! The command line, as the platform team uses it.

mod dlq;
mod endpoints;
mod erase;
mod events;
mod found;
mod listen;
mod one_subscription;
mod pause;
mod redaction;
mod replay;
mod rights;
mod sweep;
mod targets;

use e2e::Stack;
use serde::Deserialize;

/// What `events ls --json` prints about an event.
#[derive(Debug, Deserialize)]
struct Listed {
    #[serde(rename = "ref")]
    reference: String,
    #[serde(rename = "type")]
    kind: String,
    size: u64,
    received_at: String,
}

/// The events of this type that came within the last hour, newest first.
async fn list(stack: &Stack, kind: &str) -> Vec<Listed> {
    let args = ["events", "ls", "--type", kind, "--since", "1h", "--all"];
    stack.rows(&args).await.unwrap()
}
