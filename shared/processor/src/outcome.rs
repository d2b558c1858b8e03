/// The handler is done with the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What was made of it, for people: kept in the event's record, not logged. Cut off
    /// after 1,024 bytes.
    pub summary: String,
}

/// The handler is not done with the event. The reason goes to the log and to the
/// event's record, so it must show nothing of the payload.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It may succeed later: deliver it again.
    #[error("to be retried: {0}")]
    Retry(String),
    /// It will never succeed: no retry helps.
    #[error("rejected: {0}")]
    Reject(String),
}

impl Outcome {
    const SUMMARY_MAX_BYTES: usize = 1024;

    /// Done, with a line about what was made of it.
    pub fn done(summary: impl Into<String>) -> Self {
        let mut summary = summary.into();
        summary.truncate(summary.floor_char_boundary(Self::SUMMARY_MAX_BYTES));
        Self { summary }
    }
}

impl Failure {
    /// It may succeed later.
    pub fn retry(reason: impl Into<String>) -> Self {
        Self::Retry(reason.into())
    }

    /// It will never succeed.
    pub fn reject(reason: impl Into<String>) -> Self {
        Self::Reject(reason.into())
    }

    pub(crate) fn reason(&self) -> &str {
        match self {
            Self::Retry(reason) | Self::Reject(reason) => reason,
        }
    }

    /// `Retry` or `Reject`: the error a workflow sees, and the log's word.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Retry(_) => "Retry",
            Self::Reject(_) => "Reject",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_summary_is_cut_between_characters() {
        assert_eq!(Outcome::done("é".repeat(600)).summary, "é".repeat(512));
        assert_eq!(
            Outcome::done(format!("a{}", "é".repeat(600))).summary.len(),
            1023
        );
    }
}
