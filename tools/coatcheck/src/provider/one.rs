//! A delivery that is sent alone.

use std::fmt;

use serde::Serialize;

use super::Answer;

/// What a person wants to know of it.
#[derive(Serialize)]
pub(crate) struct One<'a> {
    pub(crate) status: u16,
    /// `accepted` or `duplicate`; none where the answer is another's, or a refusal.
    pub(crate) outcome: Option<&'a str>,
    #[serde(rename = "ref")]
    pub(crate) reference: Option<&'a str>,
    /// The code of a refusal.
    pub(crate) error: Option<&'a str>,
    pub(crate) message: Option<&'a str>,
    pub(crate) remedy: Option<&'static str>,
    pub(crate) bytes: usize,
    pub(crate) took_ms: u64,
    pub(crate) retries: u32,
}

impl<'a> One<'a> {
    pub(crate) fn new(answer: &'a Answer, bytes: usize, took_ms: u64, retries: u32) -> Self {
        let some = |text: &'a String| (!text.is_empty()).then_some(text.as_str());
        Self {
            status: answer.status,
            outcome: some(&answer.outcome),
            reference: answer.reference.as_deref(),
            error: some(&answer.code),
            message: some(&answer.message),
            remedy: (!answer.is_good()).then(|| answer.remedy()),
            bytes,
            took_ms,
            retries,
        }
    }
}

impl fmt::Display for One<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.outcome.or(self.error);
        write!(f, "{}", self.status)?;
        let parts = [word, self.reference].into_iter().flatten();
        for part in parts {
            write!(f, " {part}")?;
        }
        write!(f, " ({} ms", self.took_ms)?;
        if self.retries > 0 {
            write!(f, ", {} retries", self.retries)?;
        }
        write!(f, ")")?;
        if let Some(message) = self.message {
            write!(f, "\n  {message}")?;
        }
        if let Some(remedy) = self.remedy {
            write!(f, "\n  {remedy}")?;
        }
        Ok(())
    }
}
