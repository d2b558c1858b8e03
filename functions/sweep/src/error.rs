use std::fmt;

use domain::StoreError;

use crate::{Span, Tally};

/// Not everything was swept. The results so far stay; to sweep again is safe.
#[derive(Debug, thiserror::Error)]
pub struct SweepError {
    /// What was found anyway.
    pub tally: Box<Tally>,
    /// Shards of hours in which a call failed.
    pub failed: usize,
    /// Whether a call that notifies `admit` of objects failed.
    pub unannounced: bool,
    /// The hours in which the time ran out before the end.
    pub unswept: Option<Span>,
    /// The first failure.
    pub source: Option<Box<StoreError>>,
}

impl fmt::Display for SweepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if self.failed > 0 {
            let failed = self.failed;
            parts.push(format!("{failed} shards of hours were not swept in full"));
        }
        if self.unannounced {
            parts.push("some objects that admit must judge were not announced to it".to_owned());
        }
        if let Some(Span { since, until }) = self.unswept {
            parts.push(format!(
                "the run ran out of time; sweep the rest with: coatcheck sweep --since {since} --until {until}"
            ));
        }
        f.write_str(&parts.join("; "))
    }
}
