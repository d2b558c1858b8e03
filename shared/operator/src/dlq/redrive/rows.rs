//! Sends events through the stream again.

use aws::{Pointers, Replay, operator::Held};
use domain::{Digest, Timestamp};

use super::super::{
    content::Content,
    one_by_one::{Fate, Work},
};
use crate::{Result, Stack, problem::WithContext as _, stack::StackDescription};

/// Writes a row beside the pointer of each event.
pub(super) struct Rows<'a> {
    pointers: Pointers,
    to: &'a str,
    now: fn() -> Timestamp,
    description: &'a StackDescription,
}

impl<'a> Rows<'a> {
    /// For these readers of the stream.
    pub(super) fn new(stack: &'a Stack, to: &'a str) -> Self {
        Self {
            pointers: stack.pointers(),
            to,
            now: stack.now,
            description: &stack.description,
        }
    }
}

impl Work for Rows<'_> {
    /// Routes the event of this message again, once however often it is tried.
    async fn handle(&self, held: &Held) -> Result<Fate> {
        let event = match Content::of(held) {
            Content::Event(event) => event,
            Content::Other(what) => return Ok(Fate::Stays(what)),
        };
        let Some(pointer) = self.pointers.get(&event.reference).await? else {
            return Ok(Fate::Stays(format!(
                "it no longer has a pointer (pointers are kept {} days), so it cannot go through the stream",
                self.description.pointer_days(&event.reference.endpoint)
            )));
        };
        let replay = Replay {
            id: &replay_id(&held.id),
            to: self.to,
            force: event.force,
            expires_at: (self.now)().saturating_add(Replay::KEEP).context("clock")?,
        };
        // The event is routed even if an earlier try wrote this row and could not delete the
        // message.
        self.pointers.replay(&pointer, &replay).await?;
        Ok(Fate::Moved)
    }
}

/// The same for the same message: it stays the same until it is deleted.
fn replay_id(message_id: &str) -> String {
    format!("redrive-{:.16}", Digest::of(message_id).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_its_replay() {
        let id = replay_id("5fea7756-0ea4-451a-a703-a558b933e274");
        assert_eq!(id.len(), "redrive-".len() + 16);
        assert!(
            id.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        );
        assert_eq!(id, replay_id("5fea7756-0ea4-451a-a703-a558b933e274"));
        assert_ne!(id, replay_id("5fea7756-0ea4-451a-a703-a558b933e275"));
    }
}
