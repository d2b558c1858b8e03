use std::fmt;

use domain::StoreError;

use crate::{Span, Tally};

/// Not everything was swept. What was is done; to sweep again does nothing twice.
#[derive(Debug, thiserror::Error)]
pub struct SweepError {
    /// What was found all the same.
    pub tally: Tally,
    /// Shards of hours in which a call failed.
    pub failed: usize,
    /// The hours in which the time was over before the end.
    pub unswept: Option<Span>,
    /// The first failure.
    pub source: Option<Box<StoreError>>,
}

impl fmt::Display for SweepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            failed, unswept, ..
        } = self;
        if *failed > 0 {
            write!(f, "{failed} shards of hours were not swept in full")?;
        }
        if let Some(Span { since, until }) = unswept {
            let and = if *failed > 0 { "; " } else { "" };
            write!(
                f,
                "{and}the time was over before the end; for the rest: coatcheck sweep --since {since} --until {until}"
            )?;
        }
        Ok(())
    }
}
