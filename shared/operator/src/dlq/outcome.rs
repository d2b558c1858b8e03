use std::fmt;

use serde::Serialize;

use super::Dlq;

/// The result of a redrive.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct RedriveOutcome {
    name: String,
    /// How many messages were moved.
    pub moved: u64,
    /// The messages that stay in the DLQ.
    pub stayed: Vec<StayedMessage>,
    /// How many arrived after the start and stay: most of them failed again.
    pub arrived: u64,
    /// Whether you stopped it.
    pub interrupted: bool,
}

/// A message that stays in its DLQ.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct StayedMessage {
    /// SQS's id of the message.
    pub message_id: String,
    /// The event's ref; none if it is not an event.
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    /// Why it stays.
    pub why: String,
}

impl RedriveOutcome {
    /// Nothing moved yet.
    pub fn new(dlq: &Dlq<'_>) -> Self {
        Self {
            name: dlq.name.clone(),
            moved: 0,
            stayed: Vec::new(),
            arrived: 0,
            interrupted: false,
        }
    }
}

impl fmt::Display for RedriveOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} moved out of the DLQ of {}", self.moved, self.name)?;
        if self.interrupted {
            write!(f, "; interrupted")?;
        }
        if self.arrived > 0 {
            write!(
                f,
                "; {} arrived after the start and stay: if you have fixed the cause, run this again",
                self.arrived
            )?;
        }
        for stayed in &self.stayed {
            let what = match &stayed.reference {
                Some(reference) => reference.clone(),
                None => format!("message {}", stayed.message_id),
            };
            write!(f, "\nstays: {what}: {}", stayed.why)?;
        }
        Ok(())
    }
}
