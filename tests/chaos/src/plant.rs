//! A fault of the stack itself, planted before the last look: a driver that does not see it is worth nothing.

use anyhow::{Context, Result};
use e2e::Stack;
use serde_json::json;

use crate::{audit::Found, ledger::Book, outside::Outside};

/// What is spoiled, of one acknowledged event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Plant {
    /// Its pointer is deleted: 1 lost.
    Pointer,
    /// Its payload gets other bytes: 1 wrong.
    Payload,
}

/// Spoils it.
///
/// # Errors
/// If there is no such event, or a service refuses.
pub(crate) async fn plant(stack: &Stack, found: &Found, book: &Book, what: Plant) -> Result<()> {
    let mut acknowledged = book.sent.iter().filter(|(_, event)| event.acknowledged);
    let event = acknowledged.find(|(reference, _)| {
        let stored = found.stored.get(*reference).and_then(|all| all.first());
        stored.is_some_and(|pointer| pointer.is_object)
    });
    let (reference, _) = event.context("no acknowledged event has an object")?;
    let pointers = stack.pointers_of(reference).await?;
    let pointer = pointers.first().context("its pointer is gone")?;
    match what {
        Plant::Payload => {
            let key = Stack::object_of(pointer)?;
            stack.spoil_payload(key, Some(b"planted")).await?;
        }
        Plant::Pointer => {
            let part = |name: &str| pointer.get(name).and_then(|value| value.as_s().ok());
            let key = json!({"pk": {"S": part("pk")}, "sk": {"S": part("sk")}});
            let body = json!({"TableName": stack.table("events")?, "Key": key});
            let outside = Outside::of(stack);
            let call = "dynamodb:DeleteItem";
            outside
                .call(call, "DynamoDB_20120810.DeleteItem", body)
                .await?;
        }
    }
    eprintln!("    planted: the {what:?} of {reference}");
    Ok(())
}
