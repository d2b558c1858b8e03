use std::fmt;

use serde::Serialize;

use super::super::Dlq;
use crate::output::Exit;

/// What became of a redrive.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub(super) struct Outcome {
    name: String,
    pub(super) moved: u64,
    pub(super) stayed: Vec<Stayed>,
    /// Ended by Ctrl-C.
    pub(super) interrupted: bool,
}

/// A message that is still where it was.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub(super) struct Stayed {
    pub(super) message_id: String,
    /// None if it is no event.
    #[serde(rename = "ref")]
    pub(super) reference: Option<String>,
    pub(super) why: String,
}

impl Outcome {
    /// Nothing so far.
    pub(super) fn of(dlq: &Dlq<'_>) -> Self {
        Self {
            name: dlq.name.clone(),
            moved: 0,
            stayed: Vec::new(),
            interrupted: false,
        }
    }

    pub(super) fn exit(&self) -> Exit {
        if self.interrupted {
            Exit::Interrupted
        } else if self.stayed.is_empty() {
            Exit::Good
        } else {
            Exit::Bad
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} moved out of the DLQ of {}", self.moved, self.name)?;
        if self.interrupted {
            write!(f, "; stopped before the end")?;
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
