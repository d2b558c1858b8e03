use domain::Timestamp;

use crate::Tone;

/// The way of an event, and what of it cannot be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// The steps, in the order of their times. What lies ahead has none and comes last.
    pub steps: Vec<Step>,
    /// What cannot be seen, and why.
    pub unseen: Vec<String>,
    /// Whether nothing more will happen, unless someone replays or redrives the event.
    pub has_ended: bool,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Whose step it is: `ingest`, `admit`, `router`, or a processor or subscription.
    pub lane: String,
    /// When it ended; none if that is stored nowhere, or it has not happened yet.
    pub at: Option<Timestamp>,
    /// How long it took, in milliseconds.
    pub took_ms: Option<u64>,
    /// How good it is.
    pub tone: Tone,
    /// What happened, in our words.
    pub title: String,
    /// More about it: it may contain what a processor wrote.
    pub said: Option<String>,
    /// The subscription to look at next.
    pub subscription: Option<String>,
}
