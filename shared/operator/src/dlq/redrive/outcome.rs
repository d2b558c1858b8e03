use std::fmt;

use serde::Serialize;

use super::super::Dlq;

/// What became of a redrive.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Outcome {
    name: String,
    /// So many have left it.
    pub moved: u64,
    /// These have not.
    pub stayed: Vec<Stayed>,
    /// So many arrived after the start, and stay: most of them failed once more.
    pub arrived: u64,
    /// Whether it was stopped.
    pub interrupted: bool,
}

/// A message that is still where it was.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Stayed {
    /// SQS's name for it.
    pub message_id: String,
    /// None if it is no event.
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    /// Why it stays.
    pub why: String,
}

impl Outcome {
    /// Nothing so far.
    pub fn of(dlq: &Dlq<'_>) -> Self {
        Self {
            name: dlq.name.clone(),
            moved: 0,
            stayed: Vec::new(),
            arrived: 0,
            interrupted: false,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} moved out of the DLQ of {}", self.moved, self.name)?;
        if self.interrupted {
            write!(f, "; stopped before the end")?;
        }
        if self.arrived > 0 {
            write!(
                f,
                "; {} arrived since the start and stay: if the cause is fixed, run this again",
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
